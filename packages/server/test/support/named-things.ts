import type { Operation } from '@bailiwick/contract';
import { isRequired, properties, type SchemaView } from '@bailiwick/contract/schema-view';
import { signingCertificate } from '../../../../test-support/signing-certificate.ts';
import type { CallOptions, Json } from './server.ts';
import { codeRequest } from './sign-in.ts';
import type { Tenant } from './tenant.ts';

type Kind = Exclude<keyof Tenant, 'secretKey'>;

/** What each argument names. An argument with an id that is not here fails the tests, which is its purpose. */
const kinds: Readonly<Record<string, Kind>> = {
  organization_id: 'organization',
  project_id: 'project',
  project_ids: 'project',
  default_project_id: 'project',
  user_id: 'user',
  target_user_id: 'user',
  authenticator_id: 'authenticator',
  ceremony_id: 'ceremony',
  user_ids: 'user',
  principal_id: 'user',
  secret_key: 'powerlessKey',
  session_token: 'sessionToken',
  audience_id: 'owner',
  application_id: 'application',
  application_ids: 'application',
  bearer_id: 'application',
  group_id: 'group',
  group_ids: 'group',
  policy_id: 'policy',
  policy_ids: 'policy',
  access_key: 'accessKey',
  access_keys: 'accessKey',
  ssh_key_id: 'sshKey',
  jti: 'jwt',
  log_id: 'log',
  saml_id: 'saml',
  certificate_id: 'samlCertificate',
  scim_id: 'scim',
  token_id: 'scimToken',
  search: 'user',
};
/** Filters by what things are called. */
const wordFilters = ['name', 'policy_name', 'description', 'tag'];

/** An argument that names something, by its path in the input. */
export interface NamingArgument {
  readonly part: 'params' | 'query' | 'body';
  readonly path: string;
  readonly kind: Kind;
}

/** Every argument of an operation that names something of an organization. */
export function namingArguments(operation: Operation): readonly NamingArgument[] {
  return (['params', 'query', 'body'] as const).flatMap((part) => naming(operation[part], part, ''));
}

function naming(
  schema: SchemaView | undefined,
  part: NamingArgument['part'],
  prefix: string,
): readonly NamingArgument[] {
  return properties(schema).flatMap(([name, inner]): readonly NamingArgument[] => {
    const path = `${prefix}${name}`;
    const simple = inner.items ?? inner;
    if (simple.properties) return naming(simple, part, `${path}.`);
    if (part === 'query' && wordFilters.includes(name)) return [{ part, path, kind: 'word' }];
    const kind = kinds[name];
    const isId = simple.format === 'uuid' || simple.format === 'access-key';
    if (isId && kind === undefined) throw new Error(`say what the argument ${path} names`);
    return kind === undefined ? [] : [{ part, path, kind }];
  });
}

/** Arguments that name nothing and must be there. */
const samples: Readonly<Record<string, Json>> = {
  name: 'another',
  username: 'another',
  password: 'correct horse battery',
  alias: 'another',
  quotum_name: 'iam_groups',
  public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO',
  email: 'another@example.org',
  permission: 'iam:ssh_key:read',
  permission_set_name: 'IAMReadOnly',
  condition: 'request.ip != ""',
  one_time_password: '000000',
  origin: 'https://iam.example.org',
  authenticator_name: 'key ring',
  raw_id: 'AAAA',
  client_data_json: 'AAAA',
  attestation_object: 'AAAA',
  token: 'another',
  user_code: 'BCDF-GHJK',
  first_size: 1,
  ...signingCertificate,
  ...codeRequest,
  permissions: { service: 'iam', name: 'ssh_key', action: 'read' },
};

/** What people have of their own: of the owner, who calls. */
const ofOnesOwn = /^(mfaOtp|webauthn|gracePeriods|connections)\./;

const noArgument: NamingArgument = { part: 'query', path: '', kind: 'word' };

/** The request of a tenant that is right, or right but for one argument: then what it names is given. */
export function requestNaming(
  operation: Operation,
  tenant: Tenant,
  argument: NamingArgument = noArgument,
  value = '',
): readonly [path: string, options: CallOptions] {
  const given = (part: NamingArgument['part'], name: string): Json => {
    if (argument.part === part && argument.path === name) return listed(operation[part], name, value);
    const kind = name === 'user_id' && ofOnesOwn.test(operation.id) ? 'owner' : kinds[name];
    const own = kind === undefined ? samples[name] : tenant[kind];
    if (own === undefined) throw new Error(`say what ${operation.id} is sent as ${name}`);
    return listed(operation[part], name, own);
  };
  const members = (part: NamingArgument['part']) =>
    Object.fromEntries(needed(operation[part], argument).map((name) => [name, given(part, name)]));
  const params = members('params');
  const query = Object.entries(members('query')).map(
    ([name, sent]) => `${name}=${encodeURIComponent([sent].flat()[0])}`,
  );
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name]);
  const body: Json = operation.body && members('body');
  const [outer = '', inner] = argument.path.split('.');
  if (inner !== undefined) body[outer] = listed(operation.body, outer, nesting(outer, inner, value));
  return [query.length === 0 ? path : `${path}?${query.join('&')}`, body === undefined ? {} : { body }];
}

/** A member of an argument, beside what the argument needs. */
function nesting(outer: string, inner: string, value: string): Json {
  if (outer !== 'rules') return { ...samples[outer], [inner]: value };
  return inner === 'project_ids'
    ? { permission_set_names: ['VPCReadOnly'], project_ids: [value] }
    : { permission_set_names: ['IAMReadOnly'], organization_id: value };
}

function needed(schema: SchemaView | undefined, { path }: NamingArgument): readonly string[] {
  const groups = schema?.['x-one-of'] ?? [];
  const firsts = groups.flatMap(({ members, required }) =>
    required && !members.includes(path) ? members.slice(0, 1) : [],
  );
  return properties(schema).flatMap(([name]) =>
    name === path || isRequired(schema, name) || firsts.includes(name) ? [name] : [],
  );
}

const listed = (schema: SchemaView | undefined, name: string, value: Json): Json =>
  schema?.properties?.[name]?.items ? [value] : value;
