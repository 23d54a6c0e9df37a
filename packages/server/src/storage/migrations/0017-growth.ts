/** Indexes for what was found by looking at whole tables, and in the order in which a whole organization is read. */
export function growth(): readonly string[] {
  return [
    'CREATE INDEX group_members_by_group ON group_members (organization_id, group_id, position)',
    'CREATE INDEX rules_by_policy ON rules (organization_id, policy_id, position)',
    'CREATE INDEX outbox_by_age ON outbox (created_at, id)',
    'CREATE INDEX sign_in_attempts_by_organization ON sign_in_attempts (organization_id, user_id)',
    'CREATE INDEX sign_in_grants_by_organization ON sign_in_grants (organization_id, user_id)',
  ];
}
