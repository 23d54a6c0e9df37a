import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { examine } from '../../packages/server/src/doctor/command.ts';
import type { Finding } from '../../packages/server/src/doctor/finding.ts';
import { type Config, readConfig, serve } from '../../packages/server/src/index.ts';
import { organizationsWithEntries } from '../../packages/server/src/log-tree/entries.ts';
import { verifyLog } from '../../packages/server/src/log-tree/verify.ts';
import { deriveSecrets } from '../../packages/server/src/secrets.ts';
import { existingServerKeys } from '../../packages/server/src/server-keys/server-keys.ts';
import { openStorage } from '../../packages/server/src/storage/open.ts';
import { readDatabase } from '../support/database.ts';
import { contradictions } from '../support/invariants.ts';
import { createPlainClient, type Send } from '../support/plain-client.ts';
import type { Json } from '../support/server-process.ts';
import { idOf } from './clients.ts';
import type { Recorded } from './crash-recording.ts';
import type { Files } from './disk.ts';
import { type Entry, type Read, violations, type Write } from './history.ts';
import type { Register } from './registers.ts';

/** What somebody was told before the machine went down. */
export interface Told {
  /** Nothing later counts, in milliseconds of `performance.now`. */
  readonly moment: number;
  /** What other servers were asked and told that started on what was left, before the last one went down. */
  readonly writes?: readonly Write[];
  readonly reads?: readonly Read[];
}

export interface Where {
  /** Made for this and removed again. */
  readonly folder: string;
  /** Whether the commands for operators look as well. */
  readonly withCommands: boolean;
}

/** Milliseconds in which a server hears of connections that were closed: to those that it knows it would listen for longer. */
export const untilClosed = 3;
/** Keys that are asked for: those that changed last. */
const fewKeys = 4;
/** Reads of a register that are held against what is there: those that were answered last. */
const fewReads = 2;

/** Puts files into a folder that was not there. */
export function writeFiles(folder: string, files: Files): void {
  mkdirSync(folder, { mode: 0o700 });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes, { mode: 0o600 });
}

/** How a server is started on a folder that a machine left. */
export const configOf = (folder: string): Config =>
  readConfig(
    [
      ...['--data', folder, '--database-url', `file:${join(folder, 'bailiwick.db')}`, '--port', '0'],
      ...['--quotas', join(folder, 'quotas.yaml'), '--log-level', 'silent'],
    ],
    {},
  ).config;

/**
 * Starts a server on what a disk holds, in this process, and holds what is there against what was told.
 *
 * @returns everything that cannot be
 */
