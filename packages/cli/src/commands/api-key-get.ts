import { requestOf } from '../client/input.ts';
import { typedText } from '../grammar/typed-text.ts';
import { decode } from '../output/decode.ts';
import type { JsonObject, Result, Section } from '../output/result.ts';
import type { Run } from './context.ts';
import { rulesOf } from './rules.ts';

const iam = '/iam/v1alpha1';
const nothing = { query: new URLSearchParams(), body: undefined };

/** `iam api-key get`: the key, what kind of bearer it has, and the permission sets of the policies of that bearer. */
export async function getApiKey(run: Run): Promise<Result> {
  const answer = await run.api.call(requestOf(run.command, run.assignments));
  const kind = await bearerKind(run, answer);
  const isOwner = kind === 'owner';
  const value: JsonObject = {
    APIKey: decode(answer, 'APIKey', run.types),
    entity_type: isOwner ? 'owner (owner has all permissions over the organization)' : kind,
    policies: isOwner || typedText(run, 'with-policies') === 'false' ? null : await policiesOf(run, answer),
  };
  return { shape: 'object', type: 'APIKeyWithPolicies', value, sections: sectionsOf(value) };
}

async function bearerKind({ api }: Run, { user_id }: JsonObject): Promise<string> {
  if (!user_id) return 'application';
  const path = `${iam}/users/${encodeURIComponent(String(user_id))}`;
  const { type } = await api.call({ method: 'GET', path, ...nothing });
  return String(type ?? 'unknown_type');
}

/** `"readers (<policy id>)"` → the permission sets of all its rules, in their order. */
async function policiesOf({ api, configuration }: Run, { user_id, application_id }: JsonObject): Promise<JsonObject> {
  const query = new URLSearchParams({
    ...(user_id ? { user_ids: String(user_id) } : { application_ids: String(application_id) }),
    order_by: 'policy_name_asc',
    organization_id: configuration.organization,
  });
  const policies = await api.list({ method: 'GET', path: `${iam}/policies`, query, body: undefined }, 'policies');
  const entries: [string, readonly string[]][] = [];
  for (const { id, name } of policies) {
    const rules = await rulesOf(api, String(id));
    const names = rules.flatMap(({ permission_set_names }) => (permission_set_names ?? []) as readonly string[]);
    entries.push([`${name} (${id})`, names]);
  }
  // In the order of their keys, as the official client writes a map.
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function sectionsOf({ APIKey, entity_type, policies }: JsonObject): readonly Section[] {
  return [
    { title: 'Entity Type', text: String(entity_type) },
    { title: 'Api Key', type: 'APIKey', value: APIKey as JsonObject },
    ...(policies === null ? [] : [{ title: 'Policies', pairs: policies as JsonObject }]),
  ];
}
