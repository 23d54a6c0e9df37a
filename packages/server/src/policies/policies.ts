import type { Organization, RuleFact } from '@bailiwick/authz';
import { formatTimestamp } from '@bailiwick/contract';
import { assertNoEscalation } from '../authorization/escalation.ts';
import type { Handler } from '../context.ts';
import { assertQuota } from '../quotas/limits.ts';
import { readSpecifications } from '../rules/specification.ts';
import { readRules, replaceRules, ruleFact } from '../rules/store.ts';
import { readTags } from '../storage/tags.ts';
import { readPrincipal } from './principal.ts';
import { assertDeletable, assertEditable } from './protection.ts';
import { deletePolicy, getPolicy, insertPolicy, listPolicies, nobody, type PolicyRow, updatePolicy } from './store.ts';

/** Longest name of a policy, in characters. */
const longestName = 64;

export const list: Handler<'policies.list'> = async ({ storage, scope }, input) => {
  const { rows, total } = await listPolicies(storage, scope, input);
  return { policies: rows.map(toPolicy), total_count: total };
};

export const create: Handler<'policies.create'> = (context, input) =>
  context.change(async (change) => {
    const { name, description = '', tags = [], rules = [] } = input;
    await assertQuota(context, change, 'iam_policies');
    const principal = (await readPrincipal(change, input)) ?? nobody;
    const id = context.ids.uuid();
    await insertPolicy(change, { id, name, description, tags, principal });
    const kept = await readSpecifications(context, change.db, change.scope, rules);
    await assertNoEscalation(context, change, () => kept.map(ruleFact));
    await replaceRules(change, id, kept);
    change.touches(id);
    return uncounted(toPolicy(await getPolicy(change.db, change.scope, id)));
  });

export const get: Handler<'policies.get'> = async ({ storage, scope }, { policy_id: id }) =>
  toPolicy(await getPolicy(storage.db, scope, id));

export const update: Handler<'policies.update'> = (context, input) =>
  context.change(async (change) => {
    const { policy_id: id, name, description, tags } = input;
    assertEditable(await getPolicy(change.db, change.scope, id));
    const principal = await readPrincipal(change, input);
    if (principal && principal !== nobody) await assertNoEscalation(context, change, (known) => rulesIn(known, id));
    await updatePolicy(change, id, {
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(tags !== undefined && { tags }),
      ...(principal && { principal }),
    });
    change.touches(id);
    return toPolicy(await getPolicy(change.db, change.scope, id));
  });

export const remove: Handler<'policies.delete'> = (context, { policy_id: id }) =>
  context.change(async (change) => {
    assertDeletable(await getPolicy(change.db, change.scope, id));
    await deletePolicy(change, id);
    change.touches(id);
    return undefined;
  });

export const clone: Handler<'policies.clone'> = (context, { policy_id: sourceId }) =>
  context.change(async (change) => {
    const source = await getPolicy(change.db, change.scope, sourceId);
    await assertQuota(context, change, 'iam_policies');
    const id = context.ids.uuid();
    const name = [...`Copy of ${source.name}`].slice(0, longestName).join('').trimEnd();
    await insertPolicy(change, { id, name, description: source.description, tags: [], principal: nobody });
    const rules = await readRules(change.db, change.scope, sourceId);
    await replaceRules(
      change,
      id,
      rules.map((rule) => ({ ...rule, id: context.ids.uuid(), scopeType: rule.scope_type })),
    );
    change.touches(id);
    return uncounted(toPolicy(await getPolicy(change.db, change.scope, id)));
  });

const rulesIn = (organization: Organization, policyId: string): readonly RuleFact[] =>
  organization.policies.get(policyId)?.rules.map(({ fact }) => fact) ?? [];

function toPolicy(row: PolicyRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    organization_id: row.organization_id,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    editable: row.editable === 1,
    deletable: row.deletable === 1,
    managed: row.managed === 1,
    nb_rules: row.nb_rules,
    nb_scopes: row.nb_scopes,
    nb_permission_sets: row.nb_permission_sets,
    tags: readTags(row.tags),
    ...(row.user_id !== null && { user_id: row.user_id }),
    ...(row.group_id !== null && { group_id: row.group_id }),
    ...(row.application_id !== null && { application_id: row.application_id }),
    ...(row.user_id === null && row.group_id === null && row.application_id === null && { no_principal: true }),
  };
}

/** The answer that makes a policy counts nothing yet, although its rules are kept: recorded so (docs/wire.md). */
function uncounted<P extends object>(policy: P) {
  return { ...policy, nb_rules: 0, nb_scopes: 0, nb_permission_sets: 0 };
}
