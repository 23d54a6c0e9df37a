import type { OperationId } from '@bailiwick/contract';
import type { Call } from './calls.ts';
import type { Json } from './server-process.ts';

/**
 * An organization, as simple as it can be said: what calls do to it one after another. The server must never show
 * anything that does not come out of this for some order of the calls.
 */
export interface Model {
  /** All in the order in which they were made. */
  readonly users: Map<string, { readonly username: string }>;
  readonly applications: Map<string, { name: string; description: string }>;
  readonly groups: Map<
    string,
    { readonly kind: string; readonly name: string; users: string[]; applications: string[] }
  >;
  readonly policies: Map<string, { readonly name: string; principal: string | null; rules: readonly Json[] }>;
  readonly apiKeys: Map<string, { readonly bearer: string; description: string }>;
}

type Effect = (model: Model, id: string, body: Json) => void;

/** What each operation does to the thing it makes or changes. */
const effects: Partial<Record<OperationId, Effect>> = {
  'users.create': (model, id, { email }) => model.users.set(id, { username: email }),
  'users.delete': (model, id) => deletePrincipal(model, model.users, id),
  'applications.create': (model, id, { name, description = '' }) => model.applications.set(id, { name, description }),
  'applications.update': (model, id, body) => Object.assign(model.applications.get(id)!, body),
  'applications.delete': (model, id) => deletePrincipal(model, model.applications, id),
  'groups.create': (model, id, { name }) =>
    model.groups.set(id, { kind: 'ordinary', name, users: [], applications: [] }),
  'groups.setMembers': (model, id, body) => {
    Object.assign(model.groups.get(id)!, { users: [], applications: [] });
    addMembers(model, id, body);
  },
  'groups.addMembers': (model, id, body) => addMembers(model, id, body),
  'groups.addMember': (model, id, { user_id, application_id }) =>
    addMembers(model, id, {
      user_ids: user_id === undefined ? [] : [user_id],
      application_ids: application_id === undefined ? [] : [application_id],
    }),
  'groups.removeMember': (model, id, { user_id, application_id }) =>
    removeMember(model.groups.get(id)!, user_id ?? application_id),
  'groups.delete': (model, id) => deletePrincipal(model, model.groups, id),
  'policies.create': (model, id, { name, rules, ...principal }) =>
    model.policies.set(id, { name, principal: principalOf(principal), rules }),
  'policies.delete': (model, id) => model.policies.delete(id),
  'rules.set': (model, id, { rules }) => Object.assign(model.policies.get(id)!, { rules }),
  'apiKeys.create': (model, id, { application_id, description = '' }) =>
    model.apiKeys.set(id, { bearer: application_id, description }),
  'apiKeys.update': (model, id, body) => Object.assign(model.apiKeys.get(id)!, body),
  'apiKeys.delete': (model, id) => model.apiKeys.delete(id),
};

/** Does to the model what the call does to the organization. `id` is that of the thing it made or changed. */
export function apply(model: Model, { operation, body }: Call, id: string): void {
  const effect = effects[operation];
  if (!effect) throw new Error(`the model does not know ${operation}`);
  effect(model, id, body);
}

export type Members = { users: string[]; applications: string[] };

/** Who is a member already keeps its place. */
function addMembers(model: Model, id: string, { user_ids = [], application_ids = [] }: Json): void {
  const group = model.groups.get(id)!;
  group.users = [...new Set([...group.users, ...user_ids])];
  group.applications = [...new Set([...group.applications, ...application_ids])];
}

function removeMember(group: Members, id: string): void {
  group.users = group.users.filter((one) => one !== id);
  group.applications = group.applications.filter((one) => one !== id);
}

/** Its memberships and keys go with it, its policies stay. */
function deletePrincipal(model: Model, kind: Map<string, unknown>, id: string): void {
  kind.delete(id);
  for (const group of model.groups.values()) removeMember(group, id);
  for (const [accessKey, { bearer }] of model.apiKeys) if (bearer === id) model.apiKeys.delete(accessKey);
  for (const policy of model.policies.values()) if (policy.principal === id) policy.principal = null;
}

export const principalOf = ({ user_id, group_id, application_id }: Json): string | null =>
  user_id ?? group_id ?? application_id ?? null;
