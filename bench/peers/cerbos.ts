import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from './contender.ts';
import { actions, kinds, type Organization, type Question } from './organization.ts';
import { freeAddresses, openWorkshop } from './program.ts';

/** Policies are files. It keeps no groups: whoever asks tells the user's, as its roles. */
export const cerbos: Contender = {
  name: 'Cerbos',
  setting: 'policies on disk, not watched, groups sent along as roles, no authentication, log level error',
  start: async (organization) => {
    await using stack = new AsyncDisposableStack();
    const workshop = await openWorkshop('cerbos');
    const policies = join(workshop.folder, 'policies');
    mkdirSync(policies);
    for (const [name, policy] of policiesOf(organization))
      writeFileSync(join(policies, `${name}.json`), JSON.stringify(policy));
    const [http = '', grpc = ''] = await freeAddresses(2);
    const configuration = {
      server: { httpListenAddr: http, grpcListenAddr: grpc },
      storage: { driver: 'disk', disk: { directory: policies, watchForChanges: false } },
      telemetry: { disabled: true },
    };
    const file = join(workshop.folder, 'cerbos.json');
    writeFileSync(file, JSON.stringify(configuration));
    const started = performance.now();
    const process = stack.use(
      await workshop.serve(['server', `--config=${file}`, '--log-level=error'], `http://${http}/_cerbos/health`),
    );
    const loadSeconds = (performance.now() - started) / 1_000;
    const groups = groupsOf(organization);
    const call = {
      url: `http://${http}/api/check/resources`,
      headers: { 'content-type': 'application/json' },
      body: (questions: readonly Question[]) => ({
        principal: { id: questions[0]?.user, roles: groups.get(questions[0]?.user ?? '') },
        resources: questions.map(({ kind, action, project }, index) => ({
          actions: [action],
          resource: { kind, id: String(index), attr: { project } },
        })),
      }),
      answers: (text: string) => {
        const { results }: { readonly results: readonly { readonly actions: Readonly<Record<string, string>> }[] } =
          JSON.parse(text);
        return results.map((result) => Object.values(result.actions).every((effect) => effect === 'EFFECT_ALLOW'));
      },
    };
    const running = stack.move();
    return {
      version: workshop.version,
      pid: process.pid,
      loadSeconds,
      single: call,
      batch: call,
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
};

const apiVersion = 'api.cerbos.dev/v1';
const version = 'default';

/** A policy of each user with what was given to it alone, and one of each kind with what was given to groups. */
function* policiesOf(organization: Organization): Generator<readonly [string, unknown]> {
  const granted = grantedOf(organization);
  const rules = (holder: string, kind: string) =>
    actions.flatMap((action) => {
      const projects = granted.get(`${holder} ${kind} ${action}`);
      if (projects === undefined) return [];
      const condition = { match: { expr: `R.attr.project in ${JSON.stringify([...projects])}` } };
      return [{ action, effect: 'EFFECT_ALLOW', condition }];
    });
  for (const user of organization.users) {
    const ofKinds = kinds
      .map((kind) => ({ resource: kind, actions: rules(user, kind) }))
      .filter((rule) => rule.actions.length > 0);
    yield [user, { apiVersion, principalPolicy: { principal: user, version, rules: ofKinds } }];
  }
  for (const kind of kinds) {
    const ofGroups = organization.groups.flatMap(({ id }) =>
      rules(id, kind).map(({ action, ...rule }) => ({ actions: [action], roles: [id], ...rule })),
    );
    yield [kind, { apiVersion, resourcePolicy: { resource: kind, version, rules: ofGroups } }];
  }
}

/** The projects by holder, kind and action. */
function grantedOf({ grants }: Organization): ReadonlyMap<string, ReadonlySet<string>> {
  const granted = new Map<string, Set<string>>();
  for (const { to, role, project } of grants) {
    for (const { kind, action } of role.permissions) {
      const key = `${to.id} ${kind} ${action}`;
      granted.set(key, (granted.get(key) ?? new Set()).add(project));
    }
  }
  return granted;
}

function groupsOf({ groups }: Organization): ReadonlyMap<string, readonly string[]> {
  const of = new Map<string, string[]>();
  for (const { id, members } of groups) for (const user of members) of.set(user, [...(of.get(user) ?? []), id]);
  return of;
}
