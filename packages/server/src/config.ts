import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import type { QuotaFile, QuotaValue } from './context.ts';
import { parseSender, parseSmtpUrl, type Sender, type SmtpServer } from './mail/address.ts';
import { isQuotaName, quotaDefinitions } from './quotas/limits.ts';
import { addressesOf } from './storage/addresses.ts';
import { readTelemetry, type TelemetryConfig } from './telemetry/telemetry.ts';
import type { CertificateFiles } from './tls/certificate.ts';

/** How the server is set up: from flags, else from the environment, else as written here. */
export interface Config {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly data: string;
  /** `file:…` or `postgres://…` */
  readonly databaseUrl: string;
  readonly publicUrl: string | undefined;
  readonly trustedProxies: readonly string[];
  /** The files of the certificate that HTTPS is spoken with; HTTP without them. */
  readonly tls: CertificateFiles | undefined;
  readonly quotas: QuotaFile;
  /** File that says how much a server takes on, of whom. */
  readonly limits: string | undefined;
  /** File with the operator's own services, permissions and permission sets. */
  readonly catalogue: string | undefined;
  /** File that tells how the words of AuthZEN callers are read. */
  readonly authzen: string | undefined;
  /** File that tells what paths behind a gateway need. */
  readonly gateway: string | undefined;
  /** Where mail is handed over, and who it is from; without it mail is kept. */
  readonly mail: MailConfig | undefined;
  /** Fewest characters of a password. */
  readonly passwordMinimum: number;
  /** Seconds between snapshots, from which the server may start without its database; none when left out. */
  readonly snapshotEvery: number | undefined;
  /** Days after which what entries of the log say is removed; never when left out. */
  readonly logRetention: number | undefined;
  readonly logLevel: string;
  /** What is sent to a collector, from the variables of OpenTelemetry; nothing without them. */
  readonly telemetry: TelemetryConfig | undefined;
  readonly firstStart: FirstStart;
  /** In place of `<data>/server.key`. */
  readonly serverKey: string | undefined;
}

export interface MailConfig {
  readonly smtp: SmtpServer;
  readonly from: Sender;
}

/** What the first organization is made of, when the environment says. */
export interface FirstStart {
  readonly organizationId: string | undefined;
  readonly ownerEmail: string | undefined;
  readonly ownerPassword: string | undefined;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
}

/** A setting that cannot be used: a sentence that names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Every flag of `serve` and of administration; each is also read from `BAILIWICK_…`. */
export const flags = {
  host: { type: 'string', help: 'address to listen on', value: 'ADDRESS', default: '127.0.0.1' },
  port: { type: 'string', help: 'port to listen on; 0 for any free one', value: 'PORT', default: '8080' },
  data: {
    type: 'string',
    help: 'folder for the database, the server key and first-start files',
    value: 'DIR',
    default: './data',
  },
  'database-url': {
    type: 'string',
    help: 'postgres://… (several hosts with commas between) or file:…; by default a file in the data folder',
    value: 'URL',
  },
  'public-url': { type: 'string', help: 'address under which clients reach the server', value: 'URL' },
  'trusted-proxies': { type: 'string', help: 'networks whose forwarded headers are believed', value: 'CIDR,…' },
  'tls-cert': { type: 'string', help: 'certificate and its chain in PEM; then HTTPS is spoken', value: 'FILE' },
  'tls-key': { type: 'string', help: 'private key of the certificate in PEM', value: 'FILE' },
  quotas: { type: 'string', help: 'file with quotas for all or single organizations', value: 'FILE' },
  limits: { type: 'string', help: 'file with how many requests are taken, of whom', value: 'FILE' },
  catalogue: { type: 'string', help: 'file with your own services, permissions and permission sets', value: 'FILE' },
  authzen: { type: 'string', help: 'file that maps the types, actions and subjects of AuthZEN callers', value: 'FILE' },
  gateway: { type: 'string', help: 'file with what requests need that a gateway asks about', value: 'FILE' },
  'smtp-url': {
    type: 'string',
    help: 'server that sends mail: smtp://user:pass@host:port or smtps://…; without it mail is kept',
    value: 'URL',
  },
  'mail-from': {
    type: 'string',
    help: 'who mail is from: iam@example.org or Name <iam@example.org>',
    value: 'ADDRESS',
  },
  'password-minimum': {
    type: 'string',
    help: 'fewest characters of a password, from 8 to 64',
    value: 'NUMBER',
    default: '12',
  },
  'snapshot-every': {
    type: 'string',
    help: 'seconds between snapshots on disk, to start from when PostgreSQL is away; none when left out',
    value: 'SECONDS',
  },
  'log-retention': {
    type: 'string',
    help: 'days after which entries of the log are removed but for their hashes; never when left out',
    value: 'DAYS',
  },
  'log-level': {
    type: 'string',
    help: 'trace, debug, info, warn, error, fatal or silent',
    value: 'LEVEL',
    default: 'info',
  },
} as const;

