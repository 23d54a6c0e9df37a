import type { Types } from '../dialect.ts';

/** One entry for every change. It outlives its subject and its organization, so it refers to neither. */
export function audit({ text, integer, tableOptions, appendOnly }: Types): readonly string[] {
  return [
    `CREATE TABLE audit_entries (
       organization_id ${text} NOT NULL,
       revision ${integer} NOT NULL,
       id ${text} NOT NULL UNIQUE,
       created_at ${integer} NOT NULL,
       operation ${text} NOT NULL,
       action ${text} NOT NULL CHECK (action IN ('created', 'updated', 'deleted')),
       resource_type ${text} NOT NULL,
       resource_id ${text} NOT NULL,
       bearer_type ${text} NOT NULL CHECK (bearer_type IN ('user', 'application', 'platform')),
       bearer_id ${text} NOT NULL,
       ip ${text} NOT NULL,
       user_agent ${text} NOT NULL,
       request_id ${text} NOT NULL,
       PRIMARY KEY (organization_id, revision)
     ) ${tableOptions}`,
    'CREATE INDEX audit_entries_by_time ON audit_entries (organization_id, created_at, id)',
    'CREATE INDEX audit_entries_by_resource ON audit_entries (organization_id, resource_id)',
    'CREATE INDEX audit_entries_by_bearer ON audit_entries (organization_id, bearer_id)',
    ...appendOnly(
      'audit_entries',
      'id = NEW.id OR (organization_id = NEW.organization_id AND revision = NEW.revision)',
    ),
  ];
}
