import { sql } from 'kysely';
import type { Database } from '../../src/storage/schema.ts';
import type { Storage } from '../../src/storage/storage.ts';

/** Rows below the API, put in as they are. */

export type Row = Readonly<Record<string, string | number | null>>;
export type Table = keyof Database;

export const uuid = (last: number): string => `6f0c0000-0000-4000-8000-${String(last).padStart(12, '0')}`;

const timed = (id: string, organization_id: string) => ({ id, organization_id, created_at: 1, updated_at: 1 });
const named = (name: string) => ({ name, name_sort: name, description: '' });

/** Ids of the sample organization `a` and of another one, `b`. */
export const a = {
  organization: uuid(100),
  project: uuid(101),
  owner: uuid(102),
  member: uuid(103),
  application: uuid(104),
  group: uuid(105),
  everybody: uuid(106),
  policy: uuid(107),
  rule: uuid(108),
  sshKey: uuid(109),
  jti: uuid(110),
  key: 'SCWAAAAAAAAAAAAAAAAA',
} as const;
export const b = { organization: uuid(200), project: uuid(201), owner: uuid(202), application: uuid(204) } as const;

export const organization = (id: string, more: Row = {}): Row => ({
  id,
  name: 'acme',
  alias: null,
  created_at: 1,
  ...more,
});
export const project = (id: string, organization_id: string, more: Row = {}): Row => ({
  ...timed(id, organization_id),
  ...named('web'),
  ...more,
});
export const user = (id: string, organization_id: string, more: Row = {}): Row => ({
  ...timed(id, organization_id),
  type: 'member',
  status: 'activated',
  email: 'ada@example.org',
  email_sort: 'ada@example.org',
  username: id,
  username_key: id,
  first_name: '',
  last_name: '',
  phone_number: '',
  locale: 'en_US',
  password_hash: null,
  account_root_user_id: null,
  last_login_at: null,
  tags: '[]',
  ...more,
});
export const owner = (id: string, organization_id: string, more: Row = {}): Row =>
  user(id, organization_id, { type: 'owner', account_root_user_id: uuid(1), ...more });
export const application = (id: string, organization_id: string, more: Row = {}): Row => ({
  ...timed(id, organization_id),
  ...named('web'),
  tags: '[]',
  ...more,
});
export const group = (id: string, organization_id: string, more: Row = {}): Row => ({
  ...timed(id, organization_id),
  ...named(id),
  kind: 'ordinary',
  tags: '[]',
  ...more,
});
export const policy = (id: string, organization_id: string, more: Row = {}): Row => ({
  ...timed(id, organization_id),
  ...named('readers'),
  tags: '[]',
  user_id: null,
  group_id: null,
  application_id: null,
  ...more,
});
export const rule = (id: string, organization_id: string, policy_id: string, more: Row = {}): Row => ({
  id,
  organization_id,
  policy_id,
  position: 0,
  scope: 'projects',
  scope_type: 'projects',
  condition: '',
  ...more,
});
export const apiKey = (access_key: string, organization_id: string, more: Row = {}): Row => ({
  access_key,
  organization_id,
  secret_hash: access_key,
  user_id: null,
  application_id: null,
  description: '',
  created_at: 1,
  updated_at: 1,
  expires_at: null,
  default_project_id: organization_id,
  creation_ip: '192.0.2.1',
  last_used_at: null,
  expiry_notice_at: null,
  ...more,
});
export const sshKey = (id: string, organization_id: string, project_id: string, more: Row = {}): Row => ({
  ...timed(id, organization_id),
  project_id,
  name: 'laptop',
  name_sort: 'laptop',
  public_key: 'ssh-ed25519 AAAA',
  fingerprint: '256 MD5:00 (ssh-ed25519)',
  ...more,
});
export const jwt = (jti: string, organization_id: string, audience_id: string, more: Row = {}): Row => ({
  jti,
  organization_id,
  issuer_id: audience_id,
  audience_id,
  created_at: 1,
  updated_at: 1,
  expires_at: 2,
  ip: '192.0.2.1',
  user_agent: 'tests',
  renew_hash: jti,
  renew_family: `family ${jti}`,
  signed_in_at: 1,
  ...more,
});
export const auditEntry = (organization_id: string, revision: number, more: Row = {}): Row => ({
  organization_id,
  revision,
  id: uuid(300 + revision),
  created_at: 1,
  operation: 'projects.create',
  action: 'created',
  resource_type: 'project',
  resource_id: organization_id,
  bearer_type: 'platform',
  bearer_id: '',
  ip: '',
  user_agent: '',
  request_id: '',
  reason: '',
  ...more,
});

