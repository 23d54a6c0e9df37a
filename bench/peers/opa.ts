import type { Contender } from './contender.ts';
import { type Grant, type Organization, type Question, roles } from './organization.ts';
import { freeAddresses, openWorkshop, send, timed } from './program.ts';

/** Grants are data that is looked up by principal and project; nothing is searched. */
const policy = `
package bailiwick

principals contains input.user
principals contains group if some group in data.memberships[input.user]

default may(_, _) := false
may(permission, project) if {
  some principal in principals
  some role in data.grants[principal][project]
  data.roles[role][permission]
}

allow := may(input.permission, input.project)
answers := [may(question.permission, question.project) | some question in input.questions]
`;

const permissionOf = ({ kind, action }: { readonly kind: string; readonly action: string }) => `${kind}:${action}`;
const questionOf = (question: Question) => ({ permission: permissionOf(question), project: question.project });

/** Policy and data are put by the REST API, and questions are asked by it. */
export const opa: Contender = {
  name: 'OPA',
  setting: 'rego over indexed data, kept in its memory for reading, log level error',
  start: async (organization) => {
    await using stack = new AsyncDisposableStack();
    const workshop = await openWorkshop('opa');
    const [address = ''] = await freeAddresses(1);
    const url = `http://${address}`;
    const process = stack.use(
      await workshop.serve(
        [
          ...['run', '--server', '--addr', address, '--log-level', 'error', '--log-level-request', 'error'],
          ...['--optimize-store-for-read-speed', '--skip-version-check'],
        ],
        `${url}/health`,
      ),
    );
    const put = async (path: string, body: unknown) => void (await send(`${url}/v1/${path}`, body, { method: 'PUT' }));
    await put('policies/bailiwick', policy);
    await put('data/roles', Object.fromEntries(roles.map(({ name, permissions }) => [name, truths(permissions)])));
    await put('data/memberships', membershipsOf(organization));
    const grants = grantsOf(organization);
    const headers = { 'content-type': 'application/json' };
    const loadSeconds = await timed(() => put('data/grants', grants));
    const running = stack.move();
    return {
      version: workshop.version,
      pid: process.pid,
      loadSeconds,
      single: {
        url: `${url}/v1/data/bailiwick/allow`,
        headers,
        body: ([question]) => ({ input: question && { user: question.user, ...questionOf(question) } }),
        answers: (text) => {
          const { result }: { readonly result?: boolean } = JSON.parse(text);
          return [result === true];
        },
      },
      batch: {
        url: `${url}/v1/data/bailiwick/answers`,
        headers,
        body: (questions) => ({ input: { user: questions[0]?.user, questions: questions.map(questionOf) } }),
        answers: (text) => {
          const { result = [] }: { readonly result?: readonly boolean[] } = JSON.parse(text);
          return result;
        },
      },
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
};

function truths(permissions: readonly { readonly kind: string; readonly action: string }[]) {
  return Object.fromEntries(permissions.map((permission) => [permissionOf(permission), true]));
}

function membershipsOf({ groups, users }: Organization): Record<string, readonly string[]> {
  const of = new Map<string, string[]>(users.map((user) => [user, []]));
  for (const { id, members } of groups) for (const user of members) of.get(user)?.push(id);
  return Object.fromEntries(of);
}

/** The roles of everybody in each project. */
function grantsOf({ grants }: Organization): unknown {
  const ofHolders = Map.groupBy(grants, ({ to }) => to.id);
  return Object.fromEntries(
    [...ofHolders].map(([holder, held]) => {
      const ofProjects = Map.groupBy(held, ({ project }) => project);
      return [holder, Object.fromEntries([...ofProjects].map(([project, each]) => [project, each.map(nameOf)]))];
    }),
  );
}

const nameOf = ({ role }: Grant) => role.name;
