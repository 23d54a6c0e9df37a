/** An index for every order of a list that had none, so that a first page costs the same for few rows and for many. */
export function listOrders(): readonly string[] {
  return [
    'CREATE INDEX users_by_change ON users (organization_id, updated_at, id)',
    'CREATE INDEX users_by_login ON users (organization_id, last_login_order, id)',
    'CREATE INDEX applications_by_change ON applications (organization_id, updated_at, id)',
    'CREATE INDEX groups_by_change ON groups (organization_id, updated_at, id)',
    'CREATE INDEX ssh_keys_by_change ON ssh_keys (organization_id, updated_at, id)',
    'CREATE INDEX ssh_keys_by_name ON ssh_keys (organization_id, name_sort, id)',
  ];
}
