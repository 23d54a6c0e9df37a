import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseKind } from '../../test-support/database-kinds.ts';
import { call, createHome, type Server } from '../support/server.ts';
import type { Call, Contender } from './contender.ts';
import { actions, type Grant, kinds, type Organization, type Question, roles } from './organization.ts';
import { parts, timed } from './program.ts';

/** Changes that are on their way at a time. */
const atOnce = 16;
const service = 'depot';

/** Ours: made through the API, on disk with an audit trail, and asked by an application with a key. */
export function bailiwick(database: DatabaseKind): Contender {
  return {
    name: `Bailiwick, ${database.name}`,
    setting: 'every call with an API key, never an answer from before a change, log level error',
    start: async (organization) => {
      const catalogue = join(tmpdir(), `bailiwick-bench-${process.pid}.yaml`);
      writeFileSync(catalogue, JSON.stringify(catalogueOf()));
      await using stack = new AsyncDisposableStack();
      stack.defer(() => rmSync(catalogue, { force: true }));
      const home = stack.use(await createHome(database, ['--catalogue', catalogue, '--log-level', 'error']));
      const server = stack.use(await home.start());
      const ids = await createIdentities(server, organization);
      const policies = policiesOf(organization, ids);
      const loadSeconds = await timed(async () => {
        await each(policies, async (policy) => void (await create(server, 'iam/v1alpha1/policies', policy)));
      });
      const asking = callOf(server, ids, await createAsker(server));
      const running = stack.move();
      return {
        version: 'this one',
        pid: server.pid,
        loadSeconds,
        single: asking,
        batch: asking,
        [Symbol.asyncDispose]: () => running.disposeAsync(),
      };
    },
  };
}

/** From the ids of the comparison to those that the server gave. */
type Ids = ReadonlyMap<string, string>;

function callOf({ url }: Server, ids: Ids, secretKey: string): Call {
  return {
    url: `${url}/iam/v1alpha1/check-permissions`,
    headers: { 'content-type': 'application/json', 'x-auth-token': secretKey },
    body: (questions: readonly Question[]) => ({
      permissions: questions.map(({ kind, action, project }) => ({
        service,
        name: kind,
        action,
        project_id: ids.get(project),
      })),
      subject: { principal_id: ids.get(questions[0]?.user ?? '') },
    }),
    answers: (text) => {
      const { responses }: { readonly responses: readonly { readonly decision: string }[] } = JSON.parse(text);
      return responses.map(({ decision }) => decision === 'allow');
    },
  };
}

const setName = (role: string) => role.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The kinds and roles as a service and permission sets of the operator. */
function catalogueOf() {
  const resources = kinds.map((name) => ({ name, scope: 'project', actions }));
  return {
    version: 1,
    services: [{ name: service, resources }],
    permission_sets: roles.map(({ name, permissions }) => ({
      name: setName(name),
      scope_type: 'projects',
      permissions: permissions.map(({ kind, action }) => `${service}:${kind}:${action}`),
    })),
  };
}

async function createIdentities(server: Server, organization: Organization): Promise<Ids> {
  const ids = new Map<string, string>();
  const make = (path: string, names: readonly string[], body: (name: string) => unknown) =>
    each(names, async (name) => void ids.set(name, await create(server, path, body(name))));
  await make('account/v3/projects', organization.projects, (name) => ({ name }));
  await make('iam/v1alpha1/users', organization.users, (name) => ({ email: `${name}@example.org` }));
  const groups = new Map(organization.groups.map(({ id, members }) => [id, members]));
  await make('iam/v1alpha1/groups', [...groups.keys()], (name) => ({ name }));
  await each([...groups], async ([group, members]) => {
    const path = `/iam/v1alpha1/groups/${ids.get(group)}/add-members`;
    await call(server, path, { user_ids: members.map((user) => ids.get(user)), application_ids: [] });
  });
  return ids;
}

/** A policy for everybody to whom something is granted, with a rule for each grant. */
function policiesOf({ grants }: Organization, ids: Ids): readonly unknown[] {
  const granted = Map.groupBy(grants, ({ to }) => to.id);
  return [...granted].map(([holder, rules]) => ({
    name: holder,
    [rules[0]?.to.kind === 'group' ? 'group_id' : 'user_id']: ids.get(holder),
    rules: rules.map(({ role, project }: Grant) => ({
      permission_set_names: [setName(role.name)],
      project_ids: [ids.get(project)],
    })),
  }));
}

/** @returns the secret key of an application that may ask about others, and do nothing else */
async function createAsker(server: Server): Promise<string> {
  const id = await create(server, 'iam/v1alpha1/applications', { name: 'asker' });
  const rules = [{ permission_set_names: ['IAMDecisionPoint'], organization_id: server.organizationId }];
  await create(server, 'iam/v1alpha1/policies', { name: 'asker', application_id: id, rules });
  const response = await call(server, '/iam/v1alpha1/api-keys', { application_id: id });
  const { secret_key: secretKey }: { readonly secret_key: string } = JSON.parse(await response.text());
  return secretKey;
}

async function create(server: Server, path: string, body: unknown): Promise<string> {
  const { id }: { readonly id: string } = JSON.parse(await (await call(server, `/${path}`, body)).text());
  return id;
}

async function each<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  for (const part of parts(values, atOnce)) await Promise.all(part.map(work));
}
