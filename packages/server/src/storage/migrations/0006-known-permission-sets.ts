import type { Types } from '../dialect.ts';

/**
 * Permission sets that the catalogue ever had. They belong to the installation: the file is the same for all
 * organizations. Several may have one name, when sets have become one.
 */
export function knownPermissionSets({ text, integer, tableOptions }: Types): readonly string[] {
  return [
    `CREATE TABLE known_permission_sets (
       id ${text} PRIMARY KEY,
       name ${text} NOT NULL,
       scope_type ${text} NOT NULL CHECK (scope_type IN ('projects', 'organization')),
       first_seen_at ${integer} NOT NULL
     ) ${tableOptions}`,
  ];
}