/** Something in every table, in an order in which it can be put in. */
export const samples: readonly (readonly [Table, Row])[] = [
  ['installation', { singleton: 1, created_at: 1, server_key_check: 'check' }],
  ['organizations', organization(a.organization, { alias: 'acme', revision: 2 })],
  ['organizations', organization(b.organization)],
  ['projects', project(a.organization, a.organization, { name: 'default', name_sort: 'default' })],
  ['projects', project(a.project, a.organization)],
  ['projects', project(b.organization, b.organization)],
  ['projects', project(b.project, b.organization)],
  ['quota_overrides', { organization_id: a.organization, name: 'iam_users', value: null }],
  ['users', owner(a.owner, a.organization)],
  ['users', user(a.member, a.organization, { tags: '["on call"]', last_login_at: 5 })],
  ['users', owner(b.owner, b.organization)],
  ['applications', application(a.application, a.organization, { managed: 1, editable: 0, deletable: 0 })],
  ['applications', application(b.application, b.organization)],
  ['groups', group(a.group, a.organization)],
  ['groups', group(a.everybody, a.organization, { kind: 'all_users', managed: 1 })],
  ['group_members', { ...member(), user_id: a.member, application_id: null, position: 0 }],
  ['group_members', { ...member(), user_id: null, application_id: a.application, position: 1 }],
  ['policies', policy(a.policy, a.organization, { application_id: a.application })],
  ['rules', rule(a.rule, a.organization, a.policy, { condition: '1 == 1' })],
  ['rule_permission_sets', { organization_id: a.organization, rule_id: a.rule, position: 0, permission_set_id: 'set' }],
  ['rule_projects', { organization_id: a.organization, rule_id: a.rule, position: 0, project_id: a.project }],
  ['api_keys', apiKey(a.key, a.organization, { application_id: a.application, default_project_id: a.project })],
  ['api_keys', apiKey('SCWBBBBBBBBBBBBBBBBB', a.organization, { user_id: a.owner, expires_at: 7, last_used_at: 5 })],
  ['ssh_keys', sshKey(a.sshKey, a.organization, a.project)],
  ['jwts', jwt(a.jti, a.organization, a.member)],
  ['outbox', outboxRow(uuid(112), a.organization)],
  ['one_time_passwords', { ...ofMember(), sealed_secret: 'sealed', created_at: 1, validated_at: 2, last_step: 3 }],
  ['recovery_codes', { ...ofMember(), code_hash: 'hash' }],
  ['webauthn_authenticators', authenticator(uuid(113))],
  ['webauthn_ceremonies', ceremony(uuid(114))],
  ['grace_periods', { ...ofMember(), type: 'update_password', created_at: 1, expires_at: 9, remind_at: null }],
  ['connection_tokens', { ...ofMember(), token_hash: 'hash', jti: a.jti, expires_at: 9 }],
  ['connections', { ...ofMember(), target_organization_id: b.organization, target_user_id: b.owner, created_at: 1 }],
  [
    'sign_in_attempts',
    {
      token_hash: 'attempt',
      organization_id: a.organization,
      user_id: a.member,
      account: 'account',
      step: 'code',
      code_hash: 'code',
      failures: 1,
      expires_at: 9,
    },
  ],
  [
    'sign_in_attempts',
    {
      token_hash: 'nobody',
      organization_id: null,
      user_id: null,
      account: 'other',
      step: 'first',
      code_hash: null,
      failures: 0,
      expires_at: 9,
    },
  ],
  [
    'password_links',
    { token_hash: 'link', organization_id: a.organization, user_id: a.member, kind: 'recovery', expires_at: 9 },
  ],
  [
    'sign_in_grants',
    {
      token_hash: 'device',
      kind: 'device',
      user_code_hash: 'user code',
      code_challenge: null,
      organization_id: null,
      user_id: null,
      signed_in_at: null,
      ip: '192.0.2.1',
      user_agent: 'scw',
      created_at: 1,
      expires_at: 9,
    },
  ],
  [
    'sign_in_grants',
    {
      token_hash: 'code',
      kind: 'code',
      user_code_hash: null,
      code_challenge: 'challenge',
      organization_id: a.organization,
      user_id: a.member,
      signed_in_at: 1,
      ip: '192.0.2.1',
      user_agent: 'scw',
      created_at: 1,
      expires_at: 9,
    },
  ],
  ['saml', { ...timed(uuid(115), a.organization), entity_id: 'idp', single_sign_on_url: 'https://idp.example.org' }],
  ['saml', { ...timed(uuid(116), b.organization), entity_id: '', single_sign_on_url: '' }],
  [
    'saml_certificates',
    {
      ...{ id: uuid(117), organization_id: a.organization, saml_id: uuid(115), type: 'signing', content: 'PEM' },
      ...{ expires_at: 9, created_at: 1 },
    },
  ],
  ['scim', { id: uuid(118), organization_id: a.organization, created_at: 1 }],
  ['scim', { id: uuid(119), organization_id: b.organization, created_at: 1 }],
  [
    'scim_tokens',
    {
      ...{ id: uuid(120), organization_id: a.organization, scim_id: uuid(118), secret_hash: 'hash' },
      ...{ created_at: 1, expires_at: 9 },
    },
  ],
  ['scim_users', { organization_id: a.organization, user_id: a.member, external_id: 'ada' }],
  ['scim_groups', { organization_id: a.organization, group_id: a.group, external_id: 'writers' }],
  ['sign_in_limits', { name: 'limit', tries: 3, resets_at: 9 }],
  ['signing_keys', { generation: 0, created_at: 1 }],
  ['audit_entries', auditEntry(a.organization, 1)],
  ['audit_entries', auditEntry(a.organization, 2)],
  [
    'log_heads',
    {
      organization_id: a.organization,
      tree_size: 2,
      root_hash: 'root',
      adopted_size: 0,
      signed_at: 1,
      key_id: 'key',
      signature: 'signature',
      frontier: 'root',
    },
  ],
  ['log_leaves', { organization_id: b.organization, revision: 1, leaf_hash: 'hash' }],
  ['log_nodes', { organization_id: a.organization, level: 8, position: 0, hash: 'hash' }],
  ['known_permission_sets', { id: uuid(111), name: 'IAMManager', scope_type: 'organization', first_seen_at: 1 }],
];

