import { join } from 'node:path';
import { bareError, CommandError } from '../command-error.ts';
import {
  activeProfile,
  type ConfigurationFile,
  mergedSettings,
  ownSettings,
  readConfigurationFile,
  rootProfile,
  warnOfReaders,
} from './configuration-file.ts';
import { checkFormats, type Key, keys, readSwitch, type Settings, variables } from './settings.ts';

/** Everything a call needs to know about where and as whom. Checked. */
export interface Configuration {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of somebody who has just signed in; it goes in place of the secret key. */
  readonly sessionToken?: string | null;
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

/** A value and what it was taken from, as `scw info` tells it; empty where it was taken from nowhere. */
export interface Setting {
  readonly value: string;
  readonly origin: string;
}

/** The file and the profile that a line is about. */
export interface Place {
  /** Null when not even a home folder is known. */
  readonly file: ConfigurationFile | null;
  readonly fileOrigin: string;
  /** Its name; the profile need not be there. */
  readonly profile: string;
  readonly profileOrigin: string;
}

/** All settings in force. */
export interface SettingsInForce {
  readonly place: Place;
  /** What the file says, the profile laid over its root. */
  readonly fromFile: Settings;
  readonly settings: { readonly [K in Key]?: Setting };
}

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
 * Finds the file and the profile, and reads the file.
 *
 * @throws CommandError when it is no such file
 */
export async function readPlace(source: ConfigurationSource): Promise<Place> {
  const path = configurationPath(source);
  const file = path === null ? null : await readConfigurationFile(path);
  if (file !== null) warnOfReaders(file, source.warn);
  const { env, config } = source;
  const fileOrigin = config ? 'flag --config/-c' : env.SCW_CONFIG_PATH ? 'env (SCW_CONFIG_PATH)' : 'default';
  const active = file === null ? null : activeProfile(file);
  const [profile, profileOrigin] = source.profile
    ? [source.profile, 'flag --profile/-p']
    : env.SCW_PROFILE
      ? [env.SCW_PROFILE, 'env (SCW_PROFILE)']
      : active
        ? [active, 'active_profile in config file']
        : [rootProfile, 'default'];
  return { file, fileOrigin, profile, profileOrigin };
}

/**
 * All settings with their origin, nothing checked: the environment beats the chosen profile, which beats the root of
 * the file (docs/cli.md).
 *
 * @throws CommandError when the file or the profile cannot be read
 */
export async function readSettings(source: ConfigurationSource): Promise<SettingsInForce> {
  const place = await readPlace(source);
  const file = place.file ?? { path: '', isThere: false, content: {} };
  const fromFile = mergedSettings(file, place.profile);
  const own = ownSettings(file, place.profile) ?? {};
  const settings: { [K in Key]?: Setting } = {};
  for (const key of keys) {
    const variable = variables[key];
    // A variable that is set but empty counts as set.
    const fromEnvironment = variable === undefined ? undefined : source.env[variable];
    const value = fromEnvironment ?? fromFile[key];
    if (value === undefined) continue;
    const inProfile = place.profile !== rootProfile && own[key] !== undefined;
    const origin =
      fromEnvironment !== undefined
        ? `env (${variable})`
        : inProfile
          ? `profile (${place.profile})`
          : 'default profile';
    settings[key] = { value, origin };
  }
  return { place, fromFile, settings };
}

/** Values alone. */
export function valuesOf(settings: SettingsInForce['settings']): Settings {
  return Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
}

/**
 * Reads and checks the configuration.
 *
 * @throws CommandError
 */
export async function readConfiguration(source: ConfigurationSource): Promise<Configuration> {
  const { fromFile, settings, place } = await readSettings(source);
  // A file that is wrong by itself is refused even where the environment would mend it.
  checkPair(fromFile);
  checkFormats(fromFile);
  return checkedConfiguration(valuesOf(settings), place.file?.path ?? null, source.warn);
}

/**
 * A configuration from settings that must be complete.
 *
 * @param path where what is missing should be added
 * @throws CommandError
 */
export function checkedConfiguration(
  settings: Settings,
  path: string | null,
  warn: (text: string) => void,
): Configuration {
  checkCredentials(settings, path);
  checkFormats(settings);
  return {
    accessKey: settings.access_key!,
    secretKey: settings.secret_key!,
    apiUrl: settings.api_url!,
    organization: settings.default_organization_id!,
    project: settings.default_project_id ?? null,
    insecure: isInsecure(settings.insecure, warn),
    userAgent: settings.user_agent ?? null,
  };
}

/** @throws CommandError for a secret key without its access key */
export function checkPair({ access_key, secret_key }: Settings): void {
  if (secret_key !== undefined && access_key === undefined) throw bareError('access key cannot be empty');
}

function checkCredentials(settings: Settings, path: string | null): void {
  const help = (variable: string, key: Key) => ({
    details: `Give it as ${variable}, or as ${key} in ${path ?? 'a configuration file named by SCW_CONFIG_PATH'}.`,
    hint: 'The first start of `bailiwick serve` prints a line `export SCW_CONFIG_PATH=…` that sets all of it.',
  });
  if (settings.access_key === undefined && settings.secret_key === undefined) {
    throw new CommandError('no credentials provided', help('SCW_ACCESS_KEY and SCW_SECRET_KEY', 'access_key'));
  }
  if (settings.secret_key === undefined)
    throw new CommandError('secret key is required', help('SCW_SECRET_KEY', 'secret_key'));
  if (!settings.access_key) throw bareError('access key cannot be empty');
  if (settings.default_organization_id === undefined) {
    throw new CommandError(
      'organization ID is required',
      help('SCW_DEFAULT_ORGANIZATION_ID', 'default_organization_id'),
    );
  }
  if (settings.api_url === undefined) {
    throw new CommandError('no API address is configured', help('SCW_API_URL', 'api_url'));
  }
}

/** Whether certificates are not checked, as the setting says. */
export function isInsecure(value: string | undefined, warn: (text: string) => void): boolean {
  if (value === undefined) return false;
  const decided = readSwitch(value);
  if (decided === null) warn(`WARNING: SCW_INSECURE is '${value}', neither true nor false; certificates are checked.`);
  return decided ?? false;
}
