import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { type Nginx, nginxPrograms, nginxVersion, sendRaw, startNginx, startService } from '../test-support/nginx.ts';
import { resultsOf } from './clients/support/compatibility.ts';
import { blockOf } from './support/pages.ts';
import { callApi, dataFolder, removeData, type ServerProcess, startServer } from './support/server-process.ts';

const results = resultsOf('nginx');
const page = 'gateways.md';
const organization = '6f0c0000-0000-4000-8000-000000000001';
const catalogue = `
version: 1
services:
  - name: wiki
    resources:
      - { name: page, scope: project, actions: [read, write] }
      - { name: admin, scope: organization, actions: [use] }
permission_sets:
  - { name: WikiReader, scope_type: projects, permissions: ['wiki:page:read'] }
`;

for (const database of databases()) {
  describe(`the gateways of ${page} on ${database.name}`, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let service: Awaited<ReturnType<typeof startService>>;
    let readerKey: string;
    let readerId: string;
    let routes: string;

    beforeAll(async () => {
      created = await database.create();
      service = await startService();
      const data = dataFolder();
      routes = join(data, 'gateway.yaml');
      writeFileSync(routes, blockOf(page, 'yaml', 'routes:'));
      writeFileSync(join(data, 'catalogue.yaml'), catalogue);
      server = await startServer({
        data,
        databaseUrl: created.url,
        env: environment(data),
      });
      const made = async (path: string, body: object) => {
        const answer = await callApi(server, 'POST', `/iam/v1alpha1/${path}`, body);
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
        return answer.body;
      };
      readerId = (await made('applications', { name: 'reader' })).id;
      const rules = [{ permission_set_names: ['WikiReader'], project_ids: [organization] }];
      await made('policies', { name: 'reader', application_id: readerId, rules });
      readerKey = (await made('api-keys', { application_id: readerId })).secret_key;
    });
    afterAll(async () => {
      service.server.close();
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const environment = (data: string) => ({
      BAILIWICK_ORGANIZATION_ID: organization,
      BAILIWICK_CATALOGUE: join(data, 'catalogue.yaml'),
      BAILIWICK_GATEWAY: routes,
      BAILIWICK_TRUSTED_PROXIES: '127.0.0.1',
    });
    const pages = `/projects/${organization}/pages`;
    const identity = () => ({
      'x-bailiwick-principal-id': readerId,
      'x-bailiwick-principal-type': 'application',
      'x-bailiwick-organization-id': organization,
    });

    it('the routes of the page are read, and answer Traefik and Envoy', async () => {
      const ask = (path: string, headers: Record<string, string>) =>
        fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${readerKey}`, ...headers } });
      const forwarded = (method: string) => ({
        'x-forwarded-method': method,
        'x-forwarded-host': 'wiki.example.org',
        'x-forwarded-uri': `${pages}/home`,
      });
      const traefik = await ask('/forward-auth', forwarded('GET'));
      expect(traefik.status).toBe(200);
      expect(Object.fromEntries(traefik.headers)).toMatchObject(identity());
      expect((await ask('/forward-auth', forwarded('PUT'))).status).toBe(403);
      expect((await ask(`/forward-auth${pages}/home`, {})).status).toBe(200);
      expect((await ask('/forward-auth/elsewhere', {})).status).toBe(403);
    });

    it('a file is read again when the server is told to hang up', async () => {
      const elsewhere = async () =>
        (await fetch(`${server.url}/forward-auth/elsewhere`, { headers: { 'x-auth-token': readerKey } })).status;
      const route = `  - { path: /elsewhere, scope: { project_id: ${organization} }, methods: { GET: wiki:page:read } }\n`;
      expect(await elsewhere()).toBe(403);
      writeFileSync(routes, `${blockOf(page, 'yaml', 'routes:')}${route}`);
      server.hangUp();
      await expect.poll(elsewhere, { timeout: 5_000 }).toBe(200);
      writeFileSync(routes, 'version: 7\n');
      server.hangUp();
      await expect.poll(() => server.errors(), { timeout: 5_000 }).toContain('the version of the format is 1');
      expect(await elsewhere()).toBe(200);
    });

    for (const program of nginxPrograms()) {
      describe('nginx', () => {
        const version = nginxVersion(program);
        let nginx: Nginx;
        results(database.name, () => ({ client: 'nginx, asking with auth_request', machine: `nginx ${version}` }));
        beforeAll(async () => {
          const configuration = blockOf(page, 'nginx', 'auth_request')
            .replaceAll('127.0.0.1:8080', new URL(server.url).host)
            .replaceAll('127.0.0.1:9000', `127.0.0.1:${service.port}`);
          nginx = await startNginx(program, configuration);
        });
        afterAll(() => nginx.stop());

        /** The answer that the client gets, and what reached the service meanwhile. */
        const send = async (line: string, headers: readonly string[] = [`X-Auth-Token: ${readerKey}`], body = '') => {
          const before = service.reached.length;
          const head = ['Host: wiki.example.org', 'Connection: close', ...headers];
          const answer = await sendRaw(nginx.port, `${line} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`);
          return { answer, reached: service.reached.slice(before) };
        };
        const expectStopped = async (line: string, status: number, headers?: readonly string[]) => {
          const { answer, reached } = await send(line, headers);
          expect([answer.status, reached], line).toEqual([status, []]);
          return answer;
        };

        it('lets pass what the policies of the end user allow, and tells the service who it is', async () => {
          const { answer, reached } = await send(`GET ${pages}/home?version=2`, [`Authorization: Bearer ${readerKey}`]);
          expect([answer.status, answer.body]).toEqual([200, 'the service']);
          expect(reached).toMatchObject([{ method: 'GET', url: `${pages}/home?version=2`, headers: identity() }]);
        });

        it('stops a request without a credential with the challenge, others as forbidden', async () => {
          const answer = await expectStopped(`GET ${pages}/home`, 401, []);
          expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="bailiwick"');
          await expectStopped(`GET ${pages}/home`, 401, ['X-Auth-Token: nonsense']);
          await expectStopped(`PUT ${pages}/home`, 403);
          await expectStopped(`PATCH ${pages}/home`, 403);
          await expectStopped('GET /admin/users', 403);
          await expectStopped('GET /nowhere', 403);
        });

        it('stops paths that the service might read in another way', async () => {
          for (const path of [
            `${pages}/home/../../../../admin/users`,
            `${pages}/%2e%2e`,
            `${pages}/a%2Fb`,
            `${pages}//home`,
            `/${pages}/home`,
            `${pages}/home;x`,
            `${pages}/home/`,
            `/PROJECTS/${organization}/pages/home`,
          ])
            await expectStopped(`GET ${path}`, 403);
          // nginx makes a path of a whole address: what is asked about is what the service sees.
          const { answer, reached } = await send(`GET http://wiki.example.org${pages}/home`);
          expect([answer.status, reached.map(({ url }) => url)]).toEqual([200, [`${pages}/home`]]);
        });

        it('a client gets nowhere with headers of its own', async () => {
          const forged = ['X-Original-URI', 'X-Forwarded-Uri'].map((name) => `${name}: ${pages}/home`);
          const methods = ['X-Original-Method: GET', 'X-Forwarded-Method: GET', 'X-Original-Host: wiki.example.org'];
          const key = `X-Auth-Token: ${readerKey}`;
          await expectStopped(`PUT ${pages}/home`, 403, [key, ...forged, ...methods]);
          await expectStopped('GET /admin/users', 403, [key, ...forged, ...methods]);
          const somebody = ['X-Bailiwick-Principal-Id: somebody', 'X-Bailiwick-Principal-Type: user'];
          const { answer, reached } = await send(`GET ${pages}/home`, [key, ...forged, ...methods, ...somebody]);
          expect(answer.status).toBe(200);
          expect(reached).toMatchObject([{ headers: identity() }]);
        });

        it('hands the body of a request to the service alone', async () => {
          const owner = [`X-Auth-Token: ${server.secretKey}`, 'Content-Type: text/plain', 'Content-Length: 5'];
          const { answer, reached } = await send(`PUT ${pages}/home`, owner, 'hello');
          expect(answer.status).toBe(200);
          expect(reached).toMatchObject([{ method: 'PUT', body: 'hello' }]);
        });

        it('stops a key at once when it is revoked', async () => {
          const { body: key } = await callApi(server, 'POST', '/iam/v1alpha1/api-keys', { application_id: readerId });
          const headers = [`X-Auth-Token: ${key.secret_key}`];
          expect((await send(`GET ${pages}/home`, headers)).answer.status).toBe(200);
          await callApi(server, 'DELETE', `/iam/v1alpha1/api-keys/${key.access_key}`);
          await expectStopped(`GET ${pages}/home`, 401, headers);
          expect((await send(`GET ${pages}/home`)).answer.status).toBe(200);
        });

        it('a session token passes until its session is ended', async () => {
          const { body: owners } = await callApi(server, 'GET', '/iam/v1alpha1/users?type=owner');
          const [{ id: user_id }] = owners.users;
          const { body } = await callApi(server, 'POST', '/iam/v1alpha1/jwts', { user_id });
          const headers = [`X-Session-Token: ${body.token}`];
          expect((await send(`GET ${pages}/home`, headers)).answer.status).toBe(200);
          await callApi(server, 'DELETE', `/iam/v1alpha1/jwts/${body.jwt.jti}`);
          await expectStopped(`GET ${pages}/home`, 401, headers);
        });

        it('lets nobody pass while nobody answers', async () => {
          const port = Number(new URL(server.url).port);
          await server.kill();
          await expectStopped(`GET ${pages}/home`, 500);
          await expectStopped(`GET ${pages}/home`, 500, [`X-Auth-Token: ${server.secretKey}`]);
          writeFileSync(routes, blockOf(page, 'yaml', 'routes:'));
          server = await startServer({
            data: server.data,
            databaseUrl: created.url,
            port,
            env: environment(server.data),
          });
          expect((await send(`GET ${pages}/home`)).answer.status).toBe(200);
        });

        it('stops everybody at once when the policy is gone', async () => {
          const { body } = await callApi(server, 'GET', '/iam/v1alpha1/policies?policy_name=reader');
          const { id } = body.policies.find((policy: { readonly name: string }) => policy.name === 'reader');
          expect((await send(`GET ${pages}/home`)).answer.status).toBe(200);
          await callApi(server, 'DELETE', `/iam/v1alpha1/policies/${id}`);
          await expectStopped(`GET ${pages}/home`, 403);
        });
      });
    }
  });
}
