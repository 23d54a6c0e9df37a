import { Validator } from '@seriousme/openapi-schema-validator';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { version } from '../src/version.ts';
import { createSession } from './support/bearers.ts';
import { expectRefused, refusalOf, unauthenticated, unknown } from './support/refusals.ts';
import { serverOn, startTestServer } from './support/server.ts';

const nobody = '6f0c0000-0000-4000-8000-000000000001';
const open = ['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs/', '/metadata', '/.well-known/jwks.json'];

for (const database of databases()) {
  describe(`what operators and tools ask, on ${database.name}`, () => {
    const server = serverOn(database);

    const ask = (path: string) => server.call('GET', path, { key: null });

    for (const path of open) {
      it(`${path} answers anybody, also with a key that is not known`, async () => {
        for (const key of [null, nobody, 'nonsense']) {
          const { status, headers, text } = await server.call('GET', path, { key });
          expect([status, text === '']).toEqual([200, false]);
          expect(headers['x-content-type-options']).toBe('nosniff');
        }
      });
    }

    it('every other path, and every other method, needs to know who asks', async () => {
      const stranger = { key: null };
      for (const path of ['/health', '/healthz/', '/HEALTHZ', '/.well-known/nothing', '/metrics/x'])
        await expectRefused(server, ['GET', path, stranger], unauthenticated('api_key', 'invalid_argument'));
      for (const path of ['/healthz', '/metrics', '/metadata', '/openapi.json'])
        await expectRefused(server, ['POST', path, stranger], unauthenticated('api_key', 'invalid_argument'));
      await expectRefused(server, ['GET', '/health'], unknown('path', '/health'));
    });

    it('/healthz and /readyz say so in JSON, with the id of the request', async () => {
      for (const [path, text] of [
        ['/healthz', '{"status":"alive"}'],
        ['/readyz', '{"status":"ready"}'],
      ] as const) {
        const answer = await ask(path);
        expect([answer.text, answer.headers['content-type']]).toEqual([text, 'application/json']);
        expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
      }
    });

    it('/metadata tells clients the platform whose API this is', async () => {
      const { text, headers } = await ask('/metadata');
      expect(text).toBe('{"platform":"external","partition":"scw","domain":"scw.eu"}');
      expect(headers['content-type']).toBe('application/json');
    });

    it('/openapi.json is valid OpenAPI 3.1 for this server and this version', async () => {
      const { body, text, headers } = await ask('/openapi.json');
      expect(headers['content-type']).toBe('application/json');
      const validator = new Validator();
      expect(await validator.validate(structuredClone(body))).toEqual({ valid: true });
      expect([validator.version, body.info.version]).toEqual(['3.1', version]);
      expect(body.servers.map(({ url }: { url: string }) => url)).toEqual(['https://iam.example.org']);
      expect((await ask('/openapi.json')).text).toBe(text);
    });

    it('/docs is a page that reads /openapi.json and may load nothing from elsewhere', async () => {
      const { text, headers } = await ask('/docs/');
      expect(headers['content-type']).toMatch(/^text\/html/);
      expect(text).toContain('/openapi.json');
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/https?:|\*/);
      const bare = await ask('/docs');
      expect([bare.status, bare.headers.location]).toEqual([301, '/docs/']);
      for (const [, source = ''] of text.matchAll(/<script[^>]+src="([^"]+)"/g)) {
        const script = await ask(new URL(source, 'http://server/docs/').pathname);
        expect([script.status, String(script.headers['content-type'])]).toEqual([
          200,
          expect.stringMatching(/javascript/),
        ]);
      }
    });

    it('/metrics counts requests by operation and status, in the form of Prometheus, and names nobody', async () => {
      const count = async (operation: string, status: number) => {
        const { text } = await ask('/metrics');
        const line = new RegExp(`^bailiwick_requests_total{operation="${operation}",status="${status}"} (\\d+)$`, 'm');
        return Number(line.exec(text)?.[1] ?? 0);
      };
      const path = '/iam/v1alpha1/applications';
      const before = [await count('applications.list', 200), await count('applications.get', 404)];
      await server.call('GET', path);
      await server.call('GET', path);
      await server.call('GET', `${path}/${nobody}`);
      const after = [await count('applications.list', 200), await count('applications.get', 404)];
      expect(after.map((value, index) => value - (before[index] ?? 0))).toEqual([2, 1]);
      const { text, headers } = await ask('/metrics');
      expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(text).toMatch(/^bailiwick_request_duration_seconds_bucket{le="0\.005",operation="applications\.list"} /m);
      const { organizationId, accessKey, secretKey, ownerId } = server.organization;
      for (const name of [organizationId, accessKey, secretKey, ownerId, nobody]) expect(text).not.toContain(name);
    });

    it('/.well-known/jwks.json holds the public half of the key that signs sessions, and nothing more', async () => {
      const { body } = await ask('/.well-known/jwks.json');
      expect(body).toEqual({
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: expect.stringMatching(/^[\w-]{43}$/),
            kid: expect.stringMatching(/^[\w-]{43}$/),
            alg: 'EdDSA',
            use: 'sig',
          },
        ],
      });
      const { ownerId, secretKey } = server.organization;
      const { token } = await createSession(server, ownerId, secretKey);
      const currentDate = new Date(server.clock.now() / 1000);
      const { payload } = await jwtVerify(token, createLocalJWKSet(body), { currentDate });
      expect(payload.sub).toBe(ownerId);
    });

    it('without its database a server is alive, not ready, and owns up to the fault without a word of its cause', async () => {
      const lost = await database.create();
      const other = await startTestServer(lost.url);
      await other.services.storage.close();
      expect(refusalOf(await other.call('GET', '/healthz', { key: null }))).toEqual([200, '{"status":"alive"}']);
      const ready = await other.call('GET', '/readyz', { key: null });
      expect(refusalOf(ready)).toEqual([503, '{"status":"database unreachable"}']);
      const { status, body, headers } = await other.call('GET', '/iam/v1alpha1/users');
      expect([status, body]).toEqual([
        500,
        { message: 'internal error', request_id: headers['x-request-id'], type: 'internal_error' },
      ]);
      await other.close();
      await lost.drop();
    });
  });
}
