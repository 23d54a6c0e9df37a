import { stringify } from 'yaml';
import type { TestDatabase } from '../../../../test-support/databases.ts';
import { readRoutes } from '../../src/gateway-auth/read-routes.ts';
import type { Routes } from '../../src/gateway-auth/routes.ts';
import { knownNames } from '../../src/operator-files/known-names.ts';
import { create, createMember, createSession, keyFor } from './bearers.ts';
import { type Answer, type Json, startTestServer, type TestServer } from './server.ts';

const catalogue = `
version: 1
services:
  - name: wiki
    resources:
      - { name: page, scope: project, actions: [read, write, delete] }
      - { name: admin, scope: organization, actions: [use] }
permission_sets:
  - { name: WikiReader, scope_type: projects, permissions: ['wiki:page:read'] }
  - { name: WikiWriter, scope_type: projects, permissions: ['wiki:page:write'] }
  - { name: WikiAdmin, scope_type: organization, permissions: ['wiki:admin:use'] }
`;

/** Routes of a wiki: pages in projects, an administration, and all the rest for readers. */
const routesOf = (organizationId: string) => ({
  version: 1,
  routes: [
    {
      path: '/projects/{project}/pages/{page}',
      scope: { project_id: '{project}' },
      resource: { id: '{page}', name: '{page}' },
      methods: { GET: 'wiki:page:read', PUT: 'wiki:page:write', DELETE: 'wiki:page:delete' },
    },
    { path: '/admin/*', scope: { organization_id: organizationId }, methods: { '*': 'wiki:admin:use' } },
    { path: '/login', scope: { project_id: organizationId }, methods: { GET: 'wiki:page:read' } },
    {
      host: 'docs.example.org',
      path: '/manual',
      scope: { organization_id: organizationId },
      methods: { GET: 'wiki:admin:use' },
    },
    { path: '/*', scope: { project_id: organizationId }, methods: { GET: 'wiki:page:read', HEAD: 'wiki:page:read' } },
  ],
});

export interface Gateway {
  readonly server: TestServer;
  readonly organizationId: string;
  /** A member that may read in the default project, and its credentials. */
  readonly reader: { readonly id: string; readonly key: string; readonly session: string };
  /** Another project, in which the member may do nothing. */
  readonly otherProject: string;
  /** Asks as nginx would. */
  ask(
    method: string,
    uri: string,
    options?: { readonly host?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Answer>;
  readonly routes: () => Routes;
  close(): Promise<void>;
}

export async function startGateway(database: TestDatabase, trustedProxies: readonly string[]): Promise<Gateway> {
  let routes: Routes = [];
  const server = await startTestServer(database.url, {
    catalogue,
    trustedProxies,
    settings: { gateway: () => routes },
  });
  const { organizationId } = server.organization;
  routes = readRoutes(stringify(routesOf(organizationId)), 'gateway.yaml', knownNames(server.services.catalogue));
  const { id } = await createMember(server);
  const rule = (set: string, condition: string) => ({
    permission_set_names: [set],
    condition,
    project_ids: [organizationId],
  });
  await create(server, '/iam/v1alpha1/policies', {
    name: 'reader',
    user_id: id,
    rules: [
      rule('WikiReader', ''),
      rule(
        'WikiWriter',
        'resource.name == "draft" && resource.properties.page == resource.id && subject.type == "user"',
      ),
      rule('WikiWriter', 'request.ip == "192.0.2.7"'),
    ],
  });
  const other = await create(server, '/account/v3/projects', { name: 'other', organization_id: organizationId });
  const key = await keyFor(server, { user_id: id });
  const { token } = await createSession(server, id, key);
  const ask: Gateway['ask'] = (method, uri, { host = 'wiki.example.org', headers = {} } = {}) =>
    server.call('GET', '/forward-auth', {
      key: null,
      headers: {
        'x-auth-token': key,
        'x-original-method': method,
        'x-original-host': host,
        'x-original-uri': uri,
        ...headers,
      },
    });
  return {
    server,
    organizationId,
    reader: { id, key, session: token },
    otherProject: other.id,
    ask,
    routes: () => routes,
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}

export type { Json };