type FlagName = keyof typeof flags;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Flags of single commands, with a letter that stands for the name. */
type ExtraFlags = Readonly<Record<string, { readonly type: 'string'; readonly short?: string }>>;

/**
 * Reads the settings and what is left of the words.
 *
 * @throws ConfigError
 */
export function readConfig(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  extra: ExtraFlags = {},
): {
  readonly config: Config;
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
} {
  const { values, positionals } = parseWords(words, extra);
  const setting = (name: FlagName): string | undefined =>
    values[name] ?? environment[`BAILIWICK_${name.replaceAll('-', '_').toUpperCase()}`] ?? defaultOf(name);
  const data = resolve(setting('data') ?? './data');
  const config: Config = {
    host: setting('host') ?? '',
    port: readPort(setting('port') ?? ''),
    data,
    databaseUrl: readDatabaseUrl(setting('database-url') ?? pathToFileURL(resolve(data, 'bailiwick.db')).href),
    publicUrl: readPublicUrl(setting('public-url')),
    trustedProxies: readNetworks(setting('trusted-proxies')),
    tls: readTls(setting('tls-cert'), setting('tls-key')),
    quotas: readQuotas(setting('quotas')),
    limits: setting('limits'),
    catalogue: setting('catalogue'),
    authzen: setting('authzen'),
    gateway: setting('gateway'),
    mail: readMail(setting('smtp-url'), setting('mail-from')),
    passwordMinimum: readPasswordMinimum(setting('password-minimum') ?? ''),
    snapshotEvery: readSnapshotEvery(setting('snapshot-every')),
    logRetention: readLogRetention(setting('log-retention')),
    logLevel: oneOf('log-level', setting('log-level') ?? '', logLevels),
    telemetry: readTelemetryConfig(environment),
    firstStart: readFirstStart(environment),
    serverKey: environment.BAILIWICK_SERVER_KEY,
  };
  return { config, positionals, values };
}

function parseWords(words: readonly string[], extra: ExtraFlags) {
  try {
    const options = { ...flags, ...extra };
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    // Defaults are applied after the environment, not by the parser.
    const typed = Object.keys(values).filter((name) => {
      const short = extra[name]?.short;
      return words.some(
        (word) =>
          word === `--${name}` ||
          word.startsWith(`--${name}=`) ||
          (short !== undefined && word.startsWith(`-${short}`)),
      );
    });
    const given: Readonly<Record<string, string | undefined>> = Object.fromEntries(
      typed.map((name) => [name, String(values[name as FlagName])]),
    );
    return { values: given, positionals };
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause));
  }
}

function defaultOf(name: FlagName): string | undefined {
  const flag = flags[name];
  return 'default' in flag ? flag.default : undefined;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigError(`--port takes a number from 0 to 65535, not \`${text}\``);
  return port;
}

/** Eight is the least that NIST SP 800-63B, 3.1.1.2 allows beside a second factor; 72 bytes must hold it. */
function readPasswordMinimum(text: string): number {
  const minimum = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(minimum >= 8 && minimum <= 64))
    throw new ConfigError(`--password-minimum takes a number from 8 to 64, not \`${text}\``);
  return minimum;
}

function readSnapshotEvery(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 1 && seconds <= 86_400) return seconds;
  throw new ConfigError(`--snapshot-every takes seconds from 1 to 86400, not \`${text}\``);
}

/** Servers look into what is younger than a day, when they come back to their database. */
function readLogRetention(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= 1 && days <= 36_500) return days;
  throw new ConfigError(`--log-retention takes days from 1 to 36500, not \`${text}\``);
}

function readDatabaseUrl(text: string): string {
  const isFine =
    /^(file|postgres|postgresql):/.test(text) && addressesOf(text).every((address) => URL.canParse(address));
  if (isFine) return text;
  throw new ConfigError('--database-url begins with postgres:// or file:');
}

function readPublicUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const fine = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!fine) throw new ConfigError(`--public-url takes an http or https address, not \`${text}\``);
  return text.replace(/\/+$/, '');
}