function outboxRow(id: string, organization_id: string): Row {
  return {
    id,
    organization_id,
    kind: 'welcome',
    recipient: 'ada@example.org',
    sealed_content: 'sealed',
    created_at: 1,
    next_attempt_at: 1,
    attempts: 0,
    sent_at: null,
    last_error: '',
  };
}

function ofMember(): Row {
  return { organization_id: a.organization, user_id: a.member };
}

function authenticator(id: string): Row {
  const key = { credential_id: id, public_key: 'key', sign_count: 1 };
  return { id, ...ofMember(), name: 'key', created_at: 1, last_login_at: null, ...key };
}

function ceremony(id: string): Row {
  return { id, ...ofMember(), challenge: 'challenge', expires_at: 9 };
}

function member(): Row {
  return { organization_id: a.organization, group_id: a.group };
}

export async function insertRow(db: Storage['db'], table: string, row: Row): Promise<void> {
  const columns = Object.keys(row).map((name) => sql.ref(name));
  await sql`insert into ${sql.table(table)} (${sql.join(columns)}) values (${sql.join(Object.values(row))})`.execute(
    db,
  );
}

/** Puts the samples in, as far as their tables exist, without the columns that are not there yet. */
export async function insertSamples(db: Storage['db']): Promise<void> {
  const tables = await db.introspection.getTables();
  for (const [table, row] of samples) {
    const columns = tables.find(({ name }) => name === table)?.columns;
    if (columns === undefined) continue;
    const known = Object.entries(row).filter(([name]) => columns.some((column) => column.name === name));
    await insertRow(db, table, Object.fromEntries(known));
  }
}
