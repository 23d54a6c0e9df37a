import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bareError, CommandError } from '../command-error.ts';
import { uuid } from '../grammar/uuid.ts';
import { isObject } from '../output/result.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** Everything a call needs to know about where and as whom. Checked. */
export interface Configuration {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly organization: string;
  readonly project: string | null;
  /** True: certificates are not checked. */
  readonly insecure: boolean;
  /** Replaces the whole User-Agent. */
  readonly userAgent: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigurationSource {
  readonly env: Environment;
  /** `--config` and `--profile`. */
  readonly config: string | undefined;
  readonly profile: string | undefined;
  readonly warn: (text: string) => void;
}

const keys = [
  'access_key',
  'secret_key',
  'api_url',
  'insecure',
  'default_organization_id',
  'default_project_id',
  'default_region',
  'default_zone',
  'user_agent',
] as const;
type Key = (typeof keys)[number];
type Profile = { readonly [K in Key]?: string };

const variables: Readonly<Record<Key, string>> = {
  access_key: 'SCW_ACCESS_KEY',
  secret_key: 'SCW_SECRET_KEY',
  api_url: 'SCW_API_URL',
  insecure: 'SCW_INSECURE',
  default_organization_id: 'SCW_DEFAULT_ORGANIZATION_ID',
  default_project_id: 'SCW_DEFAULT_PROJECT_ID',
  default_region: 'SCW_DEFAULT_REGION',
  default_zone: 'SCW_DEFAULT_ZONE',
  user_agent: 'SCW_USER_AGENT',
};

/** Path of the configuration file; null when not even a home folder is known. */
export function configurationPath({ env, config }: Pick<ConfigurationSource, 'env' | 'config'>): string | null {
  return config || env.SCW_CONFIG_PATH || inConfigurationFolder(env, 'config.yaml');
}

/** A file in the folder that belongs to this program. */
export function inConfigurationFolder(env: Environment, name: string): string | null {
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'scw', name);
  const home = env.HOME || env.USERPROFILE;
  return home ? join(home, '.config', 'scw', name) : null;
}

/**
 * Reads and checks the configuration: the environment beats the chosen profile, which beats the root of the file
 * (docs/cli.md).
 *
 * @throws CommandError
 */
export async function readConfiguration(source: ConfigurationSource): Promise<Configuration> {
  const path = configurationPath(source);
  const file = await profileOf(path, source);
  // A file that is wrong by itself is refused even where the environment would mend it.
  if (file.secret_key !== undefined && file.access_key === undefined) throw bareError('access key cannot be empty');
  checkFormats(file);
  const merged: Profile = { ...file, ...fromEnvironment(source.env) };
  checkCredentials(merged, path);
  checkFormats(merged);
  return {
    accessKey: merged.access_key!,
    secretKey: merged.secret_key!,
    apiUrl: merged.api_url!,
    organization: merged.default_organization_id!,
    project: merged.default_project_id ?? null,
    insecure: isInsecure(merged.insecure, source.warn),
    userAgent: merged.user_agent ?? null,
  };
}

async function profileOf(path: string | null, source: ConfigurationSource): Promise<Profile> {
  const invalid = (reason: string) => bareError(`content of config file ${path} is invalid: ${reason}`);
  const content = path === null ? null : await readYamlFile(path, invalid);
  const missing = (name: string) => bareError(`given profile ${name} does not exist`);
  const named = source.profile || source.env.SCW_PROFILE;
  if (path === null || content === null) {
    if (named && named !== 'default') throw missing(named);
    return {};
  }
  await warnOfReaders(path, source.warn);
  const root = settingsOf(content, invalid);
  const name = named || scalar(content.active_profile) || 'default';
  if (name === 'default') return root;
  const profiles = content.profiles;
  const profile = isObject(profiles) && Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined) throw missing(name);
  return { ...root, ...(isObject(profile) ? settingsOf(profile, invalid) : {}) };
}