export async function checkFiles(
  recorded: Recorded,
  files: Files,
  told: Told,
  { folder, withCommands }: Where,
): Promise<readonly string[]> {
  writeFiles(folder, files);
  try {
    const config = configOf(folder);
    const server = await serve(config, { out: () => {} });
    try {
      return [
        ...(await checkRunning(recorded, told, folder)),
        ...(await contradictions(config.databaseUrl)),
        ...(await checkLogs(config)),
        ...(withCommands ? await checkWithCommands(config) : []),
      ];
    } finally {
      await pause(untilClosed);
      await server.stop();
    }
  } catch (failure) {
    return [`the server does not start: ${failure instanceof Error ? failure.message : failure}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything that the commands for operators look at. */
async function checkWithCommands(config: Config): Promise<readonly string[]> {
  const output: string[] = [];
  await examine(config, 'json', { out: (text) => output.push(text) });
  const { findings }: { findings: readonly Finding[] } = JSON.parse(output.join(''));
  const problems = findings.filter(({ state }) => state === 'problem');
  return problems.map(({ about, detail }) => `doctor: ${about}: ${detail}`);
}

/** Holds every log against its signed head. */
async function checkLogs(config: Config): Promise<readonly string[]> {
  const { logKeys } = deriveSecrets(existingServerKeys(config));
  const storage = await openStorage(config.databaseUrl, { asItIs: true });
  try {
    return await storage.snapshot(async (db) => {
      const found: string[] = [];
      for (const { id } of await organizationsWithEntries(db, '', 10)) {
        const { faults } = await verifyLog(db, id, { keys: logKeys(), remembered: null });
        found.push(...faults.map(({ revision, problem }) => `log of ${id}: entry ${revision}: ${problem}`));
      }
      return found;
    });
  } finally {
    await storage.close();
  }
}

async function checkRunning(recorded: Recorded, told: Told, folder: string): Promise<readonly string[]> {
  const settings: Json = parse(readFileSync(join(folder, 'scw.yaml'), 'utf8'));
  const databaseUrl = `file:${join(folder, 'bailiwick.db')}`;
  const client = createPlainClient(settings.api_url, 4);
  try {
    return await readDatabase(databaseUrl, async (rows) => {
      const [organization] = await rows('select id, revision from organizations');
      const entries = await rows('select revision, leaf_hash, user_agent from audit_entries order by revision');
      const isOwner = await canEnter(client.send, settings.secret_key);
      const found = isOwner ? [] : ['the owner is not known by the key in scw.yaml'];
      if (told.moment >= recorded.ready && organization.id !== recorded.organizationId)
        found.push('the organization is another one');
      const least = Math.max(0, ...recorded.told.filter(({ at }) => at < told.moment).map(({ revision }) => revision));
      if (organization.revision < least) found.push(`revision ${organization.revision}, told was ${least}`);
      found.push(...(await strays(rows)));
      if (told.moment < recorded.prepared) return found;
      const later = entries.slice(recorded.revision).map(({ revision, user_agent: agent }) => ({
        revision,
        write: idOf(agent),
      }));
      return [...found, ...(await wrongHistory(recorded, told, later, client.send))];
    });
  } finally {
    client.close();
  }
}

async function canEnter(send: Send, key: string): Promise<boolean> {
  return (await send({ method: 'GET', path: '/iam/v1alpha1/users?page_size=1', key })).status === 200;
}

/** Every row has the entry of the change that made it, and none of one that removed it; every change that made one left one. */
async function strays(rows: (sql: string) => Promise<readonly Json[]>): Promise<readonly string[]> {
  const kinds = [
    ['application', 'applications', 'id'],
    ['group', 'groups', 'id'],
    ['policy', 'policies', 'id'],
    ['user', 'users', 'id'],
    ['api_key', 'api_keys', 'access_key'],
  ];
  const sql = kinds.map(
    ([kind, table, id]) => `
      select '${kind}' as kind, coalesce(t.${id}, e.resource_id) as id, t.${id} is not null as present, e.balance
      from ${table} t full outer join (
        select resource_id, sum(case action when 'created' then 1 when 'deleted' then -1 else 0 end) as balance
        from audit_entries where resource_type = '${kind}' group by resource_id
      ) e on e.resource_id = t.${id}
      where (t.${id} is not null) <> (coalesce(e.balance, 0) = 1)`,
  );
  const found = await rows(sql.join(' union all '));
  return found.map((row) => `an object and its entries: ${JSON.stringify(row)}`);
}

/** All that was asked before the moment; what nobody had answered by then may have been made or not. */
async function wrongHistory(
  recorded: Recorded,
  { moment, writes: moreWrites = [], reads: moreReads = [] }: Told,
  entries: readonly Entry[],
  send: Send,
): Promise<readonly string[]> {
  const writes = [
    ...recorded.record.writes
      .filter(({ began }) => began < moment)
      .map(
        (write): Write =>
          write.ended < moment ? write : { ...write, outcome: 'unknown', ended: Number.POSITIVE_INFINITY },
      ),
    ...moreWrites,
  ];
  const lastWrites = new Map(writes.map(({ register, began }) => [register, began]));
  const keys = recorded.record.keys
    .filter(({ name }) => lastWrites.has(name))
    .toSorted((one, other) => (lastWrites.get(other.name) ?? 0) - (lastWrites.get(one.name) ?? 0))
    .slice(0, fewKeys);
  const registers: readonly Register[] = [...recorded.registers, ...keys];
  const last = new Map<string, string>();
  const reads: Read[] = [];
  for (const register of registers) {
    const { name: known } = register;
    const before = recorded.record.reads.filter((read) => read.register === known && read.ended < moment);
    reads.push(...before.toSorted((one, other) => one.ended - other.ended).slice(-fewReads));
    for (const { from, call, value } of register.readings) {
      const began = performance.now();
      const answer = await send(call);
      const said = value(answer) ?? `status ${answer.status}`;
      const asked = { began, ended: performance.now(), atLeast: 0, age: 0 };
      reads.push({ register: known, from, server: 2, value: said, ...asked });
      last.set(known, said);
    }
  }
  const first = new Map(registers.map((register) => [register.name, register.first]));
  const found = violations({
    ...{ first, last, writes, reads: [...reads, ...moreReads], entries, revision: recorded.revision },
    bound: 0,
  });
  return found.map(({ rule, register, shown }) =>
    [`${rule}: ${register}`, ...shown.slice(-8).map((one) => JSON.stringify(one))].join('\n    '),
  );
}
