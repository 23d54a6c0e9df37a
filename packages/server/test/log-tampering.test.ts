import { hashLeaf } from '@bailiwick/contract/log-tree';
import fc from 'fast-check';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { authorizedPlatform } from '../src/authorization/authorized.ts';
import { verifyLog } from '../src/log-tree/verify.ts';
import { changeWithin } from '../src/storage/change.ts';
import type { Database } from '../src/storage/schema.ts';
import { serverOn } from './support/server.ts';

/** Of the suite, on each database; `npm run test:tampering` makes more. */
const runs = Number(process.env.BAILIWICK_TAMPERING_SQL_RUNS ?? 100);
/** More than one large subtree (log-tree/store.ts), so that some are stored. */
const size = 300;

interface Picks {
  /** Numbers of two entries, not the same. */
  readonly one: number;
  readonly two: number;
  readonly text: string;
}

const texts = [
  'id',
  'operation',
  'resource_type',
  'resource_id',
  'bearer_id',
  'ip',
  'user_agent',
  'request_id',
  'reason',
];

/** What somebody with the database does in SQL, once the triggers are gone. */
const statements = (
  a: string,
  b: string,
  { one, two, text }: Picks,
): Readonly<Record<string, readonly RawBuilder<unknown>[]>> => {
  const at = (revision: number) => sql`where organization_id = ${a} and revision = ${revision}`;
  const set = (column: string) =>
    sql`update audit_entries set ${sql.ref(column)} = ${sql.ref(column)} || ${text} ${at(one)}`;
  const columns = sql`id, created_at, operation, action, resource_type, resource_id, bearer_type, bearer_id, ip, user_agent,
    request_id, reason`;
  const move = (from: number, to: number) => sql`update audit_entries set revision = ${to} ${at(from)}`;
  const far = 1_000_000;
  return {
    ...Object.fromEntries(texts.map((column) => [`change ${column}`, [set(column)]])),
    'change created_at': [sql`update audit_entries set created_at = created_at + 1 ${at(one)}`],
    'change action': [
      sql`update audit_entries set action = case action when 'deleted' then 'created' else 'deleted' end ${at(one)}`,
    ],
    'change bearer_type': [
      sql`update audit_entries set bearer_type = case bearer_type when 'user' then 'application' else 'user' end ${at(one)}`,
    ],
    'change leaf_hash': [sql`update audit_entries set leaf_hash = ${hashLeaf(text).toString('hex')} ${at(one)}`],
    'empty leaf_hash': [sql`update audit_entries set leaf_hash = null ${at(one)}`],
    drop: [sql`delete from audit_entries ${at(one)}`],
    'drop and close the gap': [
      sql`delete from audit_entries ${at(one)}`,
      sql`update audit_entries set revision = -revision where organization_id = ${a} and revision > ${one}`,
      sql`update audit_entries set revision = -revision - 1 where organization_id = ${a} and revision < 0`,
    ],
    'cut off the end': [
      sql`delete from audit_entries where organization_id = ${a} and revision >= ${one}`,
      sql`update organizations set revision = ${one - 1} where id = ${a}`,
    ],
    reorder: [move(one, far), move(two, one), move(far, two)],
    insert: [
      sql`update audit_entries set revision = -revision where organization_id = ${a} and revision >= ${one}`,
      sql`update audit_entries set revision = -revision + 1 where organization_id = ${a} and revision < 0`,
      sql`insert into audit_entries select organization_id, ${one}, 'made up', created_at, operation, action, resource_type,
        resource_id, bearer_type, bearer_id, ip, user_agent, request_id, reason, leaf_hash from audit_entries ${at(one + 1)}`,
    ],
    'append without the tree': [
      sql`insert into audit_entries (organization_id, revision, ${columns}) select organization_id, ${size + 100}, 'made up',
        created_at, operation, action, resource_type, resource_id, bearer_type, bearer_id, ip, user_agent, request_id, reason
        from audit_entries ${at(one)}`,
    ],
    'swap between organizations': [
      sql`update audit_entries set organization_id = 'nowhere' ${at(one)}`,
      sql`update audit_entries set organization_id = ${a} where organization_id = ${b} and revision = ${one}`,
      sql`update audit_entries set organization_id = ${b} where organization_id = 'nowhere'`,
    ],
    'forge the size': [sql`update log_heads set tree_size = tree_size - 1 where organization_id = ${a}`],
    'forge the root': [
      sql`update log_heads set root_hash = ${hashLeaf(text).toString('hex')} where organization_id = ${a}`,
    ],
    'forge the time': [sql`update log_heads set signed_at = signed_at + 1 where organization_id = ${a}`],
    'forge what was adopted': [sql`update log_heads set adopted_size = ${one} where organization_id = ${a}`],
    'forge what was removed': [sql`update log_heads set removed_size = ${one} where organization_id = ${a}`],
    'remove for its age what is young': [
      sql`insert into log_leaves (organization_id, revision, leaf_hash)
        select organization_id, revision, leaf_hash from audit_entries where organization_id = ${a} and revision <= ${one}`,
      sql`delete from audit_entries where organization_id = ${a} and revision <= ${one}`,
      sql`update log_heads set removed_size = ${one} where organization_id = ${a}`,
    ],
    'leave the hash of what was dropped': [
      sql`insert into log_leaves (organization_id, revision, leaf_hash)
        select organization_id, revision, leaf_hash from audit_entries ${at(one)}`,
      sql`delete from audit_entries ${at(one)}`,
    ],
    'leave the hash of what is there': [
      sql`insert into log_leaves (organization_id, revision, leaf_hash)
        select organization_id, revision, leaf_hash from audit_entries ${at(one)}`,
    ],
    'forge the signature': [sql`update log_heads set signature = ${text} where organization_id = ${a}`],
    'forge the key': [sql`update log_heads set key_id = ${text} where organization_id = ${a}`],
    'bend the frontier': [sql`update log_heads set frontier = ${'ab'.repeat(32)} where organization_id = ${a}`],
    'take the head of another': [
      sql`delete from log_heads where organization_id = ${a}`,
      sql`update log_heads set organization_id = ${a} where organization_id = ${b}`,
    ],
    'take the head away': [sql`delete from log_heads where organization_id = ${a}`],
    'bend a subtree': [sql`update log_nodes set hash = ${hashLeaf(text).toString('hex')} where organization_id = ${a}`],
    'drop a subtree': [sql`delete from log_nodes where organization_id = ${a}`],
    'set the organization back': [sql`update organizations set revision = revision - 1 where id = ${a}`],
  };
};

