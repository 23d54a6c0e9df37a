import type { CommandTable, Field } from '@bailiwick/contract/command-table';
import { now } from './cli.ts';

/** Ordinary values, none at all, or those that break careless output. */
export type Style = 'ordinary' | 'empty' | 'difficult';

type Sample = null | boolean | number | string | readonly Sample[] | { readonly [key: string]: Sample };

const second = 1000;
const day = 86_400 * second;

/** How far from now. */
const distances: Readonly<Record<string, readonly number[]>> = {
  created_at: [-3 * day, -45 * day, -800 * day],
  updated_at: [-2 * 3600 * second, -60 * second, 0],
  expires_at: [30 * day, -day, 365 * day],
  last_login_at: [-125 * second, -1 * second, -10 * day],
};

const texts: Readonly<Record<string, readonly string[]>> = {
  name: ['readers', 'deployers', 'auditors'],
  description: ['May read everything', 'Of the night shift', 'Until the end of the year'],
  email: ['ada@example.org', 'grace@example.org', 'alan@example.org'],
  username: ['ada', 'grace', 'alan'],
  access_key: ['SCWEXAMPLEEXAMPLE001', 'SCWEXAMPLEEXAMPLE002', 'SCWEXAMPLEEXAMPLE003'],
  secret_key: ['11111111-1111-4111-8111-111111111111'],
  ip: ['192.0.2.7', '2001:db8::17', '198.51.100.3'],
  creation_ip: ['192.0.2.7', '2001:db8::17', '198.51.100.3'],
  user_agent: ['scw/1.0', 'curl/8.5', 'terraform'],
  locale: ['fr_FR', 'en_US', 'de_DE'],
  permission: ['iam:user:list', 'iam:group:list', 'account:project:list'],
  permission_set_names: ['IAMReadOnly', 'ProjectReadOnly'],
  categories: ['Identity', 'Storage'],
  tags: ['red', 'blue'],
  public_key: ['ssh-ed25519 AAAAC3Nz1', 'ssh-ed25519 AAAAC3Nz2', 'ssh-ed25519 AAAAC3Nz3'],
  fingerprint: ['256 MD5:01:02 (ssh-ed25519)', '256 MD5:03:04 (ssh-ed25519)', '256 MD5:05:06 (ssh-ed25519)'],
  condition: ['', 'request.ip == "192.0.2.7"', ''],
  clause: ['request.ip == "192.0.2.7"'],
  command: ['scw iam group add-member G user-id=U'],
  // Enums, which the table does not list for answers.
  action: ['created', 'updated', 'deleted'],
  because: ['rule', 'nothing_grants', 'owner'],
  decision: ['allow', 'deny', 'allow'],
  kind: ['add_to_group', 'attach_policy', 'add_project'],
  outcome: ['grants', 'other_scope', 'condition_false'],
  principal_type: ['user'],
  permission_sets_scope_type: ['organization', 'projects', 'projects'],
  resource_type: ['user', 'policy', 'api_key'],
  scope_type: ['projects', 'organization', 'projects'],
  status: ['activated', 'invitation_pending', 'unknown_status'],
  type: ['member', 'owner', 'guest'],
};

const difficult: readonly string[] = [
  '日本語の名前',
  'a family 👩‍👩‍👧 and a flag 🇫🇷',
  'e\u0301a\u0300 combined',
  'two\nlines and\ta tab',
  '\u001b[31mred\u001b[0m \u009b32m \u0007\u007f',
  'right \u202eto left',
  '=1+1, "quoted"; <&>',
  'a long text that goes on and on, wider than most terminals are, and then on for some more words to its end',
];

/** Of these an object has one; the last is rare and no row has it. */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  APIKey: ['user_id', 'application_id', ''],
  Policy: ['user_id', 'group_id', 'application_id', 'no_principal'],
  Rule: ['organization_id', 'project_ids', 'account_root_user_id'],
};

/** Answers of the service for a type of the command table, always the same ones. */
export function sampleOf(type: string, row: number, style: Style, types: CommandTable['types']): Sample {
  const fields = types[type] ?? [];
  if (style === 'empty') return Object.fromEntries(fields.map((field) => [field.key, emptyOf(field)]));
  const only = alternatives[type] ?? [];
  const others = only.filter((_, index) => index !== row % (only.length - 1));
  return Object.fromEntries(
    fields.map((field, place) => {
      const isLeftOut = others.includes(field.key);
      return [field.key, isLeftOut ? emptyOf(field) : sampleValue(field, { row, place, style, types })];
    }),
  );
}

interface Spot {
  readonly row: number;
  readonly place: number;
  readonly style: Style;
  readonly types: CommandTable['types'];
}

function emptyOf({ type, list, nullable }: Field): Sample {
  if (list) return nullable ? null : [];
  if (nullable) return null;
  return type === 'boolean' ? false : type === 'integer' ? 0 : '';
}

function sampleValue(field: Field, spot: Spot): Sample {
  if (field.type === 'map') return field.list ? { [textOf('name', spot)]: ['B', 'A'] } : { 'request.ip': '192.0.2.7' };
  if (!field.list) return singleOf(field, spot);
  return [0, 1].map((more) => singleOf(field, { ...spot, row: spot.row + more, place: spot.place + more }));
}

function singleOf({ type, key, object }: Field, spot: Spot): Sample {
  const { row, style, types } = spot;
  switch (type) {
    case 'object':
      return object === null ? null : sampleOf(object, row, style, types);
    case 'boolean':
      return row % 2 === 0;
    case 'integer':
      return row + 1;
    case 'datetime':
      return timeOf(key, row);
    case 'duration':
      return '93784s';
    case 'enum':
      return texts[key]?.[row % texts[key].length] ?? `unknown_${key}`;
    default:
      return textOf(key, spot);
  }
}

function timeOf(key: string, row: number): string {
  const all = distances[key] ?? [-day];
  return new Date(now + all[row % all.length]!).toISOString();
}

function textOf(key: string, { row, place, style }: Spot): string {
  if (/(?:^|_)ids?$/.test(key) || key === 'jti') return idOf(row, key);
  const known = texts[key];
  if (style === 'difficult' && !/^(?:access_key|secret_key|permission|srn)/.test(key)) {
    return difficult[(row * 3 + place) % difficult.length]!;
  }
  return known?.[row % known.length] ?? (key === 'srn' ? '' : `${key.replaceAll('_', ' ')} ${row + 1}`);
}

/** The same for each kind of object and row. */
export function idOf(row: number, key = 'id'): string {
  const kind = [...key.replace(/s$/, '')].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0x10_000, 0);
  const digits = kind.toString(16).padStart(4, '0');
  return `0c0ffee0-${digits}-4000-8000-${String(row + 1).padStart(12, '0')}`;
}
