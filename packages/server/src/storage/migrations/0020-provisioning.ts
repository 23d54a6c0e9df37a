import type { Types } from '../dialect.ts';

/** What a directory calls the users and groups that it keeps. */
export function provisioning({ text }: Types): readonly string[] {
  return ['users', 'groups'].flatMap((table) => [
    `ALTER TABLE ${table} ADD COLUMN external_id ${text}`,
    `CREATE UNIQUE INDEX ${table}_by_external_id ON ${table} (organization_id, external_id)
       WHERE external_id IS NOT NULL`,
  ]);
}
