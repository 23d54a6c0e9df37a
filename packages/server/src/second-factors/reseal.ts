import type { Services } from '../context.ts';
import { keyIdOf } from '../secrets.ts';

/** How often what an older server key has sealed is looked for. */
export const resealEverySeconds = 600;
/** Rows in one look. */
const atOnce = 100;

/** Seals anew, under the newest server key, the secrets of one-time passwords that an older one has sealed. */
export async function resealSecrets(
  { storage: { db }, secrets }: Pick<Services, 'storage' | 'secrets'>,
  stopping: AbortSignal,
): Promise<void> {
  const newest = keyIdOf(secrets.hash(''));
  let after = { organization_id: '', user_id: '' };
  while (!stopping.aborted) {
    const rows = await db
      .selectFrom('one_time_passwords')
      .select(['user_id', 'organization_id', 'sealed_secret'])
      .where((row) =>
        row(row.refTuple('organization_id', 'user_id'), '>', row.tuple(after.organization_id, after.user_id)),
      )
      .orderBy('organization_id')
      .orderBy('user_id')
      .limit(atOnce)
      .execute();
    for (const { user_id, organization_id, sealed_secret } of rows) {
      if (keyIdOf(sealed_secret) === newest) continue;
      await db
        .updateTable('one_time_passwords')
        .set({ sealed_secret: secrets.seal(secrets.open(sealed_secret)) })
        .where('organization_id', '=', organization_id)
        .where('user_id', '=', user_id)
        .where('sealed_secret', '=', sealed_secret)
        .execute();
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < atOnce) return;
    after = last;
  }
}
