import { type Operation, operations } from '@bailiwick/contract';
import { properties, type SchemaView } from '@bailiwick/contract/schema-view';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { anotherApp } from './support/attacks.ts';
import { createApplication, keyFor } from './support/bearers.ts';
import { dumpTables } from './support/dump.ts';
import { hostileConditions, hostileRequests } from './support/hostile-requests.ts';
import { requestNaming } from './support/named-things.ts';
import { exchange, readAnswer } from './support/raw-socket.ts';
import { serverOn } from './support/server.ts';
import { furnish, type Tenant } from './support/tenant.ts';

const iam = '/iam/v1alpha1';
/** Far above what a refusal takes, and far below what an attack would want. Milliseconds. */
const patience = 5_000;

const lists = operations.filter(({ query }) => properties(query).some(([name]) => name === 'order_by'));
/** Filters that are texts of the caller's own. */
const textFilters = ({ query }: Operation) =>
  properties(query).flatMap(([name, inner]) => {
    const simple: SchemaView = inner.items ?? inner;
    const isText = simple.type === 'string' && simple.format === undefined && simple.enum === undefined;
    return isText && name !== 'organization_id' ? [name] : [];
  });
const injections = [
  "' or 1=1 --",
  "'; drop table users; --",
  '" or ""="',
  "x') union select secret_hash from api_keys --",
  '%',
  '_',
  '\\',
  '$1',
  ':name',
  '{"$ne":null}',
];

