import { authorizedPlatform } from '../packages/server/src/authorization/authorized.ts';
import { randomIds, systemClock } from '../packages/server/src/clock.ts';
import { createLogTree, type LogTree } from '../packages/server/src/log-tree/tree.ts';
import { verifyLog } from '../packages/server/src/log-tree/verify.ts';
import { deriveSecrets, newServerKey } from '../packages/server/src/secrets.ts';
import { changeWithin } from '../packages/server/src/storage/change.ts';
import { openStorage } from '../packages/server/src/storage/open.ts';
import type { DatabaseKind } from '../test-support/database-kinds.ts';
import type { Bench, Measurement } from './measurement.ts';
import { ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const changesInOne = 2_000;
const changesAlone = 200;

/** An entry that is stored and no more, as before there was a tree. */
const withoutTree: LogTree = {
  record: async (db, entry) => {
    await db.insertInto('audit_entries').values(entry).execute();
  },
  adopt: async () => 0,
  remove: async () => 0,
};

/** What the tree adds to a change that does nothing else: an upper bound, since real ones do more. */
export const logTree: Measurement = {
  name: 'log-tree',
  title: 'a change that does nothing but leave its entry, with the tree and without it; and how fast a log is verified',
  measure: async (bench) => {
    const tables: Table[] = [];
    for (const database of bench.databases) tables.push(await measureOn(bench, database));
    return tables;
  },
};

async function measureOn(bench: Bench, database: DatabaseKind): Promise<Table> {
  const created = await database.create();
  const storage = await openStorage(created.url);
  const { logKeys } = deriveSecrets([{ id: null, bytes: newServerKey() }]);
  const clock = systemClock();
  const author = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;
  const event = { resource: 'organization', action: 'updated' } as const;
  const kinds = { without: withoutTree, with: createLogTree(logKeys, storage.kind) };
  const organizations = { without: randomIds.uuid(), with: randomIds.uuid() };
  for (const id of Object.values(organizations))
    await storage.db.insertInto('organizations').values({ id, name: id, alias: null, created_at: 1 }).execute();

  const change = (kind: keyof typeof kinds, times: number) =>
    storage.transaction(async (db) => {
      const id = organizations[kind];
      const request = { scope: authorizedPlatform(id), author, operation: 'organizations.update', event };
      const services = { clock, ids: randomIds, logTree: kinds[kind] };
      for (let done = 0; done < times; done += 1)
        await changeWithin(db, services, request, async ({ touches }) => touches(id));
    });
  const timed = async (work: () => Promise<unknown>, count: number) => {
    const started = performance.now();
    await work();
    return ((performance.now() - started) * 1_000) / count;
  };
  const alone = async (kind: keyof typeof kinds) => {
    for (let done = 0; done < changesAlone; done += 1) await change(kind, 1);
  };

  const together = { without: [] as number[], with: [] as number[] };
  const single = { without: [] as number[], with: [] as number[] };
  const verified: number[] = [];
  const key = { keys: logKeys(), remembered: null };
  for (let round = 0; round <= bench.rounds; round += 1) {
    bench.progress(`${database.name}, round ${round} of ${bench.rounds}`);
    for (const kind of ['without', 'with'] as const) {
      const inOne = await timed(() => change(kind, changesInOne), changesInOne);
      const each = await timed(() => alone(kind), changesAlone);
      // The first round warms up.
      if (round === 0) continue;
      together[kind].push(inOne);
      single[kind].push(each);
    }
    const entries = (round + 1) * (changesInOne + changesAlone);
    const read = await timed(() => storage.snapshot((db) => verifyLog(db, organizations.with, key)), entries);
    if (round > 0) verified.push(1_000_000 / read);
  }
  await storage.close();
  await created.drop();
  const row = (name: string, times: typeof single) => [
    name,
    figures(times.without),
    figures(times.with),
    figures(ratios(times.with, times.without)),
  ];
  return {
    head: [`µs a change, ${database.name}`, 'without', 'with the tree', 'ratio'],
    rows: [row('each in a transaction', single), row(`${changesInOne} in one`, together)],
    note: `Verified: ${figures(verified)} entries/s.`,
  };
}
