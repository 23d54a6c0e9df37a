import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Remembered, readRemembered, writeRemembered } from '@bailiwick/contract/log-tree';
import { withServices } from '../administration.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Services } from '../context.ts';
import { firstStart } from '../first-start.ts';
import { replacePrivateFile } from '../private-file.ts';
import type { Terminal } from '../serve.ts';
import { organizationsWithEntries } from './entries.ts';
import { type LogReport, verifyLog } from './verify.ts';

interface Output extends Terminal {
  note(line: string): void;
}

const organizationsAtOnce = 200;
/** What takes longer says how far it is, in milliseconds. */
const patience = 2_000;

/**
 * `bailiwick log verify [ORGANIZATION]`: holds every log in the database, or one, against its signed head, and against the head
 * that was verified last, which is kept in the data folder.
 *
 * @returns whether all is as it was signed
 * @throws ConfigError when the file of remembered heads cannot be read, or there is no such log
 */
export async function verifyLogs(config: Config, organizationId: string | undefined, output: Output): Promise<boolean> {
  const path = join(config.data, 'log-heads.json');
  const remembered = new Map(readFile(path));
  return withServices(config, async (services) => {
    // With another server key every head would seem to be forged.
    await firstStart(services, config);
    const ids = organizationId === undefined ? await allLogs(services, remembered) : [organizationId];
    let areFine = true;
    for (const id of ids) {
      const report = await verifyOne(services, id, remembered, output);
      if (organizationId !== undefined && report.head === null && report.faults.length === 0)
        throw new ConfigError(
          `there is no log of an organization \`${id}\`; \`bailiwick organization list\` shows them`,
        );
      tell(id, report, output);
      if (report.faults.length > 0) areFine = false;
      else if (report.head !== null) remembered.set(id, report.head);
    }
    replacePrivateFile(path, writeRemembered(remembered));
    return areFine;
  });
}

/** Those too that somebody has taken out of the database. */
async function allLogs({ storage }: Services, remembered: Remembered): Promise<readonly string[]> {
  const ids = new Set(remembered.keys());
  for (let after = ''; ; ) {
    const some = await organizationsWithEntries(storage.db, after, organizationsAtOnce);
    for (const { id } of some) ids.add(id);
    const last = some.at(-1);
    if (last === undefined) return [...ids].sort();
    after = last.id;
  }
}

function verifyOne(services: Services, id: string, remembered: Remembered, output: Output): Promise<LogReport> {
  let toldAt = performance.now();
  return services.storage.snapshot((db) =>
    verifyLog(db, id, {
      keys: services.secrets.logKeys(),
      remembered: remembered.get(id) ?? null,
      onProgress: (read, total) => {
        if (performance.now() - toldAt < patience) return;
        toldAt = performance.now();
        output.note(`${id}: ${read} of ${total} entries`);
      },
    }),
  );
}

function tell(id: string, { entries, head, faults }: LogReport, output: Output): void {
  const signed = head === null ? '' : `, root ${head.root_hash}, signed ${head.signed_at}`;
  output.out(
    `${id}  ${entries} entries${signed}: ${faults.length === 0 ? 'as it was signed' : 'NOT as it was signed'}`,
  );
  if (head !== null && head.adopted_size > 0)
    output.out(`  entries up to ${head.adopted_size} were taken in after they were stored: they are as they were then`);
  if (head !== null && head.removed_size > 0)
    output.out(`  the first ${head.removed_size} were removed for their age: their hashes are as they were signed`);
  for (const { revision, problem } of faults)
    output.out(`  ${revision === null ? 'the log' : `entry ${revision}`}: ${problem}`);
}

function readFile(path: string): Remembered {
  if (!existsSync(path)) return new Map();
  const remembered = readRemembered(readFileSync(path, 'utf8'));
  if (remembered === null)
    throw new ConfigError(`${path} holds no heads of logs: restore it, or remove it to verify as for the first time`);
  return remembered;
}
