import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import pg from 'pg';
import { authorizedPlatform } from '../../packages/server/src/authorization/authorized.ts';
import type { TakenChange } from '../../packages/server/src/authorization/decisions.ts';
import { readSlices } from '../../packages/server/src/authorization/slices.ts';
import { randomIds } from '../../packages/server/src/clock.ts';
import { readAnnouncements, writeAnnouncements } from '../../packages/server/src/storage/announcements.ts';
import { positionsQuery } from '../../packages/server/src/storage/follow.ts';
import { openStorage } from '../../packages/server/src/storage/open.ts';
import type { Storage } from '../../packages/server/src/storage/storage.ts';
import type { DatabaseKind } from '../../test-support/database-kinds.ts';
import { median } from '../support/statistics.ts';

/** What single things cost, all of it in microseconds on one core of the machine that ran this. */
export interface Costs {
  /** A look at the positions, whatever it asks for. */
  readonly look: number;
  readonly lookAtOrganization: number;
  /** A message, whoever listens. */
  readonly announcement: number;
  readonly announcementToListener: number;
  /** To take in a message about an organization that is not in memory. */
  readonly hearing: number;
  /** To read a principal with its key, when its organization comes into memory. */
  readonly loadPrincipal: number;
}

const organizations = 10_000;
const principals = 20_000;
const rounds = 7;

/** Measures on a PostgreSQL of this machine. */
export async function measureCosts(database: DatabaseKind, progress: (text: string) => void): Promise<Costs> {
  const created = await database.create();
  const storage = await openStorage(created.url);
  const client = new pg.Client({ connectionString: created.url });
  try {
    await client.connect();
    progress('rows to look at');
    const ids = await seed(storage);
    progress('looks');
    const looks = (count: number) => timed(() => client.query(positionsQuery, [ids.slice(0, count)]));
    const [one, all] = [await looks(1), await looks(organizations)];
    progress('announcements');
    const [alone, heard] = [await announced(created.url, 1), await announced(created.url, listeners)];
    progress('a large organization');
    const scope = authorizedPlatform(ids[0] ?? '');
    const loading = await timed(() =>
      storage.snapshot(async (db) => {
        let facts = 0;
        for await (const slice of readSlices(db, scope, principals)) facts += slice.facts.length;
        return facts;
      }),
    );
    return {
      look: one,
      lookAtOrganization: (all - one) / organizations,
      announcement: alone,
      announcementToListener: (heard - alone) / (listeners - 1),
      hearing: hearing(),
      loadPrincipal: loading / principals,
    };
  } finally {
    await client.end();
    await storage.close();
    await created.drop();
  }
}

async function seed({ db }: Storage): Promise<readonly string[]> {
  const id = sql`md5(n::text)::uuid::text`;
  await sql`insert into organizations (id, name, created_at, revision)
    select ${id}, 'one', 1, 1 from generate_series(1, ${organizations}::int) n`.execute(db);
  await sql`insert into audit_entries (organization_id, revision, id, created_at, operation, action, resource_type,
      resource_id, bearer_type, bearer_id, ip, user_agent, request_id)
    select ${id}, 1, ${id}, 1, '', 'created', 'project', '', 'platform', '', '', '', ''
    from generate_series(1, ${organizations}::int) n`.execute(db);
  const own = sql`md5('1')::uuid::text`;
  await sql`insert into projects (id, organization_id, name, name_sort, description, created_at, updated_at)
    values (${own}, ${own}, '', '', '', 1, 1)`.execute(db);
  await sql`insert into applications (id, organization_id, created_at, updated_at, name, name_sort, description)
    select 'a' || n, ${own}, n, n, '', '', '' from generate_series(1, ${principals}::int) n`.execute(db);
  await sql`insert into api_keys (access_key, organization_id, secret_hash, application_id, description, created_at,
      updated_at, default_project_id, creation_ip)
    select 'k' || n, ${own}, md5(n::text), 'a' || n, '', n, n, ${own}, '' from generate_series(1, ${principals}::int) n`.execute(
    db,
  );
  await sql`analyze`.execute(db);
  const { rows } = await sql<{
    id: string;
  }>`select ${id} as id from generate_series(1, ${organizations}::int) n`.execute(db);
  return rows.map((row) => row.id);
}

const listeners = 40;
const messages = 200;

/** Time from the first of many messages until each listener has the last one, for each message. */
async function announced(url: string, count: number): Promise<number> {
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const sender = await connect();
  const hearers = await Promise.all(Array.from({ length: count }, connect));
  for (const hearer of hearers) await hearer.query('LISTEN scale');
  const [text = ''] = writeAnnouncements([announcement()]);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const all = hearers.map(
      (hearer) =>
        new Promise<void>((resolve) => {
          let left = messages;
          const hear = () => {
            left -= 1;
            if (left > 0) return;
            hearer.off('notification', hear);
            resolve();
          };
          hearer.on('notification', hear);
        }),
    );
    const started = performance.now();
    // PostgreSQL sends equal messages of a transaction once; these are of one each.
    for (let sent = 0; sent < messages; sent += 1) await sender.query('SELECT pg_notify($1, $2)', ['scale', text]);
    await Promise.all(all);
    times.push(((performance.now() - started) * 1_000) / messages);
  }
  for (const client of [sender, ...hearers]) await client.end();
  return median(times);
}

function announcement() {
  const [userId, organizationId] = [randomIds.uuid(), randomIds.uuid()];
  const change: TakenChange = {
    revision: 4711,
    entryId: randomIds.uuid(),
    resource: 'user',
    resourceId: userId,
    fact: { kind: 'user', id: userId, fact: { id: userId, owner: false, locked: true } },
  };
  return { organizationId, revision: change.revision, change };
}

function hearing(): number {
  const [text = ''] = writeAnnouncements([announcement()]);
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    for (let heard = 0; heard < 10_000; heard += 1) readAnnouncements(text);
    return (performance.now() - started) / 10;
  });
  return median(times);
}

/** Microseconds of the middle one of several runs, after one that warms up. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const started = performance.now();
    await work();
    if (round > 0) times.push((performance.now() - started) * 1_000);
  }
  return median(times);
}