for (const database of databases()) {
  describe(`hostile requests on ${database.name}`, () => {
    const server = serverOn(database);
    let app: FastifyInstance;
    let port: number;
    let tenant: Tenant;
    let powerless: string;

    beforeAll(async () => {
      tenant = await furnish(server.call, server.organization, 'ours');
      powerless = await keyFor(server, { application_id: (await createApplication(server)).id });
      app = await anotherApp(server.services);
      port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
    });
    afterAll(async () => {
      await app.close();
    });

    const raw = async (path: string, key: string | null) => {
      const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${key === null ? '' : `x-auth-token: ${key}\r\n`}\r\n`;
      return readAnswer((await exchange(port, head)).text);
    };

    it('a path that is written another way is another path, or is guarded as the one it means', async () => {
      const reads = operations.filter(({ method, access }) => method === 'GET' && access.kind === 'permission');
      for (const operation of reads) {
        const [whole] = requestNaming(operation, tenant);
        const [path = '', query] = whole.split('?');
        const asked = (written: string) => (query === undefined ? written : `${written}?${query}`);
        const last = path.slice(path.lastIndexOf('/') + 1);
        const others = [
          `${path}/`,
          `${path};a=b`,
          `${path}%00`,
          `${path}/.`,
          `/${path}`,
          path.replace('/v1alpha1/', '/v1alpha1//').replace('/v3/', '/v3//'),
          path.replace('/v1alpha1/', '/v1alpha1/../v1alpha1/').replace('/v3/', '/v3/../v3/'),
          path.replace('/v1alpha1/', '/v1alpha1/%2e%2e/v1alpha1/').replace('/v3/', '/v3/%2e%2e/v3/'),
          path.replace('/v1alpha1/', '/V1ALPHA1/').replace('/v3/', '/V3/'),
          path.replace('/v1alpha1/', '/v1alpha1;x=y/').replace('/v3/', '/v3;x=y/'),
          path.replace('/v1alpha1/', '%2fv1alpha1%2f').replace('/v3/', '%2fv3%2f'),
          `/metadata/..${path}`,
          `/metadata;${path}`,
          `/healthz%2f..${path}`,
        ];
        for (const other of others) {
          expect([401, 404], `${operation.id} ${other}`).toContain((await raw(asked(other), null)).status);
          expect([400, 403, 404], `${operation.id} ${other}`).toContain((await raw(asked(other), powerless)).status);
          // Even who may do everything gets nothing by it.
          expect([400, 404], `${operation.id} ${other}`).toContain((await raw(asked(other), tenant.secretKey)).status);
        }
        const escaped = path.replace(
          last,
          last.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`),
        );
        for (const same of [path, escaped]) {
          expect((await raw(asked(same), null)).status, same).toBe(401);
          expect((await raw(asked(same), powerless)).status, same).toBe(403);
        }
      }
    });

    it('no order and no filter becomes a part of a query', async () => {
      const before = await dumpTables(server.services);
      const key = tenant.secretKey;
      expect(lists.length).toBeGreaterThan(5);
      for (const operation of lists) {
        const [whole] = requestNaming(operation, tenant);
        const ask = (name: string, value: string) => {
          const written = `${name}=${encodeURIComponent(value)}`;
          return server.call('GET', `${whole}${whole.includes('?') ? '&' : '?'}${written}`, { key });
        };
        const orders = [
          'created_at',
          'id_asc',
          'created_at_asc;',
          'secret_hash_asc',
          '(select 1)',
          'created_at_asc,id',
        ];
        for (const order of [...orders, ...injections]) {
          const answer = await ask('order_by', order);
          expect([answer.status, answer.body.type], `${operation.id} ${order}`).toEqual([400, 'invalid_arguments']);
        }
        for (const filter of textFilters(operation)) {
          for (const text of injections) {
            const answer = await ask(filter, text);
            const what = `${operation.id} ${filter}=${text}: ${answer.text}`;
            expect([200, 400], what).toContain(answer.status);
            if (answer.status === 200) expect(answer.body.total_count, what).toBe(0);
          }
        }
      }
      expect(await dumpTables(server.services)).toEqual(before);
    });

    describe('in little time', () => {
      for (const [what, request] of Object.entries(hostileRequests)) {
        it(`${what} is refused`, async () => {
          const [path, body] = request(server.organization.organizationId);
          const begun = performance.now();
          const answer = await server.call('POST', `${iam}/${path}`, { body });
          expect(performance.now() - begun).toBeLessThan(patience);
          expect([answer.status, answer.body.type], answer.text.slice(0, 300)).toEqual([400, 'invalid_arguments']);
          // A refusal is no copy of what was sent.
          expect(answer.text.length).toBeLessThan(50_000);
        });
      }

      it('JSON that is deep, or full of members that nothing knows, is refused or ignored', async () => {
        const members = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`x${at}`, at])));
        const deep = '['.repeat(100_000) + ']'.repeat(100_000);
        const bodies = [deep, `{"name":${deep}}`, '{"name":'.repeat(100_000)];
        for (const body of bodies) {
          const begun = performance.now();
          expect((await server.call('POST', `${iam}/groups`, { raw: body })).status).toBe(400);
          expect(performance.now() - begun).toBeLessThan(patience);
        }
        const polluting = `{"__proto__":{"name":"x"},"constructor":{"prototype":{"name":"x"}},"a":${members}}`;
        expect((await server.call('POST', `${iam}/groups`, { raw: polluting })).status).toBe(400);
        expect(Reflect.get({}, 'name')).toBeUndefined();
      });

      for (const [condition, agent] of hostileConditions) {
        it(`${condition.slice(0, 60)} is decided`, async () => {
          const { id } = await createApplication(server);
          const key = await keyFor(server, { application_id: id });
          const { organizationId: organization_id } = server.organization;
          const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id, condition }];
          const policy = { name: 'slow', application_id: id, rules };
          const begun = performance.now();
          const answer = await server.call('POST', `${iam}/policies`, { body: policy });
          expect(answer.status, answer.text).toBe(200);
          const headers = { 'user-agent': agent };
          for (let again = 0; again < 10; again += 1)
            expect((await server.call('GET', `${iam}/groups`, { key, headers })).status).toBe(403);
          expect(performance.now() - begun).toBeLessThan(patience);
        });
      }
    });
  });
}
