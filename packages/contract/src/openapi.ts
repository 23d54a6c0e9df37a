import { type ErrorType, errorKinds } from './errors.ts';
import type { Access, Operation } from './operation.ts';
import { contract, operations } from './operations.ts';
import { properties, type SchemaView, view } from './schema-view.ts';
import { ScimError } from './scim-provisioning.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** What each group of operations is about, in the order of the contract. */
const tags: Readonly<Record<keyof typeof contract, string>> = {
  sshKeys: 'SSH public keys of a project',
  users: 'The owner and the members of an organization',
  mfaOtp: 'One-time passwords of an app, as a second factor',
  webauthn: 'Security keys and passkeys, as a second factor',
  gracePeriods: 'Time to do what the organization wants',
  connections: 'Users of one person',
  applications: 'Principals for programs',
  groups: 'Users and applications that share policies',
  policies: 'What a principal may do',
  rules: 'The rules of a policy: permission sets and where they hold',
  permissionSets: 'Named lists of permissions',
  apiKeys: 'Credentials of a user or an application',
  quotas: 'How many of each resource an organization may have',
  jwts: 'Session tokens',
  signIn: 'How people begin a session and keep it',
  signInGrants: 'Programs that somebody who is signed in lets sign in',
  logs: 'What was changed, by whom and when',
  organizations: 'The organization, its alias and its ways to sign in',
  securitySettings: 'Passwords, sessions and lifetimes of keys',
  saml: 'Sign-in by an identity provider',
  samlCertificates: 'What the identity provider signs with',
  scim: 'Provisioning of users and groups by a directory',
  scimTokens: 'Credentials of a directory',
  scimUsers: 'Members as a directory sees them (SCIM 2.0)',
  scimGroups: 'Groups as a directory sees them (SCIM 2.0)',
  scimService: 'What of SCIM 2.0 is served',
  projects: 'Projects of an organization (Account API)',
  logTree: 'The log as a Merkle tree, for those who verify it',
  decisions: 'Who may do what, and why',
  authzen: 'The same questions in the words of OpenID AuthZEN 1.0',
  gateway: 'What clients ask before anything else',
};

/** Errors of every operation that is not public. */
const sharedErrors = ['invalid_arguments', 'denied_authentication', 'permissions_denied'] as const;

/**
 * The OpenAPI 3.1 document of everything that is served.
 *
 * @param serverUrl address under which clients reach the server
 */
export function openApiDocument(options: { readonly serverUrl: string; readonly version: string }): JsonObject {
  const schemas = new Map<string, JsonObject>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const [resource, members] of Object.entries(contract)) {
    for (const operation of Object.values(members)) {
      paths[operation.path] = {
        ...paths[operation.path],
        [operation.method.toLowerCase()]: describe(operation, resource, schemas),
      };
    }
  }
  for (const type of answeredErrors()) schemas.set(errorName(type), errorSchema(type));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bailiwick',
      version: options.version,
      summary: 'Identity and access management',
      description: 'IAM API v1alpha1 with the projects of the Account API v3.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: options.serverUrl }],
    security: [{ secretKey: [] }, { sessionToken: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        secretKey: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'Secret key of an API key' },
        sessionToken: { type: 'apiKey', in: 'header', name: 'X-Session-Token', description: 'Token of a session' },
        scimToken: { type: 'http', scheme: 'bearer', description: 'Token of a SCIM configuration' },
      },
    },
  };
}

