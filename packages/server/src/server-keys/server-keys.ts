import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from '../config.ts';
import { createPrivateFile, replacePrivateFile } from '../private-file.ts';
import { newServerKey, type ServerKey, type ServerKeys, serverKeyLength } from '../secrets.ts';

type Where = Pick<Config, 'data' | 'serverKey'>;

/**
 * The server keys: from the environment, else from `<data>/server.key`, which is made when missing. They are not in the
 * database, so a stolen copy of the database opens nothing. Each is 32 bytes in base64, behind `ID:` but for the one that
 * a server was born with; in the file one on a line, in the environment with commas between. The first makes what is new.
 *
 * @throws ConfigError when there is none, one has another length, or two have one id
 */
export function readServerKeys({ data, serverKey }: Where): ServerKeys {
  if (serverKey !== undefined) return decode(serverKey.split(/[\s,]+/), 'BAILIWICK_SERVER_KEY');
  const path = serverKeyPath(data);
  if (!existsSync(path)) createPrivateFile(path, `${newServerKey().toString('base64')}\n`);
  return decode(readFileSync(path, 'utf8').split(/\s+/), path);
}

/**
 * The same without making one: a new key would open nothing of a database that is there already.
 *
 * @throws ConfigError when there is none
 */
export function existingServerKeys(config: Where): ServerKeys {
  const path = serverKeyPath(config.data);
  if (config.serverKey !== undefined || existsSync(path)) return readServerKeys(config);
  throw new ConfigError(
    `there is no server key: put the one of the database to ${path}, or name it in BAILIWICK_SERVER_KEY`,
  );
}

/** Puts other keys into the file, whole or not at all. */
export function writeServerKeys(data: string, keys: ServerKeys): void {
  const lines = keys.map(({ id, bytes }) => `${id === null ? '' : `${id}:`}${bytes.toString('base64')}\n`);
  replacePrivateFile(serverKeyPath(data), lines.join(''));
}

const serverKeyPath = (data: string): string => join(data, 'server.key');

function decode(words: readonly string[], where: string): ServerKeys {
  const [first, ...others] = words.filter((word) => word !== '').map((word) => decodeOne(word, where));
  if (first === undefined) throw malformed(where);
  const keys: ServerKeys = [first, ...others];
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    throw new ConfigError(`${where} has two server keys with one id; leave one out`);
  return keys;
}

function decodeOne(word: string, where: string): ServerKey {
  const [, id = null, text = ''] = /^(?:([a-z0-9]{1,16}):)?([A-Za-z0-9+/_-]+={0,2})$/.exec(word) ?? [];
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== serverKeyLength) throw malformed(where);
  return { id, bytes };
}

const malformed = (where: string): ConfigError =>
  new ConfigError(`${where} must hold ${serverKeyLength} bytes in base64, or several such keys as ID:BASE64`);
