import type { Types } from '../dialect.ts';

/** Sign-in by an identity provider, and provisioning by a directory. */
export function federation({ text, integer, tableOptions }: Types): readonly string[] {
  return [
    `CREATE TABLE saml (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL UNIQUE REFERENCES organizations (id) ON DELETE CASCADE,
       created_at ${integer} NOT NULL,
       updated_at ${integer} NOT NULL,
       entity_id ${text} NOT NULL DEFAULT '',
       single_sign_on_url ${text} NOT NULL DEFAULT '',
       UNIQUE (organization_id, id)
     ) ${tableOptions}`,
    `CREATE TABLE saml_certificates (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL,
       saml_id ${text} NOT NULL,
       type ${text} NOT NULL CHECK (type IN ('signing', 'encryption')),
       content ${text} NOT NULL,
       expires_at ${integer} NOT NULL,
       created_at ${integer} NOT NULL,
       FOREIGN KEY (organization_id, saml_id) REFERENCES saml (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX saml_certificates_by_saml ON saml_certificates (organization_id, saml_id, created_at, id)',
    `CREATE TABLE scim (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL UNIQUE REFERENCES organizations (id) ON DELETE CASCADE,
       created_at ${integer} NOT NULL,
       UNIQUE (organization_id, id)
     ) ${tableOptions}`,
    `CREATE TABLE scim_tokens (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL,
       scim_id ${text} NOT NULL,
       secret_hash ${text} NOT NULL UNIQUE,
       created_at ${integer} NOT NULL,
       expires_at ${integer} NOT NULL,
       FOREIGN KEY (organization_id, scim_id) REFERENCES scim (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX scim_tokens_by_scim ON scim_tokens (organization_id, scim_id, created_at, id)',
  ];
}