/** An address with a password in it is not repeated. */
function readMail(url: string | undefined, from: string | undefined): MailConfig | undefined {
  if (url === undefined) return undefined;
  const smtp = parseSmtpUrl(url);
  if (!smtp)
    throw new ConfigError('--smtp-url looks like smtp://user:pass@host:587 or smtps://…, with ?tls=optional at most');
  const sender = parseSender(from ?? '');
  if (!sender) throw new ConfigError('--smtp-url needs --mail-from: iam@example.org or Name <iam@example.org>');
  return { smtp, from: sender };
}

function readNetworks(text: string | undefined): readonly string[] {
  const networks = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address);
    const bits = family === 4 ? 32 : 128;
    const fine = family !== 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits));
    if (!fine) throw new ConfigError(`--trusted-proxies takes networks such as 10.0.0.0/8, not \`${network}\``);
  }
  return networks;
}

function readTls(cert: string | undefined, key: string | undefined): CertificateFiles | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) throw new ConfigError('--tls-key needs --tls-cert, the file of its certificate');
  if (key === undefined) throw new ConfigError('--tls-cert needs --tls-key, the file of its private key');
  return { cert, key };
}

/** `default` and `organizations.<id>`, each a map of quota names to numbers or `unlimited`. */
function readQuotas(path: string | undefined): QuotaFile {
  if (path === undefined) return { default: {}, organizations: {} };
  const file = readYaml(path, '--quotas');
  if (!isMap(file)) throw new ConfigError(`${path}: a map with \`default\` and \`organizations\` is expected`);
  const organizations = file.organizations ?? {};
  if (!isMap(organizations)) throw new ConfigError(`${path}: \`organizations\` must be a map by organization id`);
  return {
    default: readQuotaValues(file.default ?? {}, `${path}: default`),
    organizations: Object.fromEntries(
      Object.entries(organizations).map(([id, values]) => [
        id,
        readQuotaValues(values, `${path}: organizations.${id}`),
      ]),
    ),
  };
}

function readQuotaValues(values: unknown, where: string): Readonly<Record<string, QuotaValue>> {
  if (!isMap(values)) throw new ConfigError(`${where}: a map of quota names is expected`);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!isQuotaName(name))
        throw new ConfigError(`${where}: \`${name}\` is none of ${Object.keys(quotaDefinitions).join(', ')}`);
      return [name, readQuotaValue(value, `${where}.${name}`)];
    }),
  );
}

/**
 * A number from 0, or `unlimited`.
 *
 * @throws ConfigError
 */
export function readQuotaValue(value: unknown, where: string): QuotaValue {
  if (value === 'unlimited') return null;
  const number = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new ConfigError(`${where} takes a number from 0 or \`unlimited\``);
}

function readTelemetryConfig(environment: Readonly<Record<string, string | undefined>>): TelemetryConfig | undefined {
  try {
    return readTelemetry(environment);
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause));
  }
}

function readFirstStart(environment: Readonly<Record<string, string | undefined>>): FirstStart {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  const read = (name: string, form: { test(text: string): boolean }, example: string) => {
    const value = environment[name];
    // A secret in the wrong form is not repeated.
    if (value !== undefined && !form.test(value)) throw new ConfigError(`${name} must look like ${example}`);
    return value;
  };
  const password = { test: (text: string) => text !== '' && Buffer.byteLength(text) <= 72 };
  return {
    organizationId: read('BAILIWICK_ORGANIZATION_ID', uuid, 'a UUID in lower case'),
    ownerEmail: read('BAILIWICK_OWNER_EMAIL', /^[^\s@]+@[^\s@]+$/, 'name@example.org'),
    ownerPassword: read('BAILIWICK_OWNER_PASSWORD', password, '1 to 72 bytes'),
    accessKey: read('BAILIWICK_ACCESS_KEY', /^SCW[A-Z0-9]{17}$/, 'SCW and 17 capitals or digits'),
    secretKey: read('BAILIWICK_SECRET_KEY', uuid, 'a UUID in lower case'),
  };
}

function readFile(path: string, flag: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${flag} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function readYaml(path: string, flag: string): unknown {
  return yamlOf(readFile(path, flag), path);
}

/** What a text says that stands in a file. @throws ConfigError that names the file and the line */
export function yamlOf(text: string, path: string): unknown {
  try {
    return parseYaml(text);
  } catch (cause) {
    // The sentence ends where the excerpt of the file begins.
    const [sentence = ''] = (cause instanceof Error ? cause.message : String(cause)).split(/:?\n/);
    throw new ConfigError(`${path}: ${sentence}`);
  }
}

function oneOf(name: FlagName, value: string, values: readonly string[]): string {
  if (values.includes(value)) return value;
  throw new ConfigError(`--${name} takes one of ${values.join(', ')}, not \`${value}\``);
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