class Undone extends Error {}

for (const database of databases()) {
  describe(`a log in ${database.name} that somebody has laid hands on`, () => {
    const server = serverOn(database);
    let a: string;
    let b: string;

    const verify = (db: Transaction<Database>) =>
      verifyLog(db, a, { keys: server.services.secrets.logKeys(), remembered: null });

    beforeAll(async () => {
      a = server.organization.organizationId;
      b = (await server.anotherOrganization()).organizationId;
      const { storage } = server.services;
      const author = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;
      const event = { resource: 'organization', action: 'updated' } as const;
      await storage.transaction(async (db) => {
        for (const id of [a, b])
          for (let revision = 0; revision < size; revision += 1)
            await changeWithin(
              db,
              server.services,
              { scope: authorizedPlatform(id), author, operation: 'organizations.update', event },
              async ({ touches }) => touches(id),
            );
      });
      const triggers =
        storage.kind === 'sqlite'
          ? ['update', 'delete', 'replace'].map((name) => sql`drop trigger ${sql.ref(`audit_entries_no_${name}`)}`)
          : ['append_only', 'may_delete'].map(
              (name) => sql`drop trigger ${sql.ref(`audit_entries_${name}`)} on audit_entries`,
            );
      for (const drop of triggers) await drop.execute(storage.db);
    });

    it(`is found out, each way of SQL in turn, ${runs} times`, { timeout: 60_000 + runs * 200 }, async () => {
      const { storage } = server.services;
      const names = Object.keys(statements(a, b, { one: 1, two: 2, text: '' }));
      const number = fc.integer({ min: 1, max: size });
      const picks = fc
        .record({ one: number, two: number, text: fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme-ascii' }) })
        .filter(({ one, two }) => one !== two);
      let turn = 0;
      await fc.assert(
        fc.asyncProperty(picks, async (picked) => {
          const name = names[turn++ % names.length] ?? '';
          const manipulation = storage.transaction(async (db) => {
            for (const statement of statements(a, b, picked)[name] ?? []) await statement.execute(db);
            const { faults } = await verify(db);
            expect(faults.length, name).toBeGreaterThan(0);
            throw new Undone();
          });
          await expect(manipulation).rejects.toThrow(Undone);
        }),
        { numRuns: Math.max(runs, names.length), endOnFailure: true },
      );
      expect((await storage.snapshot(verify)).faults).toEqual([]);
    });
  });
}
