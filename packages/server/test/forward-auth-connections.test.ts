import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createApp } from '../src/app.ts';
import { createMetrics } from '../src/metrics.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { exchange, type RawAnswer, readAnswer } from './support/raw-socket.ts';

/** What a gateway understands: everything else would be an error of its own, or reach the client as it is. */
const understood = [200, 401, 403];

for (const database of databases()) {
  describe(`forward-auth as Envoy asks it, on ${database.name}`, () => {
    let gateway: Gateway;
    let app: FastifyInstance;
    let port: number;
    beforeAll(async () => {
      const networks = ['127.0.0.1'];
      gateway = await startGateway(await database.create(), networks);
      const log = pino({ level: 'silent' });
      app = createApp({ services: gateway.server.services, log, metrics: createMetrics(), trustedProxies: networks });
      await app.listen({ host: '127.0.0.1', port: 0 });
      const address = app.server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    });
    afterAll(async () => {
      await app.close();
      await gateway.close();
    });

    const send = async (line: string, more: readonly string[] = [], body = ''): Promise<RawAnswer> => {
      const head = ['Connection: close', `X-Auth-Token: ${gateway.reader.key}`, ...more];
      return readAnswer((await exchange(port, `${line} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`)).text);
    };
    const host = 'Host: wiki.example.org';
    const statusOf = async (method: string, path: string, more: readonly string[] = [host]) =>
      (await send(`${method} /forward-auth${path}`, more)).status;
    const page = (name: string) => `/projects/${gateway.organizationId}/pages/${name}`;

    it('the path below ours, the method and the host are those of the request', async () => {
      const { status, headers, body } = await send(`GET /forward-auth${page('home')}?x=1`, [host]);
      expect([status, body]).toEqual([200, '']);
      expect(headers).toMatchObject({ 'x-bailiwick-principal-id': gateway.reader.id, 'content-length': '0' });
      expect(await statusOf('PUT', page('home'))).toBe(403);
      expect(await statusOf('PUT', page('draft'))).toBe(200);
      expect(await statusOf('GET', '/')).toBe(200);
      expect(await statusOf('GET', '')).toBe(403);
      expect(await statusOf('GET', '/manual')).toBe(200);
      expect(await statusOf('GET', '/manual', ['Host: docs.example.org'])).toBe(403);
    });

    it('paths reach us as they were sent, and what is not in normal form is denied', async () => {
      for (const path of [
        '/x/../login',
        '//login',
        '/./login',
        '/login;x',
        '/%2e%2e/login',
        '/x%2flogin',
        '/%zz',
        '/LOGIN',
        '/x\\login',
      ])
        expect(await statusOf('GET', path), path).toBe(403);
      expect(await statusOf('GET', '/login')).toBe(200);
    });

    it('takes all the headers that a gateway takes, and hands on', async () => {
      const cookies = Array.from({ length: 4 }, (_, at) => `Cookie: c${at}=${'x'.repeat(8_000)}`);
      expect(await statusOf('GET', '/login', [host, ...cookies])).toBe(200);
      expect(await statusOf('GET', '/login', [host, `Cookie: ${'x'.repeat(33_000)}`])).toBe(200);
      expect(await statusOf('GET', '/admin', [host, ...cookies])).toBe(403);
    });

    it('headers of a client that tell another request are not believed', async () => {
      const forged = ['X-Original-Method: GET', 'X-Original-Host: wiki.example.org', 'X-Original-URI: /login'];
      expect(await statusOf('GET', '/admin', [host, ...forged])).toBe(403);
      expect(await statusOf('PUT', page('home'), [host, ...forged])).toBe(403);
      const twice = ['X-Original-URI: /login', 'X-Original-URI: /login', ...forged.slice(0, 2)];
      expect((await send('GET /forward-auth', [host, ...twice])).status).toBe(403);
    });

    it('answers every method with what a gateway understands', async () => {
      for (const method of ['OPTIONS', 'TRACE', 'PATCH', 'POST', 'PROPFIND', 'MKCOL', 'PURGE', 'QUERY', 'HEAD']) {
        const status = await statusOf(method, '/login');
        expect(understood, `${method}: ${status}`).toContain(status);
        expect(status, method).toBe(403);
      }
      expect(await statusOf('PROPFIND', '/admin/users')).toBe(403);
    });

    it('reads no body, whatever it says of itself', async () => {
      const large = 'x'.repeat(2 * 1024 * 1024);
      const types = ['Content-Type: text/plain', 'Content-Type: nonsense', 'Content-Type: application/json'];
      for (const type of types) {
        const answer = await send(
          `PUT /forward-auth${page('draft')}`,
          [host, type, `Content-Length: ${large.length}`],
          large,
        );
        expect(answer.status, type).toBe(200);
        const { status } = await send(
          `PUT /forward-auth${page('draft')}`,
          [host, type, 'Content-Length: 7'],
          '{"a":1}',
        );
        expect(status, type).toBe(200);
      }
    });

    it('a request without a host, or for a revision that never comes, is denied', async () => {
      expect(await statusOf('GET', '/login', [])).toBe(403);
      expect(await statusOf('GET', '/login', [host, 'X-Bailiwick-At-Least: 999999'])).toBe(403);
    });

    it('only ours is ours', async () => {
      for (const path of ['/forward-authx', '/Forward-Auth', '/forward-auth;x'])
        expect((await send(`GET ${path}`, [host])).status, path).toBe(404);
    });
  });
}
