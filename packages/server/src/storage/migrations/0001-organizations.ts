import type { Types } from '../dialect.ts';

/** Organizations with their settings, projects, quotas and counters. */
export function organizations({ text, integer, tableOptions, countRows }: Types): readonly string[] {
  const flag = (name: string, fallback: 0 | 1) =>
    `${name} ${integer} NOT NULL DEFAULT ${fallback} CHECK (${name} IN (0, 1))`;
  return [
    // One row: made by the first start, so that servers that start together do it once.
    `CREATE TABLE installation (
       singleton ${integer} PRIMARY KEY CHECK (singleton = 1),
       created_at ${integer} NOT NULL,
       server_key_check ${text} NOT NULL
     ) ${tableOptions}`,
    `CREATE TABLE organizations (
       id ${text} PRIMARY KEY,
       name ${text} NOT NULL,
       alias ${text} UNIQUE,
       created_at ${integer} NOT NULL,
       revision ${integer} NOT NULL DEFAULT 0,
       ${flag('login_password_enabled', 1)},
       ${flag('login_magic_code_enabled', 1)},
       ${flag('login_oauth2_enabled', 0)},
       ${flag('login_saml_enabled', 0)},
       ${flag('enforce_password_renewal', 0)},
       grace_period_duration ${integer} NOT NULL DEFAULT 259200,
       login_attempts_before_locked ${integer} NOT NULL DEFAULT 10 CHECK (login_attempts_before_locked BETWEEN 1 AND 50),
       max_login_session_duration ${integer} NOT NULL DEFAULT 2592000,
       max_api_key_expiration_duration ${integer} NOT NULL DEFAULT 0,
       CHECK (login_password_enabled + login_magic_code_enabled + login_oauth2_enabled + login_saml_enabled > 0)
     ) ${tableOptions}`,
    `CREATE TABLE resource_counts (
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       resource ${text} NOT NULL,
       total ${integer} NOT NULL CHECK (total >= 0),
       PRIMARY KEY (organization_id, resource)
     ) ${tableOptions}`,
    `CREATE TABLE quota_overrides (
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       name ${text} NOT NULL,
       value ${integer} CHECK (value >= 0),
       PRIMARY KEY (organization_id, name)
     ) ${tableOptions}`,
    `CREATE TABLE projects (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       name ${text} NOT NULL,
       name_sort ${text} NOT NULL,
       description ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       updated_at ${integer} NOT NULL,
       UNIQUE (organization_id, id)
     ) ${tableOptions}`,
    'CREATE INDEX projects_by_creation ON projects (organization_id, created_at, id)',
    'CREATE INDEX projects_by_name ON projects (organization_id, name_sort, id)',
    ...countRows('projects'),
  ];
}
