import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { readDatabase } from './support/database.ts';
import { callApi, type Json, runScw, type ServerProcess } from './support/server-process.ts';

const bailiwick = join(import.meta.dirname, '../packages/server/bin/bailiwick.js');
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** A link of a server at this address, that signs in once. */
const link = (url: string) => new RegExp(`^${RegExp.escape(url)}/auth/sign-in\\?attempt=bwsi_[\\w-]+&code=\\d{6}&`);
const listening = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/m;

/** A process of the server, with nothing of ours in its environment. */
interface Start {
  /** Both streams to the end, which comes by itself or by the signal. */
  end(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  /** The address, as soon as it listens. */
  readonly url: Promise<string>;
  readonly child: ChildProcess;
}

function begin(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Start {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [bailiwick, ...words], {
    env: { PATH, HOME: '/nonexistent', ...environment } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const found = listening.exec(out)?.[1];
      if (found !== undefined) resolve(found);
    });
    void closed.then((code) => reject(new Error(`it ended with ${code}: ${err}`)));
  });
  // Who never asks for the address does not mind that there is none.
  url.catch(() => {});
  const end: Start['end'] = async (signal) => {
    if (signal !== undefined) child.kill(signal);
    return { code: await closed, out, err };
  };
  return { end, url, child };
}