function describe(operation: Operation, resource: string, schemas: Map<string, JsonObject>): JsonObject {
  const { access, body, document, output } = operation;
  const content = access.kind === 'scim' ? scimJson : json;
  return {
    operationId: operation.id,
    tags: [resource],
    summary: operation.summary,
    description: accessSentence(access),
    ...(access.kind === 'public' && { security: [] }),
    ...(access.kind === 'scim' && { security: [{ scimToken: [] }] }),
    ...(access.kind === 'permission' && { 'x-permission': permissionOf(access) }),
    parameters: [
      ...properties(operation.params).map(([name, schema]) => parameter('path', name, schema, true, schemas)),
      ...properties(operation.query).map(([name, schema]) =>
        parameter('query', name, schema, operation.query?.required?.includes(name) ?? false, schemas),
      ),
    ],
    ...(body && { requestBody: { required: true, content: json(schemaOf(view(body), schemas)) } }),
    ...(document && { requestBody: { required: true, content: content(schemaOf(view(document), schemas)) } }),
    responses: {
      ...(output === null
        ? { [operation.forwarded ? '200' : '204']: { description: 'Done' } }
        : {
            [operation.creates ? '201' : '200']: {
              description: 'Done',
              content: content(schemaOf(view(output), schemas)),
            },
          }),
      ...(operation.quiet && { '204': { description: 'Done, where `attributes` is not given' } }),
      ...(access.kind === 'scim' ? scimErrors(schemas) : errorResponses(operation)),
    },
  };
}

function accessSentence(access: Access): string {
  switch (access.kind) {
    case 'public':
      return 'Anybody may ask.';
    case 'bearer':
      return access.alsoWith
        ? `Needs an API key or a session, and \`${access.alsoWith.permission}\` to ask about somebody else.`
        : 'Needs an API key or a session, and no permission.';
    case 'scim':
      return 'Needs a token of the SCIM configuration.';
    case 'permission': {
      const permissions = access.permissions
        .map((permission) => `\`${permission}\``)
        .join(access.needs === 'all' ? ' and ' : ' or ');
      const also = access.alsoWith ? `, and \`${access.alsoWith.permission}\` with \`${access.alsoWith.input}\`` : '';
      const where = access.scope === 'organization' ? 'in the organization' : 'in the project';
      const needed = access.permissions.length > 0 ? `Needs ${permissions} ${where}${also}` : '';
      if (!access.self) return `${needed}.`;
      const self = `\`${access.self.permission}\`, which every user has on itself`;
      return needed === '' ? `Needs ${self}.` : `${needed}, or ${self}.`;
    }
  }
}

function permissionOf(access: Extract<Access, { kind: 'permission' }>): JsonObject {
  const { permissions, needs, scope, self } = access;
  return { permissions, needs, scope, ...(self && { self: self.permission }) };
}

function parameter(
  place: 'path' | 'query',
  name: string,
  schema: SchemaView,
  required: boolean,
  schemas: Map<string, JsonObject>,
): JsonObject {
  const { description, deprecated, ...rest } = schemaOf(schema, schemas);
  return {
    name,
    in: place,
    required,
    ...(description !== undefined && { description }),
    ...(deprecated === true && { deprecated }),
    ...(schema.items && { style: 'form', explode: true }),
    schema: rest,
  };
}

/** Rules that JSON Schema cannot say, as sentences. */
function sentences(schema: SchemaView): readonly string[] {
  const { 'x-min-bytes': least, 'x-max-bytes': most, 'x-one-of': groups = [] } = schema;
  return [
    ...(schema.description ? [`${schema.description}.`] : []),
    ...(least !== undefined ? [`At least ${least} bytes.`] : []),
    ...(most !== undefined ? [`At most ${most} bytes.`] : []),
    ...(schema['x-empty-is-absent'] ? ['Empty is the same as absent.'] : []),
    ...(schema['x-no-filter'] !== undefined ? [`\`${schema['x-no-filter']}\` is the same as absent.`] : []),
    ...groups.map(
      ({ members, required }) =>
        `${required ? 'Exactly' : 'At most'} one of ${members.map((name) => `\`${name}\``).join(', ')}.`,
    ),
  ];
}

/** The schema without our own keywords; a titled one stands in the components once. */
function schemaOf(schema: SchemaView, schemas: Map<string, JsonObject>): JsonObject {
  if (schema.title === undefined) return plainSchema(schema, schemas);
  if (!schemas.has(schema.title)) {
    schemas.set(schema.title, {});
    schemas.set(schema.title, plainSchema(schema, schemas));
  }
  return { $ref: `#/components/schemas/${schema.title}` };
}

