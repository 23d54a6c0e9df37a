import type { Types } from '../dialect.ts';

/** The log as a Merkle tree. Like the entries, its rows outlive their organization. */
export function logTree({ text, integer, tableOptions }: Types): readonly string[] {
  return [
    // Null in entries of servers that knew no tree.
    `ALTER TABLE audit_entries ADD COLUMN leaf_hash ${text}`,
    `CREATE TABLE log_heads (
       organization_id ${text} PRIMARY KEY,
       tree_size ${integer} NOT NULL CHECK (tree_size > 0),
       root_hash ${text} NOT NULL,
       adopted_size ${integer} NOT NULL CHECK (adopted_size >= 0),
       signed_at ${integer} NOT NULL,
       key_id ${text} NOT NULL,
       signature ${text} NOT NULL,
       frontier ${text} NOT NULL
     ) ${tableOptions}`,
    `CREATE TABLE log_nodes (
       organization_id ${text} NOT NULL,
       level ${integer} NOT NULL,
       position ${integer} NOT NULL,
       hash ${text} NOT NULL,
       PRIMARY KEY (organization_id, level, position)
     ) ${tableOptions}`,
  ];
}
