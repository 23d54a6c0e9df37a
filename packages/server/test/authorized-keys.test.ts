import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printAuthorizedKeys } from '../src/authorized-keys/command.ts';

const project = '0c0ffee0-0000-4000-8000-00000000000b';
const keyId = '0c0ffee0-0000-4000-8000-000000000001';
const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIE5b5n1O0Q5OZtXvGf3cT4Qx0eG6XoJ5Q6m0m0m0m0m0';
const row = { id: keyId, public_key: `ssh-ed25519 ${blob}`, disabled: false, project_id: project };
const line = `ssh-ed25519 ${blob} ${keyId}`;
const start = Date.UTC(2026, 0, 31);
const day = 86_400_000;

type Reply = (request: IncomingMessage, response: ServerResponse) => void;
const rows =
  (...all: readonly object[]): Reply =>
  (_request, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ ssh_keys: all, total_count: all.length }));
const status =
  (code: number): Reply =>
  (_request, response) =>
    response.writeHead(code).end('{}');

let folder: string;
let reply: Reply;
let requests: IncomingMessage[];
const server = createServer((request, response) => {
  requests.push(request);
  reply(request, response);
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'authorized-keys-'));
  requests = [];
  reply = rows(row);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, 'config.yaml'), `api_url: http://127.0.0.1:${port}\nsecret_key: the-secret\n`);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function ask(more: readonly string[] = [], now = start) {
  const [out, errors]: [string[], string[]] = [[], []];
  const console = { out: (text: string) => void out.push(text), error: (text: string) => void errors.push(text) };
  const words = ['--project-id', project, '--config', join(folder, 'config.yaml'), '--cache', join(folder, 'cache')];
  const code = await printAuthorizedKeys([...words, ...more], now, console);
  return { code, out, errors: errors.join('\n') };
}

describe('keys for sshd', () => {
  it('are the enabled ones of the project, a line each with the id as its comment', async () => {
    expect(await ask()).toEqual({ code: 0, out: [line], errors: '' });
    const url = new URL(requests[0]!.url!, 'http://x');
    expect([url.pathname, Object.fromEntries(url.searchParams)]).toEqual([
      '/iam/v1alpha1/ssh-keys',
      { project_id: project, disabled: 'false', order_by: 'created_at_asc', page: '1', page_size: '100' },
    ]);
    expect(requests[0]!.headers['x-auth-token']).toBe('the-secret');
  });

  it('come from all pages', async () => {
    reply = (request, response) => {
      const page = new URL(request.url!, 'http://x').searchParams.get('page');
      rows(...(page === '1' ? Array.from({ length: 100 }, () => row) : [row]))(request, response);
    };
    expect((await ask()).out).toHaveLength(101);
  });

  it.each([
    { ...row, disabled: true },
    { ...row, project_id: '0c0ffee0-0000-4000-8000-00000000000c' },
    { ...row, public_key: `command="id" ssh-ed25519 ${blob}` },
    { ...row, public_key: `ssh-ed25519 ${blob}\nssh-ed25519 ${blob}` },
    { ...row, public_key: 'ssh-ed25519' },
    { ...row, id: 'x\nssh-ed25519 AAAA' },
    { ...row, public_key: 7 },
    {},
  ])('never hold what a server should not have sent: %j', async (wrong) => {
    reply = rows(wrong, row);
    expect(await ask()).toMatchObject({ code: 0, out: [line] });
  });
});

describe('a server that does not answer', () => {
  const away: readonly (readonly [string, Reply])[] = [
    ['never says a word', () => {}],
    ['stops in the middle of a word', (_request, response) => void response.writeHead(200).write('{"ssh_')],
    ['breaks off', (_request, response) => void response.destroy()],
    ['has an error', status(500)],
    ['is overrun', status(429)],
    ['is behind a gateway', status(502)],
    ['says something else', (_request, response) => void response.end('<html>')],
    [
      'sends the secret elsewhere',
      (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    ],
  ];

  it.each(away)('%s: keys that were read before stand in', async (_title, failing) => {
    expect((await ask()).code).toBe(0);
    reply = failing;
    const later = await ask([], start + 60_000);
    expect([later.code, later.out]).toEqual([0, [line]]);
    expect(later.errors).toContain('keys from 60 s ago are used');
    expect(later.errors).not.toContain('the-secret');
  });

  it('keys that were read too long ago do not', async () => {
    await ask();
    reply = status(503);
    expect(await ask([], start + day)).toMatchObject({ code: 0, out: [line] });
    expect(await ask([], start + day + 1)).toMatchObject({ code: 1, out: [] });
    expect(await ask(['--max-age', '60'], start + 61_000)).toMatchObject({ code: 1, out: [] });
    expect(await ask([], start - 1)).toMatchObject({ code: 1, out: [] });
  });

  it('without keys that were read before, nobody is let in', async () => {
    reply = status(503);
    expect(await ask()).toMatchObject({ code: 1, out: [] });
  });

  it('--max-age 0 keeps none', async () => {
    await ask(['--max-age', '0']);
    expect(existsSync(join(folder, 'cache'))).toBe(false);
  });
});

describe('a server that refuses', () => {
  it.each([401, 403, 404])('%i: no key is taken, and those that were kept are forgotten', async (code) => {
    await ask();
    reply = status(code);
    expect(await ask()).toMatchObject({ code: 1, out: [] });
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
    reply = status(503);
    expect(await ask()).toMatchObject({ code: 1, out: [] });
  });
});

describe('kept keys', () => {
  const path = () => join(folder, 'cache', readdirSync(join(folder, 'cache'))[0]!);

  it('are private and hold no secret', async () => {
    await ask();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'cache')).mode & 0o777).toBe(0o700);
    expect(readFileSync(path(), 'utf8')).not.toContain('the-secret');
  });

  it.each([
    ['others may write the file', () => chmodSync(path(), 0o666)],
    ['others may write the folder', () => chmodSync(join(folder, 'cache'), 0o777)],
    ['it is no JSON', () => writeFileSync(path(), '{')],
    ['it is of another shape', () => writeFileSync(path(), '{"keys":[1]}')],
  ])('open nothing when %s', async (_title, spoil) => {
    await ask();
    spoil();
    reply = status(503);
    expect(await ask()).toMatchObject({ code: 1, out: [] });
  });
});

describe('what is typed or configured wrong', () => {
  it.each([
    [['--project-id', 'x'], '--project-id takes an id'],
    [['--config', '/nowhere/config.yaml'], '/nowhere/config.yaml: '],
    [['--max-age', 'soon'], '--max-age takes seconds'],
    [['--frobnicate'], "'--frobnicate'"],
    [['extra'], "'extra'"],
  ])('%j', async (words, text) => {
    const { code, out, errors } = await ask(words);
    expect([code, out, requests]).toEqual([1, [], []]);
    expect(errors).toContain(text);
  });

  it.each([
    'api_url: [',
    'secret_key: the-secret',
    'api_url: http://x/\nsecret_key: the-secret',
    'api_url: http://x',
    '',
  ])('a configuration file that says %j', async (text) => {
    writeFileSync(join(folder, 'config.yaml'), text);
    const { code, errors } = await ask();
    expect(code).toBe(1);
    expect(errors).toContain('config.yaml: ');
    expect(errors).not.toContain('the-secret');
  });
});
