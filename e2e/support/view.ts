import { type Members, type Model, principalOf } from './model.ts';
import { type Json, listAll, type ServerProcess } from './server-process.ts';

/** What the API shows of an organization; nothing in it is left to chance, so two views are compared as they are. */
export interface View {
  readonly users: readonly Json[];
  readonly applications: readonly Json[];
  readonly groups: readonly Json[];
  readonly policies: readonly Json[];
  readonly apiKeys: readonly Json[];
  readonly totals: Readonly<Record<string, number>>;
}

/** What the API must show of a model. */
export function viewOf({ users, applications, groups, policies, apiKeys }: Model): View {
  const keys = [...apiKeys].map(([id, key]) => ({ id, ...key }));
  const members = ({ kind, users: some, applications: few }: Members & { readonly kind: string }) => ({
    users: kind === 'all_users' ? [...users.keys()] : some,
    applications: kind === 'all_applications' ? [...applications.keys()] : few,
  });
  return {
    users: [...users].map(([id, user]) => ({ id, ...user })),
    applications: [...applications].map(([id, application]) => ({
      id,
      ...application,
      nb_api_keys: keys.filter(({ bearer }) => bearer === id).length,
    })),
    groups: [...groups].map(([id, group]) => ({ id, ...group, ...members(group) })),
    policies: [...policies].map(([id, policy]) => ({
      id,
      ...policy,
      nb_rules: policy.rules.length,
      nb_permission_sets: new Set(policy.rules.flatMap((rule) => rule.permission_set_names)).size,
    })),
    apiKeys: keys,
    totals: {
      users: users.size,
      applications: applications.size,
      groups: groups.size,
      policies: policies.size,
      apiKeys: apiKeys.size,
    },
  };
}

/** What the API shows. */
export async function readView(server: Pick<ServerProcess, 'url' | 'secretKey'>): Promise<View> {
  const list = (name: string) => listAll(server, `/iam/v1alpha1/${name}?order_by=created_at_asc`);
  const [users, applications, groups, policies, apiKeys] = await Promise.all(
    ['users', 'applications', 'groups', 'policies', 'api-keys'].map(list),
  );
  const totals = { users, applications, groups, policies, apiKeys };
  return {
    users: users!.items.map(({ id, username }) => ({ id, username })),
    applications: applications!.items.map(({ id, name, description, nb_api_keys }) => ({
      id,
      name,
      description,
      nb_api_keys,
    })),
    groups: groups!.items.map(({ id, name, user_ids, application_ids, all_users, all_applications }) => ({
      id,
      kind: all_users ? 'all_users' : all_applications ? 'all_applications' : 'ordinary',
      name,
      users: user_ids,
      applications: application_ids,
    })),
    policies: await Promise.all(
      policies!.items.map(async ({ id, name, nb_rules, nb_permission_sets, ...principal }) => ({
        id,
        name,
        principal: principalOf(principal),
        rules: (await listAll(server, `/iam/v1alpha1/rules?policy_id=${id}`)).items.map(ruleOf),
        nb_rules,
        nb_permission_sets,
      })),
    ),
    apiKeys: apiKeys!.items.map(({ access_key, user_id, application_id, description }) => ({
      id: access_key,
      bearer: user_id ?? application_id,
      description,
    })),
    totals: Object.fromEntries(Object.entries(totals).map(([name, found]) => [name, found!.total])),
  };
}

/** A rule as it was sent: what is kept of it beside that is an id and what follows from the sets. */
export const ruleOf = ({ id: _, permission_sets_scope_type: __, ...rule }: Json): Json => rule;

/** The model of an organization that exists already. */
export function modelOf(view: View): Model {
  const byId = <T>(items: readonly Json[], pick: (item: Json) => T) =>
    new Map(items.map((item) => [item.id as string, pick(item)]));
  return {
    users: byId(view.users, ({ username }) => ({ username })),
    applications: byId(view.applications, ({ name, description }) => ({ name, description })),
    groups: byId(view.groups, ({ kind, name, users, applications }) => ({
      kind,
      name,
      ...(kind === 'ordinary' ? { users, applications } : { users: [], applications: [] }),
    })),
    policies: byId(view.policies, ({ name, principal, rules }) => ({ name, principal, rules })),
    apiKeys: byId(view.apiKeys, ({ bearer, description }) => ({ bearer, description })),
  };
}
