import { bareError } from '../command-error.ts';
import { uuid } from '../grammar/uuid.ts';

/** What a profile may set, in the order in which it is shown. */
export const keys = [
  'access_key',
  'secret_key',
  'api_url',
  's3_endpoint',
  's3_use_path_style',
  'insecure',
  'default_organization_id',
  'default_project_id',
  'default_region',
  'default_zone',
  'send_telemetry',
  'user_agent',
] as const;

export type Key = (typeof keys)[number];

/** Settings as text, whatever their type in the file. */
export type Settings = { readonly [K in Key]?: string };

/** The variable that beats the file. */
export const variables: { readonly [K in Key]?: string } = {
  access_key: 'SCW_ACCESS_KEY',
  secret_key: 'SCW_SECRET_KEY',
  api_url: 'SCW_API_URL',
  s3_endpoint: 'SCW_S3_ENDPOINT',
  s3_use_path_style: 'SCW_S3_USE_PATH_STYLE',
  insecure: 'SCW_INSECURE',
  default_organization_id: 'SCW_DEFAULT_ORGANIZATION_ID',
  default_project_id: 'SCW_DEFAULT_PROJECT_ID',
  default_region: 'SCW_DEFAULT_REGION',
  default_zone: 'SCW_DEFAULT_ZONE',
  user_agent: 'SCW_USER_AGENT',
};

const switches: ReadonlySet<Key> = new Set<Key>(['insecure', 's3_use_path_style', 'send_telemetry']);

export function isKey(text: string): text is Key {
  return (keys as readonly string[]).includes(text);
}

/** The key that an argument such as `default-project-id` sets; null where it sets none. */
export function keyOfArgument(name: string): Key | null {
  const key = name.replaceAll('-', '_');
  return isKey(key) ? key : null;
}

export function argumentOfKey(key: Key): string {
  return key.replaceAll('_', '-');
}

/** True and false are written as such, not as text. */
export function valueInFile(key: Key, value: string): string | boolean {
  return switches.has(key) && /^(?:true|false)$/.test(value) ? value === 'true' : value;
}

const expectedUuid = 'expected a UUID: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
const region = '[a-z]{2}-[a-z]{3,7}';

/** What is wrong with a value, in the order in which it is told; null: nothing. The secret is never repeated. */
const formats: { readonly [K in Key]?: (value: string) => string | null } = {
  access_key: (value) =>
    /^SCW[A-Z0-9]{17}$/.test(value)
      ? null
      : // The two keys are easily taken for each other.
        `invalid access key format${uuid.test(value) ? '' : ` '${value}'`}, expected SCWXXXXXXXXXXXXXXXXX format`,
  secret_key: (value) => (uuid.test(value) ? null : `invalid secret key format, ${expectedUuid}`),
  default_organization_id: (value) =>
    uuid.test(value) ? null : `invalid organization ID format '${value}', ${expectedUuid}`,
  default_project_id: (value) => (uuid.test(value) ? null : `invalid project ID format '${value}', ${expectedUuid}`),
  default_region: (value) =>
    new RegExp(`^${region}$`).test(value) ? null : `invalid default region format '${value}', one looks like fr-par`,
  default_zone: (value) =>
    new RegExp(`^${region}-[0-9]{1,2}$`).test(value)
      ? null
      : `invalid default zone format '${value}', one looks like fr-par-1`,
  api_url: (value) => {
    if (/^\w+:\/\/[^/]*@/.test(value)) return 'invalid API url: it must hold no user name and no password';
    if (!isHttpAddress(value)) return `invalid API url '${value}'`;
    return value.endsWith('/') ? `invalid API url '${value}' it should not have a trailing slash` : null;
  },
};

function isHttpAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && !/\s/.test(value);
}

/** What is wrong with a value; null when nothing is. */
export function formatProblem(key: Key, value: string): string | null {
  return formats[key]?.(value) ?? null;
}

/**
 * Checks the formats of what is there.
 *
 * @throws CommandError of one line for the first one that is wrong
 */
export function checkFormats(settings: Settings): void {
  for (const key of Object.keys(formats).filter(isKey)) {
    const value = settings[key];
    const problem = value === undefined ? null : formatProblem(key, value);
    if (problem !== null) throw bareError(problem);
  }
}

/** Reads true and false as the environment may spell them; null for anything else. */
export function readSwitch(text: string): boolean | null {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? false : null;
}

/** Keys that are neither true nor false and should be, with their values. */
export function undecidedSwitches(settings: Settings): readonly (readonly [key: Key, value: string])[] {
  return [...switches].flatMap((key) => {
    const value = settings[key];
    return value !== undefined && readSwitch(value) === null ? [[key, value] as const] : [];
  });
}
