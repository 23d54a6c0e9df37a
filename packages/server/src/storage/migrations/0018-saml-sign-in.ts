import type { Types } from '../dialect.ts';

/**
 * Sign-ins that go on at an identity provider: which configuration and request they wait for, and the answer that was taken.
 * A version that does not know the columns takes them for sign-ins at their first step, which they were.
 */
export function samlSignIn({ text }: Types): readonly string[] {
  return [
    `ALTER TABLE sign_in_attempts ADD COLUMN saml_id ${text}`,
    `ALTER TABLE sign_in_attempts ADD COLUMN saml_request ${text}`,
    `ALTER TABLE sign_in_attempts ADD COLUMN saml_answer_hash ${text}`,
    'CREATE UNIQUE INDEX sign_in_attempts_by_saml_request ON sign_in_attempts (saml_id, saml_request) WHERE saml_id IS NOT NULL',
  ];
}
