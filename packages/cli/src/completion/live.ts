import { createApi } from '../client/api.ts';
import { readConfiguration } from '../client/configuration.ts';
import { userAgent } from '../client/open-api.ts';
import { createTransport } from '../client/transport.ts';
import type { Flags } from '../grammar/words.ts';
import type { Io } from '../run.ts';
import { patienceMilliseconds, valuesOf } from './ask.ts';
import { cacheFolder, createCache } from './cache.ts';
import type { Source } from './sources.ts';
import type { Suggestion } from './suggestion.ts';

/**
 * Words that the API knows. A list that cannot be asked for has none.
 *
 * @throws CommandError when there is no configuration to ask with
 */
export async function liveWords(
  io: Io,
  sources: readonly Source[],
  { config, profile }: Flags,
): Promise<readonly Suggestion[]> {
  const configuration = await readConfiguration({
    env: io.env,
    config,
    profile,
    warn: () => {},
  });
  const transport = createTransport({ env: { ...io.env }, insecure: configuration.insecure });
  const api = createApi({ configuration, transport, userAgent, sleep: io.sleep, now: io.now, onPage: () => {} });
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(time.resolve, patienceMilliseconds);
  try {
    const cache = createCache({ folder: cacheFolder(io.env), now: io.now });
    const asking = { configuration, api, types: io.table.types, cache, now: io.now(), deadline: time.promise };
    const suggestionsOf = async (source: Source): Promise<readonly Suggestion[]> => {
      const isId = source.kind !== 'list' || source.valueKey !== 'name';
      const values = await valuesOf(source, asking);
      return values.map(({ value, label }) => ({ value, description: label, isFoundByPart: true, isId }));
    };
    return (await Promise.all(sources.map((source) => suggestionsOf(source).catch(() => [])))).flat();
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}
