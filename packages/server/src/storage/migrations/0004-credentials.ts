import type { Types } from '../dialect.ts';

/** API keys, SSH keys and session tokens. */
export function credentials({ text, integer, tableOptions, countRows }: Types): readonly string[] {
  const flag = (name: string, fallback: 0 | 1) =>
    `${name} ${integer} NOT NULL DEFAULT ${fallback} CHECK (${name} IN (0, 1))`;
  return [
    `CREATE TABLE api_keys (
       access_key ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       secret_hash ${text} NOT NULL UNIQUE,
       user_id ${text},
       application_id ${text},
       description ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       updated_at ${integer} NOT NULL,
       expires_at ${integer},
       expires_order ${integer} GENERATED ALWAYS AS (coalesce(expires_at, 9007199254740991)) STORED,
       default_project_id ${text} NOT NULL,
       ${flag('editable', 1)},
       ${flag('deletable', 1)},
       ${flag('managed', 0)},
       creation_ip ${text} NOT NULL,
       FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
       FOREIGN KEY (organization_id, application_id) REFERENCES applications (organization_id, id) ON DELETE CASCADE,
       FOREIGN KEY (organization_id, default_project_id) REFERENCES projects (organization_id, id) DEFERRABLE INITIALLY DEFERRED,
       CHECK ((user_id IS NULL) <> (application_id IS NULL))
     ) ${tableOptions}`,
    'CREATE INDEX api_keys_by_creation ON api_keys (organization_id, created_at, access_key)',
    'CREATE INDEX api_keys_by_change ON api_keys (organization_id, updated_at, access_key)',
    'CREATE INDEX api_keys_by_expiry ON api_keys (organization_id, expires_order, access_key)',
    'CREATE INDEX api_keys_by_access_key ON api_keys (organization_id, access_key)',
    'CREATE INDEX api_keys_by_user ON api_keys (user_id) WHERE user_id IS NOT NULL',
    'CREATE INDEX api_keys_by_application ON api_keys (application_id) WHERE application_id IS NOT NULL',
    'CREATE INDEX api_keys_by_project ON api_keys (default_project_id)',
    `CREATE TABLE ssh_keys (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       project_id ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       updated_at ${integer} NOT NULL,
       name ${text} NOT NULL,
       name_sort ${text} NOT NULL,
       public_key ${text} NOT NULL,
       fingerprint ${text} NOT NULL,
       ${flag('disabled', 0)},
       FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX ssh_keys_by_creation ON ssh_keys (organization_id, created_at, id)',
    'CREATE INDEX ssh_keys_by_project ON ssh_keys (project_id, created_at, id)',
    `CREATE TABLE jwts (
       jti ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL,
       issuer_id ${text} NOT NULL,
       audience_id ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       updated_at ${integer} NOT NULL,
       expires_at ${integer} NOT NULL,
       ip ${text} NOT NULL,
       user_agent ${text} NOT NULL,
       renew_hash ${text} NOT NULL UNIQUE,
       FOREIGN KEY (organization_id, audience_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX jwts_by_audience ON jwts (audience_id, created_at, jti)',
    ...countRows('api_keys'),
    ...countRows('ssh_keys'),
  ];
}
