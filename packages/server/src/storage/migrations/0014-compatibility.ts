import type { Types } from '../dialect.ts';

/**
 * The first migration that a server has to know to work on this database: those that only add leave it as it is, and servers of
 * the version before go on beside new ones. A migration that does more sets it anew (docs/decisions/0026-upgrades.md).
 */
export function compatibility({ text, integer, tableOptions }: Types): readonly string[] {
  return [
    `CREATE TABLE compatibility (
       singleton ${integer} PRIMARY KEY CHECK (singleton = 1),
       least_migration ${text} NOT NULL
     ) ${tableOptions}`,
    `INSERT INTO compatibility (singleton, least_migration) VALUES (1, '0014-compatibility')`,
  ];
}