function plainSchema(schema: SchemaView, schemas: Map<string, JsonObject>): JsonObject {
  const own = Object.entries(schema).filter(([key]) => !key.startsWith('x-') && !key.startsWith('~'));
  const description = sentences(schema).join(' ');
  return {
    ...(Object.fromEntries(own) as JsonObject),
    ...(description !== '' && { description }),
    ...(schema.properties && {
      // What reads such documents takes a member called `$ref` for a reference.
      properties: Object.fromEntries(
        properties(schema).flatMap(([key, inner]) => (key === '$ref' ? [] : [[key, schemaOf(inner, schemas)]])),
      ),
    }),
    ...(schema.items && { items: schemaOf(schema.items, schemas) }),
  };
}

const json = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });
const scimJson = (schema: JsonObject): JsonObject => ({ 'application/scim+json': { schema } });

/** In the form of RFC 7644, section 3.12, whatever the status. */
function scimErrors(schemas: Map<string, JsonObject>): JsonObject {
  return { default: { description: 'Refused', content: scimJson(schemaOf(view(ScimError), schemas)) } };
}

function errorResponses(operation: Operation): JsonObject {
  const types: readonly ErrorType[] = [
    ...(operation.access.kind === 'public' ? [] : sharedErrors),
    ...operation.errors,
  ];
  const byStatus = Map.groupBy(types, (type) => errorKinds[type].status);
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => {
      const references = kinds.map((type) => ({ $ref: `#/components/schemas/${errorName(type)}` }));
      const description = kinds.map((type) => errorKinds[type].message).join(', or ');
      return [
        String(status),
        { description, content: json(references.length === 1 ? references[0]! : { oneOf: references }) },
      ];
    }),
  );
}

function answeredErrors(): readonly ErrorType[] {
  return [...new Set<ErrorType>([...sharedErrors, ...operations.flatMap(({ errors }) => errors)])];
}

const errorName = (type: ErrorType): string =>
  `${type.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase())}Error`;

const text = (description: string): JsonObject => ({ type: 'string', description });
const count = (description: string): JsonObject => ({ type: 'integer', description });
const listOf = (description: string, members: JsonObject): JsonObject => ({
  type: 'array',
  description,
  items: { type: 'object', properties: members, required: Object.keys(members) },
});
const help = { help_message: text('How to mend it') };
const named = { resource: text('Kind of resource'), resource_id: text('Which one') };

/** What each kind of error holds beside `type` and `message`. */
const errorMembers: Readonly<Record<ErrorType, JsonObject>> = {
  invalid_arguments: {
    details: listOf('Every argument that was refused', {
      argument_name: text('Path into the request'),
      ...help,
      reason: { ...text('Why'), enum: ['required', 'format', 'constraint', 'unknown'] },
    }),
  },
  denied_authentication: {
    method: { ...text('Kind of credential'), enum: ['api_key', 'jwt', 'unknown_method'] },
    reason: { ...text('Why'), enum: ['invalid_argument', 'not_found', 'expired', 'unknown_reason'] },
  },
  permissions_denied: {
    details: listOf('Everything that is missing', { action: text('Action'), resource: text('On what') }),
  },
  quotas_exceeded: {
    details: listOf('Quotas that are full', {
      current: count('How many there are'),
      organization_id: text('Organization'),
      quota: count('How many there may be'),
      resource: text('Kind of resource'),
    }),
  },
  not_found: named,
  method_not_allowed: {},
  already_exists: { ...named, ...help },
  precondition_failed: { precondition: text('What stands in the way'), ...help },
  too_many_requests: { ...help, reset_seconds: count('Seconds to wait') },
  unavailable: help,
  internal_error: { request_id: text('Name of the request in the log') },
};

function errorSchema(type: ErrorType): JsonObject {
  const members = {
    type: { const: type, description: 'Kind of error' },
    message: { const: errorKinds[type].message, description: 'The kind in words' },
    ...errorMembers[type],
  };
  return { type: 'object', properties: members, required: Object.keys(members) };
}
