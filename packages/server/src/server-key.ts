import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from './config.ts';
import { createPrivateFile } from './private-file.ts';
import { newServerKey, serverKeyLength } from './secrets.ts';

/**
 * The server key: from the environment as base64, else from `<data>/server.key`, which is made when missing. It is not
 * in the database, so a stolen copy of the database opens nothing.
 *
 * @throws ConfigError when it has another length
 */
export function readServerKey({ data, serverKey }: Pick<Config, 'data' | 'serverKey'>): Buffer {
  if (serverKey !== undefined) return decode(serverKey, 'BAILIWICK_SERVER_KEY');
  const path = join(data, 'server.key');
  if (!existsSync(path)) createPrivateFile(path, `${newServerKey().toString('base64')}\n`);
  return decode(readFileSync(path, 'utf8').trim(), path);
}

/**
 * The same without making one: a new key would open nothing of a database that is there already.
 *
 * @throws ConfigError when there is none
 */
export function existingServerKey(config: Pick<Config, 'data' | 'serverKey'>): Buffer {
  const path = join(config.data, 'server.key');
  if (config.serverKey !== undefined || existsSync(path)) return readServerKey(config);
  throw new ConfigError(
    `there is no server key: put the one of the database to ${path}, or name it in BAILIWICK_SERVER_KEY`,
  );
}

function decode(text: string, where: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length === serverKeyLength) return key;
  throw new ConfigError(`${where} must hold ${serverKeyLength} bytes in base64`);
}
