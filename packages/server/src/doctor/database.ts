import { sql } from 'kysely';
import { createCatalogueSource } from '../catalogue/source.ts';
import { readKnownSets } from '../catalogue/store.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { knownNames } from '../operator-files/known-names.ts';
import { openOperatorFiles } from '../operator-files/operator-files.ts';
import { deriveSecrets } from '../secrets.ts';
import { isOfServerKeys } from '../server-keys/check.ts';
import { existingServerKeys } from '../server-keys/server-keys.ts';
import { migrations } from '../storage/migrations/index.ts';
import { migrationsOf, type Storage } from '../storage/storage.ts';
import { type Finding, ok, problem, reason, warning } from './finding.ts';

/** The oldest PostgreSQL that is tried, as `server_version_num` tells it. */
const oldestPostgres = 150_000;
/** How far clocks may be apart, in seconds: one-time passwords take 30, sessions look at their end. */
const apart = 5;
const tooFarApart = 60;

/** A database, or one moment of it. */
export type Looked = Pick<Storage, 'kind' | 'db'>;

export async function checkVersion({ kind, db }: Looked): Promise<Finding> {
  const about = 'database';
  if (kind === 'sqlite') {
    const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(db);
    return ok(about, `SQLite ${rows[0]?.version}`);
  }
  const versions = sql<{ number: string; name: string }>`
    select current_setting('server_version_num') as number, current_setting('server_version') as name`;
  const { rows } = await versions.execute(db);
  const detail = `PostgreSQL ${rows[0]?.name}`;
  if (Number(rows[0]?.number) >= oldestPostgres) return ok(about, detail);
  return problem(about, `${detail} is too old`, 'bring PostgreSQL to version 15 or newer');
}

/** Whether its tables are those of this version. */
export async function checkMigrations({ db }: Looked): Promise<Finding> {
  const about = 'migrations';
  const made = await migrationsOf(db);
  const known = Object.keys(migrations);
  const unknown = made.find((name) => !known.includes(name));
  if (unknown !== undefined)
    return problem(about, `the database belongs to a newer bailiwick (${unknown})`, 'run the newer version');
  const missing = known.filter((name) => !made.includes(name));
  if (missing.length === 0) return ok(about, `all ${known.length} are made`);
  return warning(about, `to be made: ${missing.join(', ')}`, 'start a server of this version: it makes them');
}

export async function checkKeyOfDatabase({ db }: Looked, config: Config): Promise<Finding> {
  const about = 'key of the database';
  const kept = await db.selectFrom('installation').select('server_key_check').executeTakeFirst();
  if (kept === undefined) return warning(about, 'the database was never used', 'start a server');
  if (isOfServerKeys(deriveSecrets(existingServerKeys(config)), kept.server_key_check))
    return ok(about, 'the server key is the one of this database');
  return problem(about, 'the server key is another one', 'put the right server.key into the data folder');
}

/** Changes nothing: the transaction is rolled back. */
export async function checkWrites(storage: Storage): Promise<Finding> {
  const about = 'writes';
  const enough = new Error('rolled back');
  try {
    await storage.transaction(async (db) => {
      await db
        .updateTable('installation')
        .set((row) => ({ created_at: row('created_at', '+', 0) }))
        .execute();
      throw enough;
    });
  } catch (failure) {
    if (failure !== enough)
      return problem(about, reason(failure), 'give the user of the database the right to write, and room to do it');
  }
  return ok(about, 'the database takes changes');
}

/** The clock of this machine beside that of the database, or beside the newest change where there is no other clock. */
export async function checkClock({ kind, db }: Looked, clock: Clock): Promise<Finding> {
  const about = 'clock';
  const mend = 'set the clock, and keep it by NTP: sessions and one-time passwords go by it';
  if (kind === 'postgres') {
    const asked = sql<{ now: string }>`select extract(epoch from clock_timestamp())::text as now`;
    const { rows } = await asked.execute(db);
    const seconds = Math.abs(Number(rows[0]?.now) - clock.now() / 1_000_000);
    const detail = `${seconds.toFixed(1)} s from that of the database`;
    if (seconds > tooFarApart) return problem(about, detail, mend);
    return seconds > apart ? warning(about, detail, mend) : ok(about, detail);
  }
  const newest = await db
    .selectFrom('audit_entries')
    .select(({ fn }) => fn.max('created_at').as('at'))
    .executeTakeFirst();
  const ahead = (Number(newest?.at ?? 0) - clock.now()) / 1_000_000;
  if (ahead > tooFarApart) return problem(about, `${Math.round(ahead)} s behind the newest change`, mend);
  return ok(about, 'not behind the newest change');
}

/** The operator's catalogue and mapping files, read as a server would. */
export async function checkFiles(storage: Storage, config: Config, clock: Clock): Promise<Finding> {
  const about = 'configuration';
  try {
    const knownBefore = await readKnownSets(storage.db);
    const { current } = await createCatalogueSource({ path: config.catalogue, storage, clock, knownBefore });
    await openOperatorFiles(config, () => knownNames(current()));
    return ok(about, 'every flag and file can be used');
  } catch (failure) {
    return problem(about, reason(failure), 'mend the file; servers keep what they had until then');
  }
}
