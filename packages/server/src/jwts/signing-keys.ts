import type { Services } from '../context.ts';
import type { SigningKey } from '../secrets.ts';

/** How long a key signs, in seconds: 30 days. It is accepted until the one after it retires too. */
export const signingPeriod = 2_592_000;

type Parts = Pick<Services, 'storage' | 'clock' | 'secrets'>;

/** The key that signs now; after its time the next one follows, once for all servers on the database. */
export async function currentKey(services: Parts): Promise<SigningKey> {
  const { storage, clock, secrets } = services;
  const now = clock.now();
  const newest = await newestGeneration(services);
  const isOver = newest === undefined || newest.created_at + signingPeriod * 1_000_000 <= now;
  if (!isOver) return secrets.signingKey(newest.generation);
  const generation = newest === undefined ? 0 : newest.generation + 1;
  await storage.db
    .insertInto('signing_keys')
    .values({ generation, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return secrets.signingKey(generation);
}

/** Keys whose signatures count: the newest and the one before it. A token lives for an hour, a key for longer. */
export async function acceptedKeys(services: Parts): Promise<readonly SigningKey[]> {
  const newest = (await newestGeneration(services))?.generation ?? 0;
  return [newest, newest - 1].filter((generation) => generation >= 0).flatMap(services.secrets.signingKeys);
}

function newestGeneration({ storage }: Parts) {
  return storage.db
    .selectFrom('signing_keys')
    .select(['generation', 'created_at'])
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst();
}
