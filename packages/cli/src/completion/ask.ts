import { createHash } from 'node:crypto';
import type { Command, CommandTable } from '@bailiwick/contract/command-table';
import type { Api } from '../client/api.ts';
import type { Configuration } from '../client/configuration.ts';
import { requestOf } from '../client/input.ts';
import { readInvocation, runsOf } from '../grammar/invocation.ts';
import type { Json, JsonObject } from '../output/result.ts';
import type { Cache, KnownValue } from './cache.ts';
import type { Source } from './sources.ts';

/** How long a person waits for suggestions before they seem to be broken. */
export const patienceMilliseconds = 1000;
const perPage = 100;
/** Nobody reads more than a thousand suggestions. */
const mostPages = 10;

export interface Asking {
  readonly configuration: Configuration;
  readonly api: Api;
  readonly types: CommandTable['types'];
  readonly cache: Cache;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Resolves when what is there must do. */
  readonly deadline: Promise<void>;
}

/**
 * The values that a source knows: from the cache, else from the API; what has come when time is up.
 *
 * @throws CommandError when the API cannot be asked, or refuses
 */
export async function valuesOf(source: Source, asking: Asking): Promise<readonly KnownValue[]> {
  const { configuration, cache } = asking;
  if (source.kind === 'organization') {
    return [{ value: configuration.organization, label: 'The organization of your configuration' }];
  }
  const { apiUrl, accessKey, organization } = configuration;
  const digest = createHash('sha256').update(accessKey).digest('hex');
  const key = [apiUrl, digest, organization, source.command.operation, source.valueKey];
  // Lists that belong to something would fill the folder with a file for each of them.
  const isKept = source.parent === null;
  const kept = isKept ? await cache.read(key) : null;
  if (kept !== null) return kept;
  const { items, isComplete } = await fetchItems(source.command, source.parent, asking);
  const values = knownValues(items, source.valueKey);
  if (isKept && isComplete) await cache.write(key, values);
  return values;
}

interface Fetched {
  readonly items: readonly JsonObject[];
  /** False when time was up before the last page came. */
  readonly isComplete: boolean;
}

async function fetchItems(command: Command, parent: string | null, asking: Asking): Promise<Fetched> {
  const { api, configuration, now, deadline } = asking;
  const { organization, project } = configuration;
  const setup = { now, defaults: { organization, project } };
  const typed = [...(parent === null ? [] : [parent]), `page-size=${perPage}`];
  const [words = []] = runsOf(command, typed, setup);
  const request = requestOf(command, (await readInvocation(command, words, setup)).assignments);
  const itemsKey = command.output.shape === 'list' ? command.output.items : '';
  const pages: (readonly JsonObject[])[] = [];
  const page = async (number: number) => {
    const query = new URLSearchParams(request.query);
    query.set('page', String(number));
    const answer = await api.call({ ...request, query });
    pages[number - 1] = objects(answer[itemsKey]);
    return Number(answer.total_count ?? 0);
  };
  const all = async () => {
    const count = Math.min(mostPages, Math.ceil((await page(1)) / perPage));
    await Promise.all(Array.from({ length: Math.max(0, count - 1) }, (_, index) => page(index + 2)));
    return true;
  };
  const isComplete = await Promise.race([all(), deadline.then(() => false)]);
  return { items: pages.flat(), isComplete };
}

const labelKeys = ['name', 'username', 'email', 'description', 'permission_set_names'];

function knownValues(items: readonly JsonObject[], valueKey: string): readonly KnownValue[] {
  return items.flatMap((item) => {
    const value = item[valueKey];
    if (typeof value !== 'string' || value === '') return [];
    const label = labelKeys
      .filter((key) => key !== valueKey)
      .map((key) => item[key] ?? '')
      // A rule has no name but what it gives.
      .map((text) => (Array.isArray(text) ? text.join(', ') : text))
      .find((text) => typeof text === 'string' && text !== '');
    return [{ value, label: typeof label === 'string' ? label : '' }];
  });
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((one): one is JsonObject => typeof one === 'object' && one !== null) : [];
}
