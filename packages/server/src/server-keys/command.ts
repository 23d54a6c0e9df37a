import { randomBytes } from 'node:crypto';
import { type Config, ConfigError } from '../config.ts';
import { newServerKey, type ServerKey, type ServerKeys } from '../secrets.ts';
import type { Terminal } from '../serve.ts';
import { openStorage } from '../storage/open.ts';
import type { Storage } from '../storage/storage.ts';
import { keptUnder } from './kept-under.ts';
import { existingServerKeys, writeServerKeys } from './server-keys.ts';

/** What `key` is followed by; each changes the file, of which servers are told by SIGHUP or a restart. */
const verbs = ['list', 'rotate', 'add', 'use', 'drop'] as const;

/**
 * `bailiwick key list|rotate|add|use ID|drop ID`: the server keys in `<data>/server.key`.
 *
 * @throws ConfigError
 */
export async function manageKeys(
  config: Config,
  [verb, id]: readonly [verb: string, id: string | undefined],
  terminal: Terminal,
): Promise<void> {
  if (!verbs.some((known) => known === verb))
    throw new ConfigError(`key takes one of ${verbs.join(', ')}, not \`${verb}\``);
  const keys = existingServerKeys(config);
  if (verb === 'list') return listKeys(config, keys, terminal);
  if (config.serverKey !== undefined)
    throw new ConfigError('the server keys are in BAILIWICK_SERVER_KEY: change them there, as docs/operations.md says');
  const change = (next: ServerKeys, said: string) => {
    writeServerKeys(config.data, next);
    terminal.out(said);
    terminal.out('tell running servers by SIGHUP, or restart them one after another');
  };
  if (verb === 'add') {
    const made = newKey();
    return change([...keys, made], `${made.id} is added: accepted, and not used for what is new`);
  }
  if (verb === 'rotate') {
    const made = newKey();
    return change([made, ...keys], `${made.id} makes what is new; the others are accepted`);
  }
  const named = keys.find((key) => nameOf(key) === id);
  if (named === undefined)
    throw new ConfigError(`there is no server key \`${id ?? ''}\`; \`bailiwick key list\` shows them`);
  const [first, ...others] = keys.filter((key) => key !== named);
  if (verb === 'use')
    return change([named, ...keys.filter((key) => key !== named)], `${nameOf(named)} makes what is new`);
  if (first === undefined || keys[0] === named)
    throw new ConfigError(`\`${nameOf(named)}\` makes what is new and cannot be dropped; rotate first, or use another`);
  await requireMoved(config, named);
  change([first, ...others], `${nameOf(named)} is dropped; what was kept under it works no more`);
}

/**
 * Servers move one-time passwords on by themselves, and sign logs anew: whoever has one would be locked out otherwise, and no log
 * would grow.
 */
async function requireMoved({ databaseUrl }: Config, key: ServerKey): Promise<void> {
  const kept = await onDatabase(databaseUrl, (storage) => keptUnder(storage, key));
  const left = kept.find(({ what, total }) => ['one-time passwords', 'signed logs'].includes(what) && total > 0);
  if (left === undefined) return;
  throw new ConfigError(
    `${left.total} ${left.what} are kept under \`${nameOf(key)}\`; let a server run for ten minutes with both keys`,
  );
}

async function onDatabase<T>(url: string, work: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await openStorage(url, { asItIs: true });
  return await work(storage).finally(() => storage.close());
}

/** One line each: its name, what it does, and how much in the database is kept under it. */
async function listKeys({ databaseUrl }: Config, keys: ServerKeys, terminal: Terminal): Promise<void> {
  await onDatabase(databaseUrl, async (storage) => {
    for (const key of keys) {
      const kept = await keptUnder(storage, key);
      const held = kept.filter(({ total }) => total > 0).map(({ what, total }) => `${total} ${what}`);
      const use = key === keys[0] ? 'in use' : 'accepted';
      terminal.out(`${nameOf(key).padEnd(10)}${use.padEnd(10)}${held.join(', ') || 'nothing is kept under it'}`);
    }
  });
}

const newKey = (): ServerKey => ({ id: randomBytes(4).toString('hex'), bytes: newServerKey() });

/** The one without an id is the one that the server was born with. */
const nameOf = ({ id }: ServerKey): string => id ?? 'first';
