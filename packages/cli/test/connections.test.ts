import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createSilentServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Request, scw } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'scw-tls-'));
const servers: Server[] = [];
let plain = 0;
let tls = 0;
let hangingUp = 0;
let notHttp = 0;

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  execFileSync(
    'openssl',
    `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${certificate}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
  plain = await listen(createPlainServer((_request, response) => response.end('{}')));
  tls = await listen(
    createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_request, response) =>
      response.end('{}'),
    ),
  );
  hangingUp = await listen(createSilentServer((socket) => socket.destroy()));
  notHttp = await listen(createSilentServer((socket) => socket.end('SSH-2.0-x\r\n')));
});

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function refusal(url: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await scw('iam user get U', { env: { SCW_API_URL: url, ...env } });
  expect([code, stdout]).toEqual([1, '']);
  return stderr;
}

describe('a server that cannot be reached', () => {
  it('does not listen', async () => {
    expect(await refusal('http://127.0.0.1:1')).toBe(
      `Error executing request: Get "http://127.0.0.1:1/iam/v1alpha1/users/U": connection refused

Hint:
Nothing listens at http://127.0.0.1:1: start the server, or set another SCW_API_URL.
`,
    );
    const programs = await scw('iam user get U -o json', { env: { SCW_API_URL: 'http://127.0.0.1:1' } });
    expect(JSON.parse(programs.stderr)).toEqual({
      error: 'error executing request: Get "http://127.0.0.1:1/iam/v1alpha1/users/U": connection refused',
      hint: 'Nothing listens at http://127.0.0.1:1: start the server, or set another SCW_API_URL.',
    });
  });

  it('has no such name', async () => {
    const text = await refusal('http://nowhere.invalid');
    expect(text).toMatch(/no such host|cannot be looked up/);
  });

  it('hangs up', async () => {
    expect(await refusal(`http://127.0.0.1:${hangingUp}`)).toMatch(
      /^Error executing request: Get .*: (socket hang up|connection reset by peer)\n/,
    );
  });
});

describe('a server that speaks something else', () => {
  it('speaks plain HTTP where TLS is expected', async () => {
    expect(await refusal(`https://127.0.0.1:${plain}`)).toContain(
      `: the server does not speak TLS\n\nHint:\nSet the API address to http://127.0.0.1:${plain}, or put TLS in front of the server.\n`,
    );
  });

  it('speaks TLS where plain HTTP is expected', async () => {
    expect(await refusal(`http://127.0.0.1:${tls}`)).toContain(`https://127.0.0.1:${tls}`);
  });

  it('has a certificate that nobody vouches for', async () => {
    expect(await refusal(`https://localhost:${tls}`)).toContain('NODE_EXTRA_CA_CERTS');
    const insecure = { SCW_API_URL: `https://localhost:${tls}`, SCW_INSECURE: 'true' };
    expect((await scw('iam user get U', { env: insecure })).code).toBe(0);
  });

  it('speaks no HTTP at all, or is asked through what is no proxy', async () => {
    expect(await refusal(`http://127.0.0.1:${notHttp}`)).toContain(
      ': the answer is no HTTP\n\nHint:\nCheck the API address: something else listens there.\n',
    );
    expect(await refusal('http://nowhere.invalid', { HTTP_PROXY: 'http://[' })).toContain(
      ': the address of the proxy is none\n\nHint:\nLook at HTTP_PROXY, HTTPS_PROXY and NO_PROXY.\n',
    );
    expect(await refusal(`http://127.0.0.1:${plain}`, { SCW_USER_AGENT: 'a\nb' })).toContain(
      ': the user agent holds a character that may not be sent\n',
    );
  });

  it.each([
    ['no', 'it is no JSON'],
    ['[]', 'it is no object'],
  ])('answers %s where an object should come', async (body, reason) => {
    const { code, stderr } = await scw('iam user get U', { reply: () => ({ body }) });
    expect([code, stderr.split('\n')[0]]).toEqual([1, `Could not parse response body: ${reason}`]);
    const failed = await scw('iam user get U', { reply: () => ({ status: 400, body: 'no' }) });
    expect(failed.stderr).toBe('Could not parse error response body: it is no JSON\n');
  });

  it.each<[string, object, string]>([
    ['iam user list', { users: 'none', total_count: 1 }, 'users is no list'],
    ['iam user list', { users: [1], total_count: 1 }, 'users holds what is no object'],
    ['iam user list', { users: { id: 'U' } }, 'users is no list'],
    ['iam user list', { message: 'welcome' }, 'there is no users in it'],
    ['iam user list', { users: [{}], total_count: 'one' }, 'total_count is no number'],
    ['iam user list', { users: [{ tags: 'red' }], total_count: 1 }, 'tags is no list'],
    ['iam user list', { users: [{ mfa: 'yes' }], total_count: 1 }, 'mfa is neither true nor false'],
    ['iam user get U', { id: 7 }, 'id is no text'],
    ['iam policy get P', { id: 'P', nb_rules: '1' }, 'nb_rules is no number'],
    ['iam rule update P', { rules: {} }, 'rules is no list'],
    ['iam rule list P', { rules: [], total_count: '0' }, 'total_count is no number'],
  ])('%s is not shown as if nothing were there where the answer is %j', async (line, body, reason) => {
    const reply = ({ url }: Pick<Request, 'url'>) => ({
      body: /\/rules/.test(url) && !/rule/.test(line) ? { rules: null } : body,
    });
    const { code, stdout, stderr } = await scw(line, { reply });
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      `Could not parse response body: ${reason}\n\nHint:\nCheck the API address: something else answers there, perhaps a proxy that wants a sign-in.\n`,
    ]);
  });

  it.each([
    [{ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' }, '404 Not Found'],
    [{ status: 404, body: { type: 'not_found', resource: 'path', resource_id: '' } }, '404 Not Found'],
    [{ status: 405, body: {} }, '405 Method Not Allowed'],
  ])('does not know the call: %j', async (reply, line) => {
    const { code, stderr } = await scw('iam check iam:user:read', { reply: () => reply });
    expect([code, stderr.split('\n')[0]]).toEqual([1, line]);
    expect(stderr).toContain('is older than this program');
  });
});
