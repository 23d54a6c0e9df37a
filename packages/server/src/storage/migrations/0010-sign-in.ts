import type { Types } from '../dialect.ts';

/** Sign-ins under way, links that set a password, limits, keys that sign, and what sessions need to be renewed. */
export function signIn({ text, integer, tableOptions }: Types): readonly string[] {
  return [
    // Consecutive failures since the last sign-in.
    `ALTER TABLE users ADD COLUMN failed_sign_ins ${integer} NOT NULL DEFAULT 0`,
    // Why something did not succeed; empty for what did.
    `ALTER TABLE audit_entries ADD COLUMN reason ${text} NOT NULL DEFAULT ''`,
    // A renewed session keeps the time of its sign-in. The family stays the same in all its renew tokens.
    `ALTER TABLE jwts ADD COLUMN signed_in_at ${integer} NOT NULL DEFAULT 0`,
    `ALTER TABLE jwts ADD COLUMN renew_family ${text}`,
    'UPDATE jwts SET signed_in_at = created_at',
    'CREATE UNIQUE INDEX jwts_by_renew_family ON jwts (renew_family)',
    "CREATE INDEX users_owners_by_username ON users (username_key) WHERE type = 'owner'",
    // Names that nobody has begin an attempt too, without a user or even an organization.
    `CREATE TABLE sign_in_attempts (
       token_hash ${text} PRIMARY KEY,
       organization_id ${text} REFERENCES organizations (id) ON DELETE CASCADE,
       user_id ${text},
       account ${text} NOT NULL,
       step ${text} NOT NULL CHECK (step IN ('first', 'code', 'second')),
       code_hash ${text},
       failures ${integer} NOT NULL DEFAULT 0,
       expires_at ${integer} NOT NULL,
       FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX sign_in_attempts_by_user ON sign_in_attempts (user_id) WHERE user_id IS NOT NULL',
    'CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (expires_at)',
    `CREATE TABLE password_links (
       token_hash ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL,
       user_id ${text} NOT NULL,
       kind ${text} NOT NULL CHECK (kind IN ('activation', 'recovery')),
       expires_at ${integer} NOT NULL,
       FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX password_links_by_user ON password_links (user_id)',
    'CREATE INDEX password_links_by_end ON password_links (expires_at)',
    // Counted here, so that servers beside one another share them.
    `CREATE TABLE sign_in_limits (
       name ${text} PRIMARY KEY,
       tries ${integer} NOT NULL,
       resets_at ${integer} NOT NULL
     ) ${tableOptions}`,
    'CREATE INDEX sign_in_limits_by_end ON sign_in_limits (resets_at)',
    // The keys themselves follow from the server key.
    `CREATE TABLE signing_keys (
       generation ${integer} PRIMARY KEY,
       created_at ${integer} NOT NULL
     ) ${tableOptions}`,
  ];
}
