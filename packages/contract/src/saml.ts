import { Type } from 'typebox';
import { Choice, Id, OrganizationParameter, Text, Time } from './fields.ts';
import { needs, operation } from './operation.ts';

export const Saml = Type.Object(
  {
    id: Id('SAML configuration'),
    status: Choice(
      ['unknown_saml_status', 'valid', 'missing_certificate', 'missing_entity_id', 'missing_single_sign_on_url'],
      'The first thing that is missing before anybody can sign in; valid when nothing is',
    ),
    service_provider: Type.Object(
      {
        entity_id: Text('What this organization is called by the identity provider'),
        assertion_consumer_service_url: Text('Where the identity provider sends people back to'),
      },
      { title: 'SamlServiceProvider', description: 'What the identity provider has to know' },
    ),
    entity_id: Text('What the identity provider calls itself; empty until it is set'),
    single_sign_on_url: Text('Where people are sent to sign in; empty until it is set'),
  },
  { title: 'Saml' },
);

const certificateTypes = ['unknown_certificate_type', 'signing', 'encryption'] as const;

export const SamlCertificate = Type.Object(
  {
    id: Id('Certificate'),
    type: Choice(certificateTypes, 'What it is for'),
    origin: Choice(['unknown_certificate_origin', 'scaleway', 'identity_provider'], 'Whose certificate it is'),
    content: Text('The certificate in PEM'),
    expires_at: Time('When it ends'),
  },
  { title: 'SamlCertificate' },
);

const ofOrganization = Type.Object({ organization_id: OrganizationParameter });
const params = Type.Object({ saml_id: Id('SAML configuration') });
const ofCertificate = Type.Object({ certificate_id: Id('Certificate') });

export const saml = {
  get: operation({
    id: 'saml.get',
    method: 'GET',
    path: '/iam/v1alpha1/organizations/{organization_id}/saml',
    summary: 'Show the SAML configuration of an organization',
    params: ofOrganization,
    output: Saml,
    errors: ['not_found'],
    access: needs('iam:saml:read'),
    command: {
      words: 'iam organization get-saml',
      seeAlso: ['scw iam organization enable-saml', 'scw iam saml-certificates list'],
    },
  }),
  enable: operation({
    id: 'saml.enable',
    method: 'POST',
    path: '/iam/v1alpha1/organizations/{organization_id}/saml',
    summary: 'Give an organization a SAML configuration, to be filled in',
    params: ofOrganization,
    body: Type.Object({}),
    output: Saml,
    errors: ['not_found', 'already_exists'],
    access: needs('iam:saml:create'),
    audit: { resource: 'saml', action: 'created' },
    command: {
      words: 'iam organization enable-saml',
      examples: [
        {
          title: 'Begin; the answer holds what the identity provider has to know',
          line: 'scw iam organization enable-saml',
        },
      ],
      seeAlso: ['scw iam saml update', 'scw iam saml-certificates add'],
    },
  }),
  update: operation({
    id: 'saml.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/saml/{saml_id}',
    summary: 'Name the identity provider of a SAML configuration',
    params,
    body: Type.Object({
      entity_id: Type.Optional(Text('What the identity provider calls itself', { minLength: 1, maxLength: 1024 })),
      single_sign_on_url: Type.Optional(
        Text('Where people are sent to sign in', { maxLength: 2048, pattern: '^https://' }),
      ),
    }),
    output: Saml,
    errors: ['not_found'],
    access: needs('iam:saml:write'),
    audit: { resource: 'saml', action: 'updated' },
    command: {
      words: 'iam saml update',
      positional: 'saml_id',
      examples: [
        {
          title: 'What the identity provider tells of itself',
          line: 'scw iam saml update 0c0ffee0-0000-4000-8000-000000000011 entity-id=https://idp.example.org/metadata single-sign-on-url=https://idp.example.org/sso',
        },
      ],
      seeAlso: ['scw iam saml-certificates add'],
    },
  }),
  delete: operation({
    id: 'saml.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/saml/{saml_id}',
    summary: 'Delete a SAML configuration with its certificates; nobody signs in by it any more',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: needs('iam:saml:delete'),
    audit: { resource: 'saml', action: 'deleted' },
    command: {
      words: 'iam saml delete',
      positional: 'saml_id',
      examples: [
        {
          title: 'Delete the SAML configuration',
          line: 'scw iam saml delete 0c0ffee0-0000-4000-8000-000000000011',
        },
      ],
    },
  }),
  parseMetadata: operation({
    id: 'saml.parseMetadata',
    method: 'POST',
    path: '/iam/v1alpha1/parse-saml-metadata',
    summary: 'Read what the metadata of an identity provider says; nothing is kept',
    body: Type.Object({
      file: Type.Object(
        {
          name: Text('Name of the file', { maxLength: 1024 }),
          content_type: Text('What kind of file it is', { maxLength: 256 }),
          content: Text('The metadata, as text or in base 64', { minLength: 1, maxLength: 400_000 }),
        },
        { description: 'The file' },
      ),
    }),
    output: Type.Object(
      {
        single_sign_on_url: Text('Where people are sent to sign in'),
        entity_id: Text('What the identity provider calls itself'),
        signing_certificates: Type.Array(Text('Certificate in PEM'), {
          description: 'What it signs with, each as a certificate to add',
        }),
      },
      { title: 'ParseSamlMetadataResponse' },
    ),
    errors: ['invalid_arguments'],
    access: needs('iam:saml:write'),
  }),
};

