import { CompiledQuery } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { positionsQuery } from '../src/storage/follow.ts';
import type { Storage } from '../src/storage/storage.ts';
import { insertMany } from './support/many-rows.ts';
import { hasPlan, type Plan, planOf, type WatchedStorage, watched } from './support/plans.ts';
import { serverOn } from './support/server.ts';
import { administer, runJobs, walkThrough } from './support/walk.ts';

/** Tables of the installation: they have a few rows, however many organizations there are. */
const small = new Set(['installation', 'signing_keys', 'known_permission_sets', 'compatibility']);

interface Exception {
  readonly statement: RegExp;
  readonly because: string;
}

/** Statements that look at all of a table that grows. */
const scanning: readonly Exception[] = [
  {
    statement: /from "rule_permission_sets" group by "permission_set_id"/,
    because:
      'when a server starts or reads its files again it tells how many rules hold what is gone (docs/scaling.md)',
  },
  {
    statement: /from "outbox" where "next_attempt_at" is not null/,
    because: 'the index holds nothing but what waits',
  },
  { statement: /from "outbox" order by "created_at" desc.* limit/, because: 'it stops after the newest' },
];

/** Statements that put rows in order by themselves. */
const sorting: readonly Exception[] = [
  { statement: /from "group_members" where .*"group_id" in /, because: 'all members of some groups are read' },
  { statement: /from "rule_permission_sets" group by/, because: 'see above' },
  { statement: /from "grace_periods" where .*"user_id" = /, because: 'a user has two at most' },
  { statement: /from "api_keys" where .*"access_key" = /, because: 'it is one key' },
  {
    statement: /from "api_keys" where .*"(user|application)_id" = .* limit/,
    because: 'one bearer has few keys, and an index more would cost every key that is made',
  },
];

const twoDays = 2 * 24 * 3600;

const isAmong = (exceptions: readonly Exception[], text: string) =>
  exceptions.some(({ statement }) => statement.test(text));
const texts = (statements: readonly CompiledQuery[]) => statements.map(({ sql }) => sql);

for (const database of databases()) {
  describe(`statements on ${database.name}`, () => {
    let opened: Storage;
    let watching: WatchedStorage;
    const server = serverOn(database, {
      storage: (storage) => {
        opened = storage;
        watching = watched(storage);
        return watching.storage;
      },
    });
    let unfiltered: readonly CompiledQuery[];
    const plans = new Map<CompiledQuery, Plan>();

    beforeAll(async () => {
      const walk = await walkThrough(server, opened);
      await walk.callAll();
      // For jobs that are about what is old.
      server.clock.advance(twoDays);
      await runJobs(server);
      await administer(server);
      unfiltered = [...watching.statements.values()].filter(hasPlan);
      await walk.filterAll();
      const all = [...watching.statements.values()].filter(hasPlan);
      if (opened.kind === 'postgres')
        all.push(CompiledQuery.raw(positionsQuery, [[server.organization.organizationId]]));
      await insertMany(opened);
      for (const statement of all) plans.set(statement, await planOf(opened, statement));
    }, 120_000);

    it('of every operation, job and command were seen', () => {
      expect(unfiltered.length).toBeGreaterThan(150);
      expect(plans.size).toBeGreaterThan(unfiltered.length);
    });

    it('find what they look for by an index', () => {
      const found = [...plans].filter(([, { scans }]) => scans.some((table) => !small.has(table)));
      const others = found.filter(([{ sql }]) => !isAmong(scanning, sql));
      expect(others.map(([{ sql }, { scans, text }]) => ({ sql, scans, text }))).toEqual([]);
    });

    it('find it in the order in which it is asked for', () => {
      const found = unfiltered.filter((statement) => plans.get(statement)?.sorts);
      expect(texts(found).filter((text) => !isAmong(sorting, text))).toEqual([]);
    });

    it('that are excused are there', () => {
      const all = texts([...plans.keys()]);
      const idle = [...scanning, ...sorting].filter(({ statement }) => !all.some((text) => statement.test(text)));
      expect(idle).toEqual([]);
    });
  });
}
