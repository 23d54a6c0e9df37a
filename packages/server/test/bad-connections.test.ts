import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createApp } from '../src/app.ts';
import { createMetrics, type Metrics } from '../src/metrics.ts';
import { dumpTables } from './support/dump.ts';
import { exchange, readAnswer } from './support/raw-socket.ts';
import { serverOn } from './support/server.ts';

/** A minute in earnest; the server looks for slow requests every half minute then. Milliseconds. */
const shortTimes = { connectionsCheckingInterval: 50, headersTimeout: 300, requestTimeout: 400 };

const fault = (argument_name: string, help_message: string, reason: string) =>
  JSON.stringify({
    details: [{ argument_name, help_message, reason }],
    message: 'invalid argument(s)',
    type: 'invalid_arguments',
  });
const noHttp = fault('request', 'this is not a valid HTTP request', 'format');
const tooLate = fault('request', 'the request took too long to arrive', 'constraint');
const longHead = fault('headers', 'the request line and headers are too long', 'constraint');
const largeBody = fault('body', 'the body is larger than this operation allows', 'constraint');

for (const database of databases()) {
  describe(`connections that say nonsense, on ${database.name}`, () => {
    const server = serverOn(database);
    let app: FastifyInstance;
    let metrics: Metrics;
    let port: number;
    const log: string[] = [];

    beforeAll(async () => {
      metrics = createMetrics();
      const lines = { write: (line: string) => log.push(line) };
      app = createApp({ services: server.services, log: pino({}, lines), metrics, trustedProxies: [] });
      Object.assign(app.server, shortTimes);
      await app.listen({ host: '127.0.0.1', port: 0 });
      const address = app.server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    });
    afterAll(async () => {
      await app.close();
    });
    beforeEach(() => {
      log.length = 0;
    });

    const known = () => `Host: localhost\r\nX-Auth-Token: ${server.organization.secretKey}\r\n`;
    const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\n${known()}${more}\r\n`;
    const post = (more: string, body = '') =>
      `POST /iam/v1alpha1/applications HTTP/1.1\r\n${known()}Content-Type: application/json\r\n${more}\r\n${body}`;

    /** An error of the catalogue with the headers of every answer, and the end of the connection. */
    const expectRefused = async (bytes: string | Buffer, status: number, body: string, end = false): Promise<void> => {
      const { text, closed } = await exchange(port, bytes, { end });
      const answer = readAnswer(text);
      const shown = JSON.stringify(bytes.toString('latin1').slice(0, 200));
      expect([answer.status, answer.body, closed], shown).toEqual([status, body, true]);
      expect(answer.headers, shown).toMatchObject({
        'content-type': 'application/json',
        'content-length': String(body.length),
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
      });
    };

    /** The server answers others, has logged no fault of its own, and has stored nothing. */
    const expectUnharmed = async (before: Awaited<ReturnType<typeof dumpTables>>): Promise<void> => {
      const { status } = readAnswer((await exchange(port, get('/iam/v1alpha1/users', 'Connection: close\r\n'))).text);
      expect(status).toBe(200);
      expect(log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
      expect(await metrics.registry.getSingleMetricAsString('bailiwick_requests_total')).not.toMatch(/status="5/);
      expect(await dumpTables(server.services)).toEqual(before);
    };

    it('what is no HTTP is a typed 400', async () => {
      const before = await dumpTables(server.services);
      const users = '/iam/v1alpha1/users';
      const requests = [
        ...[
          'hello\r\n\r\n',
          '\0\0\0\0',
          Buffer.from('16030100a5010000a10303', 'hex'),
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        ],
        ...[
          `GET ${users} HTTP/9.9\r\n${known()}\r\n`,

          `FOO ${users} HTTP/1.1\r\n${known()}\r\n`,
        ],
        ...[`get ${users} HTTP/1.1\r\n${known()}\r\n`, get(`${users} /x`), get(`${users}/\0`), get('')],
        ...[Buffer.from(get(`${users}/é`)), Buffer.from(get(`${users}/ÿ`), 'latin1')],
        ...[
          get(users, 'nonsense\r\n'),
          get(users, 'X-A: a\x01b\r\n'),
          get(users, 'X-A: a\0b\r\n'),
          get(users, ' : a\r\n'),
        ],
        `GET ${users} HTTP/1.1\nHost: localhost\n\n`,
      ];
      for (const request of requests) await expectRefused(request, 400, noHttp);
      await expectUnharmed(before);
    });

    it('a length that is wrong, or two that differ, is a typed 400', async () => {
      const before = await dumpTables(server.services);
      const body = '{"name":"smuggled"}';
      const lengths = ['abc', '-1', '+2', '0x2', '1e1', '2 2', '99999999999999999999999', ''];
      for (const length of lengths) await expectRefused(post(`Content-Length: ${length}\r\n`, body), 400, noHttp);
      const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      const framings: readonly (readonly [headers: string, body: string])[] = [
        ['Content-Length: 2\r\nContent-Length: 3\r\n', body],
        [`Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n`, chunks],
        ['Transfer-Encoding: gzip\r\n', body],
        ['Transfer-Encoding: chunked, identity\r\n', chunks],
        ['Transfer-Encoding: chunked\r\n', `zz\r\n${body}\r\n0\r\n\r\n`],
        ['Transfer-Encoding: chunked\r\n', `-1\r\n${body}\r\n0\r\n\r\n`],
        ['Transfer-Encoding: chunked\r\n', `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`],
      ];
      for (const [headers, sent] of framings) await expectRefused(post(headers, sent), 400, noHttp);
      await expectUnharmed(before);
    });

    it('a head that is too long, and a body that says so of itself, is a typed 400', async () => {
      const before = await dumpTables(server.services);
      const long = 'a'.repeat(66_000);
      for (const request of [get(`/${long}`), get('/', `X-A: ${long}\r\n`), get('/', 'a:b\r\n'.repeat(16_000))]) {
        await expectRefused(request, 400, longHead);
      }
      const longId = fault('user_id', 'value length must be at most 4096 runes', 'constraint');
      await expectRefused(get(`/iam/v1alpha1/users/${'a'.repeat(15_000)}`, 'Connection: close\r\n'), 400, longId);
      await expectRefused(post('Content-Length: 99999999999\r\n', '{'), 400, largeBody);
      const piece = `100000\r\n${'a'.repeat(0x10_00_00)}\r\n`;
      await expectRefused(post('Transfer-Encoding: chunked\r\n', `${piece}${piece}0\r\n\r\n`), 400, largeBody);
      await expectUnharmed(before);
    });

    it('a request without a host is a typed 400', async () => {
      const request = `GET /metadata HTTP/1.1\r\nConnection: close\r\n\r\n`;
      await expectRefused(request, 400, fault('host', 'value is required', 'required'));
    });

    it('an expectation that nobody knows is ignored', async () => {
      const required = fault('name', 'value is required', 'required');
      await expectRefused(post('Expect: wonders\r\nContent-Length: 2\r\nConnection: close\r\n', '{}'), 400, required);
    });

    it('a proxy that asks for a tunnel is hung up on', async () => {
      const { text, closed } = await exchange(port, `CONNECT example.org:443 HTTP/1.1\r\n${known()}\r\n`);
      expect([text, closed]).toEqual(['', true]);
    });

    it('a request that does not come to its end is given up, and what it held is not stored', async () => {
      const before = await dumpTables(server.services);
      const part = post('Content-Length: 200\r\n', '{"name":"half"}');
      for (const request of ['', 'GET /iam', get('/iam/v1alpha1/users').slice(0, -2), part]) {
        await expectRefused(request, 400, tooLate);
      }
      await expectUnharmed(before);
    });

    it('a body that breaks off is not stored, and is no fault of the server', async () => {
      const before = await dumpTables(server.services);
      const whole = '{"name":"half"}';
      const chunked = post('Transfer-Encoding: chunked\r\n', `f\r\n${whole}\r\n`);
      for (const request of [post('Content-Length: 200\r\n', whole), post('Content-Length: 16\r\n', whole), chunked]) {
        expect((await exchange(port, request, { breakAfter: 20 })).text).toBe('');
        await expectRefused(request, 400, noHttp, true);
      }
      await expectUnharmed(before);
    });

    it('bytes behind a whole request are the next one, which is refused by itself', async () => {
      const before = await dumpTables(server.services);
      const { text, closed } = await exchange(port, post('Content-Length: 2\r\n', '{}{"name":"behind"}'));
      expect(closed).toBe(true);
      expect(text).toContain(noHttp);
      await expectUnharmed(before);
    });

    it('a hundred broken connections at once leave the server as it was', async () => {
      const before = await dumpTables(server.services);
      const requests = [post('Content-Length: 200\r\n', '{"name":"half"'), 'hello\r\n\r\n', '', get('/').slice(0, 20)];
      const ends = Array.from({ length: 100 }, (_, index) =>
        exchange(port, requests[index % 4] ?? '', { breakAfter: index % 7 }),
      );
      await Promise.all(ends);
      await expectUnharmed(before);
    });
  });
}
