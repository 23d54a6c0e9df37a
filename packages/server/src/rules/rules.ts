import { assertNoEscalation } from '../authorization/escalation.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Handler } from '../context.ts';
import { assertRulesEditable } from '../policies/protection.ts';
import { getPolicy, touchPolicy } from '../policies/store.ts';
import { assertExist } from '../storage/existence.ts';
import { readSpecifications } from './specification.ts';
import { listRules, readRules, replaceRules, ruleFact, type StoredRule } from './store.ts';

export const list: Handler<'rules.list'> = ({ storage, scope, catalogue }, { policy_id: policyId, ...page }) =>
  storage.snapshot(async (db) => {
    await assertExist(db, scope, 'policies', [policyId]);
    const { rows, total } = await listRules({ ...storage, db }, scope, policyId, page);
    return { rules: rows.map((row) => toRule(row, catalogue)), total_count: total };
  });

export const set: Handler<'rules.set'> = (context, { policy_id: policyId, rules = [] }) =>
  context.change(async (change) => {
    assertRulesEditable(await getPolicy(change.db, change.scope, policyId));
    const specified = await readSpecifications(context, change.db, change.scope, rules);
    await assertNoEscalation(context, change, () => specified.map(ruleFact));
    await replaceRules(change, policyId, specified);
    await touchPolicy(change, policyId);
    change.touches(policyId);
    const kept = await readRules(change.db, change.scope, policyId);
    return { rules: kept.map((rule) => toRule(rule, context.catalogue)) };
  });

function toRule(rule: StoredRule, catalogue: Catalogue) {
  return {
    id: rule.id,
    permission_set_names: rule.permissionSetIds.map((id) => catalogue.byId(id)?.name ?? id),
    permission_sets_scope_type: rule.scope_type,
    condition: rule.condition,
    ...(rule.scope === 'organization'
      ? { organization_id: rule.organization_id }
      : { project_ids: [...rule.projectIds] }),
  };
}