export const samlCertificates = {
  list: operation({
    id: 'samlCertificates.list',
    method: 'GET',
    path: '/iam/v1alpha1/saml/{saml_id}/certificates',
    summary: 'List the certificates of a SAML configuration',
    params,
    output: Type.Object(
      { certificates: Type.Array(SamlCertificate, { description: 'Oldest first' }) },
      { title: 'ListSamlCertificatesResponse' },
    ),
    errors: ['not_found'],
    access: needs('iam:saml_certificate:list'),
    command: { words: 'iam saml-certificates list', positional: 'saml_id' },
  }),
  add: operation({
    id: 'samlCertificates.add',
    method: 'POST',
    path: '/iam/v1alpha1/saml/{saml_id}/certificates',
    summary: 'Add a certificate of the identity provider',
    params,
    body: Type.Object({
      type: Choice(certificateTypes, 'What it is for'),
      content: Text('The certificate in PEM', { minLength: 1, maxLength: 16_384 }),
    }),
    output: SamlCertificate,
    errors: ['not_found', 'precondition_failed'],
    access: needs('iam:saml_certificate:create'),
    audit: { resource: 'saml_certificate', action: 'created' },
    command: {
      words: 'iam saml-certificates add',
      positional: 'saml_id',
      examples: [
        {
          title: 'What the identity provider signs with',
          line: 'scw iam saml-certificates add 0c0ffee0-0000-4000-8000-000000000011 type=signing content="$(cat idp.pem)"',
        },
      ],
    },
  }),
  get: operation({
    id: 'samlCertificates.get',
    method: 'GET',
    path: '/iam/v1alpha1/saml-certificates/{certificate_id}',
    summary: 'Show a certificate of a SAML configuration',
    params: ofCertificate,
    output: SamlCertificate,
    errors: ['not_found'],
    access: needs('iam:saml_certificate:read'),
  }),
  delete: operation({
    id: 'samlCertificates.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/saml-certificates/{certificate_id}',
    summary: 'Delete a certificate of a SAML configuration',
    params: ofCertificate,
    output: null,
    errors: ['not_found'],
    access: needs('iam:saml_certificate:delete'),
    audit: { resource: 'saml_certificate', action: 'deleted' },
    command: { words: 'iam saml-certificates delete', positional: 'certificate_id' },
  }),
};
