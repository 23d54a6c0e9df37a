import type { Types } from '../dialect.ts';

/**
 * Indexes for what was found by looking at whole tables, and in the order in which a whole organization is read. And what is left of
 * entries that were removed for their age: an entry may go once its hash is there.
 */
export function growth({ text, integer, tableOptions, appendOnly, mayDelete }: Types): readonly string[] {
  return [
    'CREATE INDEX group_members_by_group ON group_members (organization_id, group_id, position)',
    'CREATE INDEX rules_by_policy ON rules (organization_id, policy_id, position)',
    'CREATE INDEX outbox_by_age ON outbox (created_at, id)',
    'CREATE INDEX sign_in_attempts_by_organization ON sign_in_attempts (organization_id, user_id)',
    'CREATE INDEX sign_in_grants_by_organization ON sign_in_grants (organization_id, user_id)',
    `ALTER TABLE log_heads ADD COLUMN removed_size ${integer} NOT NULL DEFAULT 0 CHECK (removed_size >= 0)`,
    `CREATE TABLE log_leaves (
       organization_id ${text} NOT NULL,
       revision ${integer} NOT NULL,
       leaf_hash ${text} NOT NULL,
       PRIMARY KEY (organization_id, revision)
     ) ${tableOptions}`,
    ...appendOnly('log_leaves', 'organization_id = NEW.organization_id AND revision = NEW.revision'),
    ...mayDelete(
      'audit_entries',
      'EXISTS (SELECT 1 FROM log_leaves l WHERE l.organization_id = OLD.organization_id AND l.revision = OLD.revision)',
    ),
  ];
}
