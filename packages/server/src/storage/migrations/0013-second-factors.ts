import type { Types } from '../dialect.ts';

/** Second factors, the grace periods to set them up, and connections between users of one person. */
export function secondFactors({ text, integer, tableOptions }: Types): readonly string[] {
  const flag = (name: string) => `${name} ${integer} NOT NULL DEFAULT 0 CHECK (${name} IN (0, 1))`;
  const ofUser = `organization_id ${text} NOT NULL,
       user_id ${text} NOT NULL`;
  const belongsToUser =
    'FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE';
  return [
    `ALTER TABLE organizations ADD COLUMN ${flag('enforce_mfa')}`,
    `ALTER TABLE users ADD COLUMN ${flag('password_renewed')}`,
    // What an authenticator is to sign, for the step that waits for it.
    `ALTER TABLE sign_in_attempts ADD COLUMN challenge ${text}`,
    `CREATE TABLE one_time_passwords (
       ${ofUser},
       sealed_secret ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       validated_at ${integer},
       last_step ${integer} NOT NULL DEFAULT 0,
       PRIMARY KEY (organization_id, user_id),
       ${belongsToUser}
     ) ${tableOptions}`,
    `CREATE TABLE recovery_codes (
       ${ofUser},
       code_hash ${text} NOT NULL,
       PRIMARY KEY (organization_id, user_id, code_hash),
       ${belongsToUser}
     ) ${tableOptions}`,
    `CREATE TABLE webauthn_authenticators (
       id ${text} PRIMARY KEY,
       ${ofUser},
       name ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       last_login_at ${integer},
       credential_id ${text} NOT NULL,
       public_key ${text} NOT NULL,
       sign_count ${integer} NOT NULL,
       UNIQUE (organization_id, user_id, credential_id),
       ${belongsToUser}
     ) ${tableOptions}`,
    'CREATE INDEX webauthn_authenticators_by_user ON webauthn_authenticators (organization_id, user_id, created_at, id)',
    `CREATE TABLE webauthn_ceremonies (
       id ${text} PRIMARY KEY,
       ${ofUser},
       challenge ${text} NOT NULL,
       expires_at ${integer} NOT NULL,
       ${belongsToUser}
     ) ${tableOptions}`,
    'CREATE INDEX webauthn_ceremonies_by_user ON webauthn_ceremonies (organization_id, user_id)',
    `CREATE TABLE grace_periods (
       ${ofUser},
       type ${text} NOT NULL CHECK (type IN ('update_password', 'set_mfa')),
       created_at ${integer} NOT NULL,
       expires_at ${integer} NOT NULL,
       remind_at ${integer},
       PRIMARY KEY (organization_id, user_id, type),
       ${belongsToUser}
     ) ${tableOptions}`,
    'CREATE INDEX grace_periods_by_end ON grace_periods (expires_at)',
    'CREATE INDEX grace_periods_to_remind ON grace_periods (remind_at) WHERE remind_at IS NOT NULL',
    `CREATE TABLE connection_tokens (
       token_hash ${text} PRIMARY KEY,
       ${ofUser},
       jti ${text} NOT NULL,
       expires_at ${integer} NOT NULL,
       ${belongsToUser}
     ) ${tableOptions}`,
    'CREATE INDEX connection_tokens_by_user ON connection_tokens (organization_id, user_id)',
    // Each connection stands here twice, once for each of its users.
    `CREATE TABLE connections (
       ${ofUser},
       target_organization_id ${text} NOT NULL,
       target_user_id ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       PRIMARY KEY (organization_id, user_id, target_user_id),
       ${belongsToUser},
       FOREIGN KEY (target_organization_id, target_user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
       CHECK (user_id <> target_user_id)
     ) ${tableOptions}`,
    'CREATE INDEX connections_by_target ON connections (target_organization_id, target_user_id)',
  ];
}
