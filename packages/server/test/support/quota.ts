import type { QuotaName } from '../../src/quotas/limits.ts';
import type { TestServer } from './server.ts';

/** Does the work while the first organization may have no more than `value` of something. */
export async function withQuota(
  { services, organization }: TestServer,
  name: QuotaName,
  value: number,
  work: () => Promise<void>,
): Promise<void> {
  const { db } = services.storage;
  const { organizationId } = organization;
  await db.insertInto('quota_overrides').values({ organization_id: organizationId, name, value }).execute();
  try {
    await work();
  } finally {
    await db.deleteFrom('quota_overrides').where('organization_id', '=', organizationId).execute();
  }
}
