import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parseDuration } from '@bailiwick/contract/duration';
import { parse as parseYaml } from 'yaml';
import { askForKeys, type KeySource } from './ask.ts';
import { cacheFile, forgetKeys, type KeptKeys, keepKeys, keptKeys } from './cache.ts';

export const authorizedKeysUsage = `bailiwick authorized-keys: the enabled SSH keys of a project, for sshd

  bailiwick authorized-keys --project-id ID --config FILE [--cache DIR] [--max-age SECONDS]

  --project-id ID       project whose keys open this login
  --config FILE         configuration of the command line with api_url and secret_key
  --cache DIR           where keys are kept for the time when the server does not answer
                        (/var/cache/bailiwick)
  --max-age SECONDS     how old kept keys may be (86400); 0 keeps none
`;

export interface Console {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

/** Something was typed or configured that cannot be used. */
class UsageError extends Error {}

interface Settings {
  readonly source: KeySource;
  readonly folder: string;
  /** Milliseconds. */
  readonly maxAge: number;
}

/**
 * `bailiwick authorized-keys`, the AuthorizedKeysCommand of sshd_config(5) (docs/ssh.md): prints one line a key. Keys that
 * were read before stand in while the server does not answer, so that it cannot lock people out; once it refuses the
 * caller they are forgotten.
 *
 * @param now milliseconds since 1970
 * @returns exit code; when it is not 0 sshd takes no key
 */
export async function printAuthorizedKeys(words: readonly string[], now: number, console: Console): Promise<number> {
  try {
    return await printKeys(await readSettings(words), now, console);
  } catch (failure) {
    if (!(failure instanceof UsageError)) throw failure;
    console.error(`bailiwick authorized-keys: ${failure.message}`);
    return 1;
  }
}

async function printKeys({ source, folder, maxAge }: Settings, now: number, console: Console): Promise<number> {
  const path = cacheFile(folder, source);
  const answer = await askForKeys(source);
  switch (answer.kind) {
    case 'keys':
      for (const key of answer.keys) console.out(key);
      if (maxAge > 0) keep(path, { readAt: now, keys: answer.keys }, console);
      return 0;
    case 'refused':
      await forgetKeys(path);
      console.error(`bailiwick authorized-keys: no key is taken: ${answer.reason}`);
      return 1;
    case 'unreachable': {
      const kept = maxAge > 0 ? await keptKeys(folder, path) : null;
      const age = kept === null ? Number.POSITIVE_INFINITY : now - kept.readAt;
      if (kept === null || age > maxAge || age < 0) {
        console.error(
          `bailiwick authorized-keys: no key is taken: ${answer.reason}, and none is kept that may be used`,
        );
        return 1;
      }
      console.error(`bailiwick authorized-keys: keys from ${Math.round(age / 1000)} s ago are used: ${answer.reason}`);
      for (const key of kept.keys) console.out(key);
      return 0;
    }
  }
}

/** A full disk keeps nobody out today. */
function keep(path: string, kept: KeptKeys, console: Console): void {
  try {
    keepKeys(path, kept);
  } catch (failure) {
    console.error(`bailiwick authorized-keys: the keys are not kept: ${(failure as Error).message}`);
  }
}

async function readSettings(words: readonly string[]): Promise<Settings> {
  const values = readFlags(words);
  const { 'project-id': projectId, config, cache, 'max-age': maxAge } = values;
  if (projectId === undefined || !/^[0-9a-f-]{36}$/i.test(projectId)) throw new UsageError('--project-id takes an id');
  if (config === undefined) throw new UsageError('--config takes the path of a configuration file');
  const seconds = /^\d+$/.test(maxAge) ? Number(maxAge) : parseDuration(maxAge);
  if (seconds === null || seconds < 0) throw new UsageError('--max-age takes seconds, such as 86400');
  return { source: { ...(await readSource(config)), projectId }, folder: cache, maxAge: seconds * 1000 };
}

function readFlags(words: readonly string[]) {
  const options = {
    'project-id': { type: 'string' },
    config: { type: 'string' },
    cache: { type: 'string', default: '/var/cache/bailiwick' },
    'max-age': { type: 'string', default: '86400' },
  } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: false }).values;
  } catch (failure) {
    throw new UsageError((failure as Error).message);
  }
}

async function readSource(path: string): Promise<Pick<KeySource, 'apiUrl' | 'secretKey'>> {
  const refuse = (reason: string) => new UsageError(`${path}: ${reason}`);
  const text = await readFile(path, 'utf8').catch((failure: Error) => {
    throw refuse(failure.message);
  });
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch {
    // The text of the failure would show the line, which may hold the secret.
    throw refuse('it is no YAML');
  }
  const { api_url: apiUrl, secret_key: secretKey } = (content ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof apiUrl !== 'string' || !/^https?:\/\/[^\s]+[^/\s]$/.test(apiUrl)) {
    throw refuse('api_url must be an address without a slash at its end');
  }
  if (typeof secretKey !== 'string') throw refuse('it holds no secret_key');
  return { apiUrl, secretKey };
}