function settingsOf(content: YamlFile, invalid: (reason: string) => Error): Profile {
  const settings: { [K in Key]?: string } = {};
  for (const key of keys) {
    const value = content[key];
    if (value === undefined || value === null) continue;
    const text = scalar(value);
    if (text === undefined) throw invalid(`${key} is no text`);
    settings[key] = text;
  }
  return settings;
}

function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** A variable that is set but empty counts as set. */
function fromEnvironment(env: Environment): Profile {
  const set = keys.filter((key) => env[variables[key]] !== undefined);
  return Object.fromEntries(set.map((key) => [key, env[variables[key]]!]));
}

async function warnOfReaders(path: string, warn: (text: string) => void): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  warn(`WARNING: ${path} holds secrets and others may read it (mode ${(mode & 0o777).toString(8).padStart(4, '0')}).`);
  warn(`WARNING: Mend it with: chmod 0600 ${path}`);
}

function checkCredentials(profile: Profile, path: string | null): void {
  const help = (variable: string, key: Key) => ({
    details: `Give it as ${variable}, or as ${key} in ${path ?? 'a configuration file named by SCW_CONFIG_PATH'}.`,
    hint: 'The first start of `bailiwick serve` prints a line `export SCW_CONFIG_PATH=…` that sets all of it.',
  });
  if (profile.access_key === undefined && profile.secret_key === undefined) {
    throw new CommandError('no credentials provided', help('SCW_ACCESS_KEY and SCW_SECRET_KEY', 'access_key'));
  }
  if (profile.secret_key === undefined)
    throw new CommandError('secret key is required', help('SCW_SECRET_KEY', 'secret_key'));
  if (!profile.access_key) throw bareError('access key cannot be empty');
  if (profile.default_organization_id === undefined) {
    throw new CommandError(
      'organization ID is required',
      help('SCW_DEFAULT_ORGANIZATION_ID', 'default_organization_id'),
    );
  }
  if (profile.api_url === undefined) {
    throw new CommandError('no API address is configured', help('SCW_API_URL', 'api_url'));
  }
}

const expectedUuid = 'expected a UUID: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';

/** Formats of what is there. The secret is never repeated. */
function checkFormats(profile: Profile): void {
  const refuse = (key: Key, isValid: (value: string) => boolean, describe: (value: string) => string) => {
    const value = profile[key];
    if (value !== undefined && !isValid(value)) throw bareError(describe(value));
  };
  const isUuid = (value: string) => uuid.test(value);
  refuse(
    'access_key',
    (value) => /^SCW[A-Z0-9]{17}$/.test(value),
    (value) => `invalid access key format '${value}', expected SCWXXXXXXXXXXXXXXXXX format`,
  );
  refuse('secret_key', isUuid, () => `invalid secret key format, ${expectedUuid}`);
  refuse('default_organization_id', isUuid, (value) => `invalid organization ID format '${value}', ${expectedUuid}`);
  refuse('default_project_id', isUuid, (value) => `invalid project ID format '${value}', ${expectedUuid}`);
  const region = '[a-z]{2}-[a-z]{3,7}';
  refuse(
    'default_region',
    (value) => new RegExp(`^${region}$`).test(value),
    (value) => `invalid default region format '${value}', one looks like fr-par`,
  );
  refuse(
    'default_zone',
    (value) => new RegExp(`^${region}-[0-9]{1,2}$`).test(value),
    (value) => `invalid default zone format '${value}', one looks like fr-par-1`,
  );
  refuse('api_url', isHttpAddress, (value) => `invalid API url '${value}'`);
  refuse(
    'api_url',
    (value) => !value.endsWith('/'),
    (value) => `invalid API url '${value}' it should not have a trailing slash`,
  );
}

function isHttpAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
}

function isInsecure(value: string | undefined, warn: (text: string) => void): boolean {
  if (value === undefined || /^(?:0|f|F|false|FALSE|False)$/.test(value)) return false;
  if (/^(?:1|t|T|true|TRUE|True)$/.test(value)) return true;
  warn(`WARNING: SCW_INSECURE is '${value}', neither true nor false; certificates are checked.`);
  return false;
}
