import type { AuditEntryRow } from '../../src/logs/store.ts';
import type { TestServer } from './server.ts';

/** Every change of the first organization, oldest first, those included that no list shows. */
export function auditEntries({ services, organization }: TestServer): Promise<readonly AuditEntryRow[]> {
  return services.storage.db
    .selectFrom('audit_entries')
    .selectAll()
    .where('organization_id', '=', organization.organizationId)
    .orderBy('revision')
    .execute();
}

/** How many changes the organization has seen, and how many of them are in the audit log. */
export async function historyOf(server: TestServer): Promise<{ readonly revision: number; readonly entries: number }> {
  const { revision } = await server.services.storage.db
    .selectFrom('organizations')
    .select('revision')
    .where('id', '=', server.organization.organizationId)
    .executeTakeFirstOrThrow();
  return { revision, entries: (await auditEntries(server)).length };
}
