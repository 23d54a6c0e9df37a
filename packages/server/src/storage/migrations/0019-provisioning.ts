import type { Types } from '../dialect.ts';

/**
 * What a directory calls the users and groups that it keeps. In tables of their own: to change those that everybody reads would
 * hold up servers of the version before.
 */
export function provisioning({ text, tableOptions }: Types): readonly string[] {
  return (['user', 'group'] as const).map(
    (kind) => `CREATE TABLE scim_${kind}s (
       organization_id ${text} NOT NULL,
       ${kind}_id ${text} NOT NULL PRIMARY KEY,
       external_id ${text} NOT NULL,
       FOREIGN KEY (organization_id, ${kind}_id) REFERENCES ${kind}s (organization_id, id) ON DELETE CASCADE,
       UNIQUE (organization_id, external_id)
     ) ${tableOptions}`,
  );
}
