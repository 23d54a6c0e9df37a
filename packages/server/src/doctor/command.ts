import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../clock.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Terminal } from '../serve.ts';
import { openStorage } from '../storage/open.ts';
import type { Storage } from '../storage/storage.ts';
import * as database from './database.ts';
import { type Finding, problem, reason } from './finding.ts';
import { checkAudit, checkCounters, checkDamage } from './integrity.ts';
import { checkDataFolder, checkMail, checkServerKey, checkSpace } from './machine.ts';

/**
 * `bailiwick doctor [-o json]`: looks at everything a server needs, beside running ones, and changes nothing.
 *
 * @returns the exit code: 1 when there is a problem
 * @throws ConfigError for another form of output
 */
export async function examine(config: Config, output: string | undefined, terminal: Terminal): Promise<0 | 1> {
  if (output !== undefined && output !== 'json') throw new ConfigError(`-o takes json, not \`${output}\``);
  const findings = [
    await checkDataFolder(config),
    await checkServerKey(config),
    await checkSpace(config),
    ...(await examineDatabase(config)),
    await checkMail(config),
  ];
  const isFine = !findings.some(({ state }) => state === 'problem');
  if (output === 'json') terminal.out(JSON.stringify({ ok: isFine, findings }, null, 2));
  else for (const line of findings.flatMap(linesOf)) terminal.out(line);
  return isFine ? 0 : 1;
}

const linesOf = ({ about, state, detail, mend }: Finding): readonly string[] => [
  `${state.padEnd(9)}${about.padEnd(21)}${detail}`,
  ...(mend === undefined ? [] : [`${' '.repeat(30)}${mend}`]),
];

async function examineDatabase(config: Config): Promise<readonly Finding[]> {
  const about = 'database';
  const mend = 'look at --database-url and --data; a first start makes a database';
  const { databaseUrl } = config;
  if (databaseUrl.startsWith('file:') && !existsSync(fileURLToPath(databaseUrl)))
    return [problem(about, `there is no file ${fileURLToPath(databaseUrl)}`, mend)];
  try {
    const storage = await openStorage(databaseUrl, { asItIs: true });
    return await examineStorage(storage, config).finally(() => storage.close());
  } catch (failure) {
    return [problem(about, reason(failure), mend)];
  }
}

async function examineStorage(storage: Storage, config: Config): Promise<readonly Finding[]> {
  const clock = systemClock();
  const first = [await database.checkVersion(storage), await database.checkMigrations(storage)];
  // The rest asks for tables that are not there yet.
  if (first.some(({ about, state }) => about === 'migrations' && state !== 'ok')) return first;
  return [
    ...first,
    await database.checkKeyOfDatabase(storage, config),
    await database.checkFiles(storage, config, clock),
    await database.checkWrites(storage),
    await database.checkClock(storage, clock),
    ...(await storage.snapshot(async (db) => {
      const moment = { kind: storage.kind, db };
      return [await checkDamage(moment), await checkCounters(moment), await checkAudit(moment)];
    })),
  ];
}
