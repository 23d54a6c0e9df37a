import type { WrongArguments } from './invalid-arguments.ts';
import type { Json } from './server.ts';

/** Input that is right in form; only the operation can tell what is wrong with it. */
export type RefusedMeaning = readonly [method: string, path: string, body: Json, wrong: WrongArguments];

const ed25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO';
const unreadableKeys = [
  'x',
  'ssh-ed25519',
  'ssh-ed25519 !!!!',
  `ssh-ed25519 ${ed25519.slice(0, 40)}`,
  `ssh-ed25519 ${ed25519}AAAA`,
  `ssh-rsa ${ed25519}`,
  `ssh-foo ${ed25519}`,
  `ssh-ed25519 ${ed25519}\nssh-ed25519 ${ed25519}`,
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'a'.repeat(65_000),
];

const iam = '/iam/v1alpha1';

export function refusedMeanings(of: {
  readonly organization: string;
  readonly application: string;
  readonly policy: string;
  /** An API key with an end. */
  readonly accessKey: string;
}): readonly RefusedMeaning[] {
  const settings = `${iam}/organizations/${of.organization}/security-settings`;
  const durations = ['grace_period_duration', 'max_login_session_duration', 'max_api_key_expiration_duration'];
  const rules = [
    { permission_set_names: ['NoSuchSet', '__proto__'], organization_id: of.organization },
    { permission_set_names: ['IAMReadOnly', 'VPCReadOnly'], organization_id: of.application },
    { permission_set_names: ['IAMReadOnly'], project_ids: [of.application] },
  ];
  const wrongRules: WrongArguments = [
    ['rules[0].permission_set_names', 'constraint'],
    ['rules[1].permission_set_names', 'constraint'],
    ['rules[1].organization_id', 'constraint'],
    ['rules[2].project_ids', 'constraint'],
    ['rules[2].project_ids[0]', 'constraint'],
  ];
  const key = { application_id: of.application };
  return [
    ...unreadableKeys.map((public_key): RefusedMeaning => {
      const body = { public_key, project_id: of.organization };
      return ['POST', `${iam}/ssh-keys`, body, [['public_key', 'format']]];
    }),
    ...['2030-01-02T03:04:05Z', '0001-01-01T00:00:00Z'].map((expires_at): RefusedMeaning => {
      return ['POST', `${iam}/api-keys`, { ...key, expires_at }, [['expires_at', 'constraint']]];
    }),
    [
      'PATCH',
      `${iam}/api-keys/${of.accessKey}`,
      { expires_at: '2034-01-01T00:00:00Z' },
      [['expires_at', 'constraint']],
    ],
    ['POST', `${iam}/users`, { email: `${'a'.repeat(60)}@${'b'.repeat(100)}` }, [['email', 'constraint']]],
    ['POST', `${iam}/users`, { email: 'ada+1@example.org' }, [['email', 'constraint']]],
    ...durations.flatMap((name) =>
      ['1s', '999999999999s'].map((value): RefusedMeaning => {
        return ['PATCH', settings, { enforce_password_renewal: true, [name]: value }, [[name, 'constraint']]];
      }),
    ),
    [
      'PATCH',
      `${iam}/organizations/${of.organization}/login-methods`,
      { login_password_enabled: false, login_magic_code_enabled: false },
      [['login_password_enabled', 'constraint']],
    ],
    ['POST', `${iam}/policies`, { name: 'readers', rules }, wrongRules],
    ['PUT', `${iam}/rules`, { policy_id: of.policy, rules }, wrongRules],
  ];
}
