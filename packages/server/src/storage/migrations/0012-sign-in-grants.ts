import type { Types } from '../dialect.ts';

/** Sessions that programs may begin because somebody who is signed in lets them. */
export function signInGrants({ text, integer, tableOptions }: Types): readonly string[] {
  return [
    `CREATE TABLE sign_in_grants (
       token_hash ${text} PRIMARY KEY,
       kind ${text} NOT NULL CHECK (kind IN ('code', 'device')),
       user_code_hash ${text} UNIQUE,
       code_challenge ${text},
       organization_id ${text} REFERENCES organizations (id) ON DELETE CASCADE,
       user_id ${text},
       signed_in_at ${integer},
       ip ${text} NOT NULL,
       user_agent ${text} NOT NULL,
       created_at ${integer} NOT NULL,
       expires_at ${integer} NOT NULL,
       CHECK ((kind = 'device') = (user_code_hash IS NOT NULL)),
       CHECK ((kind = 'code') = (code_challenge IS NOT NULL)),
       CHECK (kind = 'device' OR user_id IS NOT NULL),
       CHECK ((user_id IS NULL) = (organization_id IS NULL) AND (user_id IS NULL) = (signed_in_at IS NULL)),
       FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX sign_in_grants_by_user ON sign_in_grants (user_id) WHERE user_id IS NOT NULL',
    'CREATE INDEX sign_in_grants_by_end ON sign_in_grants (expires_at)',
  ];
}
