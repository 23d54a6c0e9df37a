import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, ConfigError, flags, readConfig } from '../src/config.ts';
import { readServerKeys } from '../src/server-keys/server-keys.ts';

const read = (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Config =>
  readConfig(words, environment).config;

/** The sentence of a setting that is refused. */
function refusal(words: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  try {
    readConfig(words, environment);
  } catch (failure) {
    if (failure instanceof ConfigError) return failure.message;
    throw failure;
  }
  throw new Error(`${words.join(' ')} is accepted`);
}

const variable = (flag: string) => `BAILIWICK_${flag.replaceAll('-', '_').toUpperCase()}`;

describe('settings', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bailiwick-config-'));
    writeFileSync(join(folder, 'quotas.yaml'), 'default:\n  iam_users: 7\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('without any word have their defaults', () => {
    expect(read([])).toEqual({
      host: '127.0.0.1',
      port: 8080,
      data: resolve('data'),
      databaseUrl: pathToFileURL(resolve('data', 'bailiwick.db')).href,
      publicUrl: undefined,
      trustedProxies: [],
      tls: undefined,
      quotas: { default: {}, organizations: {} },
      limits: undefined,
      catalogue: undefined,
      authzen: undefined,
      gateway: undefined,
      mail: undefined,
      passwordMinimum: 12,
      snapshotEvery: undefined,
      logRetention: undefined,
      logLevel: 'info',
      telemetry: undefined,
      firstStart: {
        organizationId: undefined,
        ownerEmail: undefined,
        ownerPassword: undefined,
        accessKey: undefined,
        secretKey: undefined,
      },
      serverKey: undefined,
    });
  });

  /** Each flag with a value, another value, and what the first becomes. */
  const values = (): Readonly<Record<keyof typeof flags, readonly [string, string, Partial<Config>]>> => ({
    host: ['0.0.0.0', '::1', { host: '0.0.0.0' }],
    port: ['0', '65535', { port: 0 }],
    data: [
      join(folder, 'a b'),
      folder,
      { data: join(folder, 'a b'), databaseUrl: pathToFileURL(join(folder, 'a b', 'bailiwick.db')).href },
    ],
    'database-url': [
      'postgres://db.example.org/iam',
      'file:///var/iam.db',
      { databaseUrl: 'postgres://db.example.org/iam' },
    ],
    catalogue: ['wiki.yaml', 'other.yaml', { catalogue: 'wiki.yaml' }],
    'public-url': ['https://iam.example.org//', 'http://127.0.0.1:1', { publicUrl: 'https://iam.example.org' }],
    'trusted-proxies': [
      '10.0.0.0/8, 192.0.2.1,::1/128',
      '127.0.0.1',
      { trustedProxies: ['10.0.0.0/8', '192.0.2.1', '::1/128'] },
    ],
    'tls-cert': ['iam.crt', '/nowhere', { tls: { cert: 'iam.crt', key: 'iam.key' } }],
    'tls-key': ['iam.key', '/nowhere', { tls: { cert: 'iam.crt', key: 'iam.key' } }],
    quotas: [join(folder, 'quotas.yaml'), '/nowhere', { quotas: { default: { iam_users: 7 }, organizations: {} } }],
    limits: ['limits.yaml', '/nowhere', { limits: 'limits.yaml' }],
    authzen: ['mapping.yaml', '/nowhere', { authzen: 'mapping.yaml' }],
    gateway: ['gateway.yaml', '/nowhere', { gateway: 'gateway.yaml' }],
    'smtp-url': ['smtps://ada:p%40ss@mail.example.org', 'smtp://localhost', { mail: { smtp, from } }],
    'mail-from': ['Ada <ada@example.org>', 'eve@example.org', { mail: { smtp, from } }],
    'password-minimum': ['8', '64', { passwordMinimum: 8 }],
    'log-retention': ['1', '36500', { logRetention: 1 }],
    'snapshot-every': ['30', '86400', { snapshotEvery: 30 }],
    'log-level': ['silent', 'trace', { logLevel: 'silent' }],
  });
  const smtp = {
    host: 'mail.example.org',
    port: 465,
    secure: true,
    mayBePlain: false,
    user: 'ada',
    password: 'p@ss',
  };
  const from = { name: 'Ada', address: 'ada@example.org' };
  /** Flags that are nothing without another. */
  const companions: Partial<Readonly<Record<keyof typeof flags, readonly string[]>>> = {
    'smtp-url': ['--mail-from', 'Ada <ada@example.org>'],
    'tls-cert': ['--tls-key', 'iam.key'],
    'tls-key': ['--tls-cert', 'iam.crt'],
    'mail-from': ['--smtp-url', 'smtps://ada:p%40ss@mail.example.org'],
  };
  for (const flag of Object.keys(flags) as (keyof typeof flags)[]) {
    it(`--${flag} is read as one word or two and from ${variable(flag)}, the flag first`, () => {
      const [value, other, expected] = values()[flag];
      const beside = companions[flag] ?? [];
      expect(read([`--${flag}`, value, ...beside])).toMatchObject(expected);
      expect(read([`--${flag}=${value}`, ...beside])).toMatchObject(expected);
      expect(read(beside, { [variable(flag)]: value })).toMatchObject(expected);
      expect(read([`--${flag}`, value, ...beside], { [variable(flag)]: other })).toMatchObject(expected);
    });
  }

  it('a flag with the default value wins over the environment too', () => {
    expect(read(['--port', '8080', '--host=127.0.0.1'], { BAILIWICK_PORT: '1', BAILIWICK_HOST: '::' })).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
    });
  });

  it('a relative data folder is one below the current folder', () => {
    expect(read(['--data', 'some/where']).data).toBe(resolve('some/where'));
  });

  it('words that are no flags are left for the command, flags of the command beside them', () => {
    const extra = { name: { type: 'string' } } as const;
    const { positionals, values } = readConfig(['organization', '--name', 'acme', 'create'], {}, extra);
    expect([positionals, values]).toEqual([['organization', 'create'], { name: 'acme' }]);
  });

  const logLevels = 'trace, debug, info, warn, error, fatal, silent';
  const smtpForm = '--smtp-url looks like smtp://user:pass@host:587 or smtps://…, with ?tls=optional at most';
  const senderForm = '--smtp-url needs --mail-from: iam@example.org or Name <iam@example.org>';
  const refused: readonly (readonly [keyof typeof flags, string, string])[] = [
    ['port', '65536', '--port takes a number from 0 to 65535, not `65536`'],
    ['port', '-1', '--port takes a number from 0 to 65535, not `-1`'],
    ['port', '80a', '--port takes a number from 0 to 65535, not `80a`'],
    ['port', '', '--port takes a number from 0 to 65535, not ``'],
    ['port', '0x50', '--port takes a number from 0 to 65535, not `0x50`'],
    ['database-url', 'mysql://ada:secret@db/iam', '--database-url begins with postgres:// or file:'],
    ['database-url', './bailiwick.db', '--database-url begins with postgres:// or file:'],
    ['public-url', 'iam.example.org', '--public-url takes an http or https address, not `iam.example.org`'],
    ['public-url', 'ftp://iam.example.org', '--public-url takes an http or https address, not `ftp://iam.example.org`'],
    ['trusted-proxies', '10.0.0.0/33', '--trusted-proxies takes networks such as 10.0.0.0/8, not `10.0.0.0/33`'],
    ['trusted-proxies', '::/129', '--trusted-proxies takes networks such as 10.0.0.0/8, not `::/129`'],
    ['trusted-proxies', '127.0.0.1,proxy', '--trusted-proxies takes networks such as 10.0.0.0/8, not `proxy`'],
    ['trusted-proxies', '10.0.0.0/', '--trusted-proxies takes networks such as 10.0.0.0/8, not `10.0.0.0/`'],
    ['tls-cert', 'iam.crt', '--tls-cert needs --tls-key, the file of its private key'],
    ['tls-key', 'iam.key', '--tls-key needs --tls-cert, the file of its certificate'],
    ['password-minimum', '7', '--password-minimum takes a number from 8 to 64, not `7`'],
    ['password-minimum', '65', '--password-minimum takes a number from 8 to 64, not `65`'],
    ['password-minimum', 'many', '--password-minimum takes a number from 8 to 64, not `many`'],
    ['smtp-url', 'http://ada:secret@mail.example.org', smtpForm],
    ['smtp-url', 'mail.example.org', smtpForm],
    ['smtp-url', 'smtp://', smtpForm],
    ['smtp-url', 'smtp://mail.example.org/inbox', smtpForm],
    ['smtp-url', 'smtp://mail.example.org?tls=never', smtpForm],
    ['smtp-url', 'smtp://mail.example.org?rejectUnauthorized=false', smtpForm],
    ['smtp-url', 'smtp://ada:%zz@mail.example.org', smtpForm],
    ['smtp-url', 'smtp://mail.example.org', senderForm],
    ['log-retention', '0', '--log-retention takes days from 1 to 36500, not `0`'],
    ['log-retention', '1.5', '--log-retention takes days from 1 to 36500, not `1.5`'],
    ['log-level', 'loud', `--log-level takes one of ${logLevels}, not \`loud\``],
    ['log-level', 'INFO', `--log-level takes one of ${logLevels}, not \`INFO\``],
    ['quotas', '/nowhere', "--quotas cannot be read: ENOENT: no such file or directory, open '/nowhere'"],
  ];
  for (const [flag, value, sentence] of refused) {
    it(`--${flag} ${JSON.stringify(value)} is refused, also in the environment`, () => {
      expect(refusal([`--${flag}=${value}`])).toBe(sentence);
      expect(refusal([], { [variable(flag)]: value })).toBe(sentence);
    });
  }

  it('an unknown flag, and a flag without its value, are refused by name', () => {
    expect(refusal(['--prot', '80'])).toContain("'--prot'");
    expect(refusal(['--port'])).toContain("'--port <value>'");
    expect(refusal(['--port', '--host', '::1'])).toContain("'--port'");
  });

  describe('of the first start', () => {
    const id = '6f0c0000-0000-4000-8000-000000000001';
    const longest = '\u{1f511}'.repeat(18);

    it('are taken from the environment as they are', () => {
      const environment = {
        BAILIWICK_ORGANIZATION_ID: id,
        BAILIWICK_OWNER_EMAIL: 'ada@example.org',
        BAILIWICK_OWNER_PASSWORD: longest,
        BAILIWICK_ACCESS_KEY: 'SCWABCDEFGHIJ0123456',
        BAILIWICK_SECRET_KEY: id,
        BAILIWICK_SERVER_KEY: 'anything',
      };
      const { firstStart, serverKey } = read([], environment);
      expect([firstStart, serverKey]).toEqual([
        {
          organizationId: id,
          ownerEmail: 'ada@example.org',
          ownerPassword: longest,
          accessKey: 'SCWABCDEFGHIJ0123456',
          secretKey: id,
        },
        'anything',
      ]);
    });

    const uuid = 'a UUID in lower case';
    const wrong: readonly (readonly [string, string, string])[] = [
      ['BAILIWICK_ORGANIZATION_ID', id.toUpperCase(), uuid],
      ['BAILIWICK_ORGANIZATION_ID', '', uuid],
      ['BAILIWICK_OWNER_EMAIL', 'ada', 'name@example.org'],
      ['BAILIWICK_OWNER_EMAIL', 'ada @example.org', 'name@example.org'],
      ['BAILIWICK_OWNER_PASSWORD', '', '1 to 72 bytes'],
      ['BAILIWICK_OWNER_PASSWORD', `${longest}p`, '1 to 72 bytes'],
      ['BAILIWICK_ACCESS_KEY', 'SCWABCDEFGHIJ012345', 'SCW and 17 capitals or digits'],
      ['BAILIWICK_ACCESS_KEY', 'ABCABCDEFGHIJ0123456', 'SCW and 17 capitals or digits'],
      ['BAILIWICK_SECRET_KEY', 'not-a-uuid-but-secret', uuid],
    ];
    for (const [name, value, form] of wrong) {
      it(`${name} is refused as ${JSON.stringify(value)}, in a sentence that does not repeat it`, () => {
        expect(refusal([], { [name]: value })).toBe(`${name} must look like ${form}`);
      });
    }

    it('need a server key of 32 bytes', () => {
      const key = Buffer.alloc(32, 5).toString('base64');
      expect(readServerKeys({ data: folder, serverKey: key })).toEqual([{ id: null, bytes: Buffer.alloc(32, 5) }]);
      for (const serverKey of ['', 'c2hvcnQ=', Buffer.alloc(33).toString('base64'), `a:b:${key}`, `${key} x`])
        expect(() => readServerKeys({ data: folder, serverKey })).toThrow(
          new ConfigError('BAILIWICK_SERVER_KEY must hold 32 bytes in base64, or several such keys as ID:BASE64'),
        );
      writeFileSync(join(folder, 'server.key'), 'c2hvcnQ=\n');
      expect(() => readServerKeys({ data: folder, serverKey: undefined })).toThrow(
        new ConfigError(
          `${join(folder, 'server.key')} must hold 32 bytes in base64, or several such keys as ID:BASE64`,
        ),
      );
    });
  });

  describe('of quotas', () => {
    const id = '6f0c0000-0000-4000-8000-000000000001';
    const file = () => join(folder, 'own.yaml');
    const readFile = (text: string): Config['quotas'] => {
      writeFileSync(file(), text);
      return read(['--quotas', file()]).quotas;
    };

    it('stand in a file, for all organizations and for single ones', () => {
      const text = `default: { iam_users: 500, iam_groups: unlimited }\norganizations:\n  ${id}: { account_projects: 0 }\n`;
      expect(readFile(text)).toEqual({
        default: { iam_users: 500, iam_groups: null },
        organizations: { [id]: { account_projects: 0 } },
      });
      expect(readFile('{}')).toEqual({ default: {}, organizations: {} });
      expect(readFile('{"default": {"iam_users": "12"}}').default).toEqual({ iam_users: 12 });
    });

    const names = 'iam_users, iam_applications, iam_groups, iam_policies, iam_api_keys, iam_ssh_keys, account_projects';
    const wrong: readonly (readonly [string, string])[] = [
      ['', 'a map with `default` and `organizations` is expected'],
      ['- iam_users', 'a map with `default` and `organizations` is expected'],
      ['default: 5', 'default: a map of quota names is expected'],
      ['organizations: []', '`organizations` must be a map by organization id'],
      [`organizations: { ${id}: 5 }`, `organizations.${id}: a map of quota names is expected`],
      ['default: { users: 5 }', `default: \`users\` is none of ${names}`],
      ['default: { toString: 5 }', `default: \`toString\` is none of ${names}`],
      ['default: { iam_users: -1 }', 'default.iam_users takes a number from 0 or `unlimited`'],
      ['default: { iam_users: 1.5 }', 'default.iam_users takes a number from 0 or `unlimited`'],
      ['default: { iam_users: many }', 'default.iam_users takes a number from 0 or `unlimited`'],
      ['default: { iam_users: null }', 'default.iam_users takes a number from 0 or `unlimited`'],
      [
        `organizations: { ${id}: { iam_users: [] } }`,
        `organizations.${id}.iam_users takes a number from 0 or \`unlimited\``,
      ],
    ];
    for (const [text, sentence] of wrong) {
      it(`${JSON.stringify(text)} is refused with its place in the file`, () => {
        expect(() => readFile(text)).toThrow(new ConfigError(`${file()}: ${sentence}`));
      });
    }

    it('a file that is no YAML is refused with the line', () => {
      writeFileSync(file(), 'default:\n  iam_users: [5\n');
      expect(refusal(['--quotas', file()])).toMatch(/^.*own\.yaml: .* at line 3, column 1/);
    });
  });
});