for (const database of databases()) {
  describe(`starting on ${database.name}`, () => {
    let created: TestDatabase;
    let folder: string;
    let data: string;
    const started: Start[] = [];

    beforeEach(async () => {
      created = await database.create();
      folder = mkdtempSync(join(tmpdir(), 'bailiwick-start-'));
      data = join(folder, 'data');
    });
    afterEach(async () => {
      for (const { child, end } of started.splice(0)) if (child.exitCode === null) await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      await created.drop();
    });

    const serve = (words: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Start => {
      const flags = ['serve', '--data', data, '--database-url', created.url, '--port', '0', ...words];
      const start = begin(flags, environment);
      started.push(start);
      return start;
    };
    const read = (file: string) => readFileSync(join(data, file), 'utf8');
    const modeOf = (file: string) => statSync(join(data, file)).mode & 0o777;
    /** What first-start.txt tells, by name. */
    const note = (): Readonly<Record<string, string>> =>
      Object.fromEntries(
        read('first-start.txt')
          .trim()
          .split('\n')
          .map((line) => line.split(/ {2,}/)),
      );
    const announced = () =>
      `export SCW_CONFIG_PATH=${join(data, 'scw.yaml')}\nthe owner's password and keys are in ${join(data, 'first-start.txt')}\n`;
    const owned = async (url: string, secretKey: string): Promise<Json> => {
      const { status, body } = await callApi({ url, secretKey }, 'GET', '/iam/v1alpha1/users?type=owner');
      expect(status).toBe(200);
      return body.users[0];
    };

    it('a first start makes everything that is needed, says where it is and then that it listens, and no secret', async () => {
      const start = serve();
      const url = await start.url;
      const told = note();
      const settings = parse(read('scw.yaml'));
      expect(told).toEqual({
        'sign in once': expect.stringMatching(link(url)),
        organization: expect.stringMatching(uuid),
        owner: 'owner@bailiwick.internal',
        password: expect.stringMatching(/^[\w-]{24}$/),
        'access key': expect.stringMatching(/^SCW[0-9A-HJKMNP-TV-Z]{17}$/),
        'secret key': expect.stringMatching(uuid),
      });
      expect(settings).toEqual({
        api_url: url,
        access_key: told['access key'],
        secret_key: told['secret key'],
        default_organization_id: told.organization,
        default_project_id: told.organization,
      });
      expect(Buffer.from(read('server.key'), 'base64')).toHaveLength(32);
      for (const file of ['scw.yaml', 'first-start.txt', 'server.key']) expect(modeOf(file), file).toBe(0o600);
      expect(statSync(data).mode & 0o777).toBe(0o700);
      expect(readdirSync(data).toSorted()).toEqual(['first-start.txt', 'scw.yaml', 'server.key']);

      const owner = await owned(url, settings.secret_key);
      expect([owner.email, owner.username, owner.organization_id]).toEqual([told.owner, told.owner, told.organization]);
      const { password_hash: hash } = await readDatabase(
        created.url,
        async (rows) => (await rows('select * from users'))[0],
      );
      expect(await verify(hash, told.password ?? '')).toBe(true);
      const server = { url, secretKey: settings.secret_key };
      const groups = await callApi(server, 'GET', '/iam/v1alpha1/groups?order_by=name_asc');
      expect(groups.body.groups.map(({ name }: Json) => name)).toEqual([
        'Administrators',
        'All Applications',
        'All Users',
        'Billing Administrators',
        'Editors',
      ]);
      const projects = await callApi(server, 'GET', '/account/v3/projects');
      expect(projects.body.projects.map(({ id, name }: Json) => [id, name])).toEqual([[told.organization, 'default']]);

      const { code, out, err } = await start.end('SIGTERM');
      expect([code, out]).toEqual([0, `${announced()}listening on ${url}\n`]);
      for (const line of err.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
      const [token, digits] = /attempt=([\w-]+)&code=(\d+)/.exec(told['sign in once'] ?? '')?.slice(1) ?? [];
      expect(digits).toMatch(/^\d{6}$/);
      const secrets = [token, told.password, told['access key'], told['secret key'], read('server.key').trim(), hash];
      for (const secret of secrets) expect(out + err).not.toContain(secret);
    });

    it('the configuration of the first start is all that our command line needs', async () => {
      const start = serve();
      const url = await start.url;
      const server = { url, data, configuration: join(data, 'scw.yaml') } as ServerProcess;
      const { code, stdout, stderr } = await runScw(server, ['iam', 'user', 'list', '-o', 'json']);
      expect([code, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout).map(({ email }: Json) => email)).toEqual(['owner@bailiwick.internal']);
    });

    it('a second start says only that it listens and keeps everything; the configuration follows the address', async () => {
      const first = serve();
      const before = await first.url;
      await first.end('SIGTERM');
      const [settings, told, key] = [parse(read('scw.yaml')), read('first-start.txt'), read('server.key')];
      const start = serve([], {
        BAILIWICK_SECRET_KEY: '6f0c0000-0000-4000-8000-000000000001',
        BAILIWICK_OWNER_EMAIL: 'ada@example.org',
      });
      const url = await start.url;
      expect(parse(read('scw.yaml'))).toEqual({ ...settings, api_url: url });
      expect([read('first-start.txt'), read('server.key')]).toEqual([told.replace(before, url), key]);
      expect(settings.api_url).toBe(before);
      for (const file of ['scw.yaml', 'first-start.txt', 'server.key']) expect(modeOf(file), file).toBe(0o600);
      expect((await owned(url, settings.secret_key)).organization_id).toBe(settings.default_organization_id);
      expect(await start.end('SIGTERM')).toMatchObject({ code: 0, out: `listening on ${url}\n` });
    });

    it('values of the environment are used as they are, and not told', async () => {
      const given = {
        BAILIWICK_ORGANIZATION_ID: '6f0c0000-0000-4000-8000-00000000abcd',
        BAILIWICK_OWNER_EMAIL: 'ada@example.org',
        BAILIWICK_OWNER_PASSWORD: 'correct horse battery',
        BAILIWICK_ACCESS_KEY: 'SCWABCDEFGHIJ0123456',
        BAILIWICK_SECRET_KEY: '6f0c0000-0000-1000-8000-00000000cafe',
      };
      const start = serve([], given);
      const url = await start.url;
      expect(note()).toEqual({
        'sign in once': expect.stringMatching(link(url)),
        organization: given.BAILIWICK_ORGANIZATION_ID,
        owner: given.BAILIWICK_OWNER_EMAIL,
        'access key': given.BAILIWICK_ACCESS_KEY,
        'secret key': given.BAILIWICK_SECRET_KEY,
      });
      const owner = await owned(url, given.BAILIWICK_SECRET_KEY);
      expect([owner.email, owner.organization_id]).toEqual(['ada@example.org', given.BAILIWICK_ORGANIZATION_ID]);
      const { body } = await callApi({ url, secretKey: given.BAILIWICK_SECRET_KEY }, 'GET', '/iam/v1alpha1/api-keys');
      expect(body.api_keys.map(({ access_key }: Json) => access_key)).toEqual([given.BAILIWICK_ACCESS_KEY]);
      const { password_hash: hash } = await readDatabase(
        created.url,
        async (rows) => (await rows('select * from users'))[0],
      );
      expect(await verify(hash, given.BAILIWICK_OWNER_PASSWORD)).toBe(true);
      const { code, out, err } = await start.end('SIGINT');
      expect([code, out]).toEqual([0, `${announced()}listening on ${url}\n`]);
      for (const secret of [given.BAILIWICK_OWNER_PASSWORD, given.BAILIWICK_SECRET_KEY])
        expect(out + err + read('first-start.txt').replace(given.BAILIWICK_SECRET_KEY, '')).not.toContain(secret);
    });

    it('every setting may stand in the environment, the server key too, which is then in no file', async () => {
      const environment = {
        BAILIWICK_DATA: data,
        BAILIWICK_DATABASE_URL: created.url,
        BAILIWICK_PORT: '0',
        BAILIWICK_HOST: '127.0.0.1',
        BAILIWICK_PUBLIC_URL: 'https://iam.example.org',
        BAILIWICK_LOG_LEVEL: 'silent',
        BAILIWICK_QUOTAS: join(folder, 'quotas.yaml'),
        BAILIWICK_SERVER_KEY: Buffer.alloc(32, 3).toString('base64'),
      };
      writeFileSync(environment.BAILIWICK_QUOTAS, 'default: { iam_users: 3 }\n');
      const start = begin([], environment);
      started.push(start);
      const url = await start.url;
      const { secret_key: secretKey, default_organization_id: id } = parse(read('scw.yaml'));
      const quota = await callApi({ url, secretKey }, 'GET', `/iam/v1alpha1/quota/iam_users?organization_id=${id}`);
      expect(quota.body.limit).toBe(3);
      const document = await callApi({ url, secretKey }, 'GET', '/openapi.json');
      expect(document.body.servers[0].url).toBe('https://iam.example.org');
      expect(note()['sign in once']).toMatch(link('https://iam.example.org'));
      expect(existsSync(join(data, 'server.key'))).toBe(false);
      expect(await start.end('SIGTERM')).toEqual({ code: 0, out: `${announced()}listening on ${url}\n`, err: '' });
    });

    it('a first start that finds its port taken ends, and the next one goes on from there', async () => {
      const other: Server = createServer();
      const port = await new Promise<number>((resolve) => {
        other.listen(0, '127.0.0.1', () => {
          const address = other.address();
          resolve(typeof address === 'object' && address !== null ? address.port : 0);
        });
      });
      const { code, out, err } = await serve(['--log-level', 'silent', '--port', String(port)]).end();
      expect([code, out, err]).toEqual([
        1,
        announced(),
        `bailiwick: port ${port} of 127.0.0.1 is in use by another program; choose one with --port\n`,
      ]);
      const { 'secret key': secretKey = '' } = note();
      await new Promise((resolve) => other.close(resolve));
      const start = serve(['--port', String(port)]);
      expect(await start.url).toBe(`http://127.0.0.1:${port}`);
      await owned(await start.url, secretKey);
      expect(await start.end('SIGTERM')).toMatchObject({ code: 0, out: `listening on http://127.0.0.1:${port}\n` });
    });

    it('a start that cannot be says why in one sentence on standard error, and nothing else', async () => {
      const first = serve();
      await first.url;
      await first.end('SIGTERM');
      const refused = async (words: readonly string[], sentence: string) =>
        expect(await serve(words).end()).toEqual({ code: 1, out: '', err: `bailiwick: ${sentence}\n` });
      await refused(['--port', '70000'], '--port takes a number from 0 to 65535, not `70000`');
      await refused(['nonsense'], 'unknown command `serve nonsense`; `bailiwick --help` lists them');
      writeFileSync(join(data, 'server.key'), Buffer.alloc(32, 9).toString('base64'));
      const key =
        'the server key is not the one this database was made with; put the right server.key into the data folder';
      await refused([], key);
      writeFileSync(join(data, 'server.key'), 'short');
      await refused([], `${join(data, 'server.key')} must hold 32 bytes in base64, or several such keys as ID:BASE64`);
    });
  });
}
