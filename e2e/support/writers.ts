import type { Call } from './calls.ts';
import type { Model } from './model.ts';
import type { Random } from './random.ts';
import type { Json } from './server-process.ts';

/** Sends a call and gives the body of its answer; fails when there is none. */
export type Send = (call: Call) => Promise<Json>;

/** What a writer is responsible for: things that former ones left behind. */
export interface Leftovers {
  readonly users: readonly string[];
  readonly applications: readonly string[];
  readonly groups: readonly string[];
  readonly policies: readonly string[];
}

/**
 * Writes until a call fails: makes a user, an application with keys, a group of both and a policy for it, changes all
 * of it and deletes it in an order of its own, over and over. What a former writer could not delete goes first, so that
 * an organization does not grow.
 */
export async function writeUntilKilled(
  send: Send,
  random: Random,
  name: string,
  organizationId: string,
  leftovers: Leftovers,
): Promise<never> {
  for (const call of random.shuffle(deletionsOf(leftovers))) await send(call);
  for (let round = 0; ; round += 1) await liveOnce(send, random, `${name}-${round}`, organizationId);
}

async function liveOnce(send: Send, random: Random, name: string, organizationId: string): Promise<void> {
  const user = (await send({ operation: 'users.create', body: { email: `${name}@example.org` } })).id;
  const application = (await send({ operation: 'applications.create', body: { name } })).id;
  const group = (await send({ operation: 'groups.create', body: { name } })).id;
  const key = { operation: 'apiKeys.create', body: { application_id: application, description: name } } as const;
  const keys = [(await send(key)).access_key, (await send(key)).access_key];
  const members = { user_ids: [user], application_ids: [application] };
  await send({ operation: 'groups.addMembers', params: { group_id: group }, body: members });
  const principal = random.pick([{ user_id: user }, { group_id: group }, { application_id: application }]);
  const rules = rulesFor(random, name, organizationId);
  const policy = (await send({ operation: 'policies.create', body: { name, ...principal, rules } })).id;
  const changes: readonly Call[] = [
    { operation: 'rules.set', body: { policy_id: policy, rules: rulesFor(random, `${name}-new`, organizationId) } },
    { operation: 'apiKeys.update', params: { access_key: keys[0] }, body: { description: `${name}-new` } },
    { operation: 'apiKeys.delete', params: { access_key: keys[1] } },
    { operation: 'applications.update', params: { application_id: application }, body: { description: name } },
    { operation: 'groups.removeMember', params: { group_id: group }, body: { user_id: user } },
    { operation: 'groups.setMembers', params: { group_id: group }, body: members },
  ];
  for (const call of random.shuffle(changes)) await send(call);
  const all = { users: [user], applications: [application], groups: [group], policies: [policy] };
  for (const call of random.shuffle(deletionsOf(all))) await send(call);
}

function deletionsOf({ users, applications, groups, policies }: Leftovers): readonly Call[] {
  return [
    ...users.map((user_id) => ({ operation: 'users.delete', params: { user_id } }) as const),
    ...applications.map(
      (application_id) => ({ operation: 'applications.delete', params: { application_id } }) as const,
    ),
    ...groups.map((group_id) => ({ operation: 'groups.delete', params: { group_id } }) as const),
    ...policies.map((policy_id) => ({ operation: 'policies.delete', params: { policy_id } }) as const),
  ];
}

/** One to eight rules that tell whose they are. */
function rulesFor(random: Random, name: string, organizationId: string): readonly Json[] {
  return Array.from({ length: 1 + random.below(8) }, (_, index) => {
    const condition = `request.user_agent == "${name}/${index}"`;
    return random.below(2) === 0
      ? { permission_set_names: ['IAMReadOnly', 'ProjectReadOnly'], condition, organization_id: organizationId }
      : { permission_set_names: ['VPCReadOnly', 'IPAMReadOnly'], condition, project_ids: [organizationId] };
  });
}

/** Shares what is in the model, and was not there at first, among writers. */
export function shareLeftovers(model: Model, first: Model, writers: number): readonly Leftovers[] {
  const share = (kind: keyof Leftovers, writer: number) =>
    [...model[kind].keys()].filter((id) => !first[kind].has(id)).filter((_, index) => index % writers === writer);
  return Array.from({ length: writers }, (_, writer) => ({
    users: share('users', writer),
    applications: share('applications', writer),
    groups: share('groups', writer),
    policies: share('policies', writer),
  }));
}
