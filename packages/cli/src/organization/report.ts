import type { JsonObject } from '../output/result.ts';
import type { Execution } from './execute.ts';
import type { Change, Plan } from './plan.ts';

/** How many of a plan's changes are of each kind. */
export function countActions(changes: readonly Change[]): Readonly<Record<Change['action'], number>> {
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  return { create: count('create'), change: count('change'), delete: count('delete') };
}

/** A plan, and what became of it, as data: an `ApplyReport` (own/table.ts). */
export function reportOf({ changes }: Plan, execution: Execution | null): JsonObject {
  const counted = execution === null ? changes : changes.filter((change) => execution.outcomes.get(change) === 'done');
  const { create, change, delete: deleted } = countActions(counted);
  return {
    applied: changes.length === 0 || (execution !== null && execution.failures.length === 0),
    created: create,
    changed: change,
    deleted,
    changes: changes.map((one) => ({
      action: one.action,
      kind: one.kind,
      name: one.name,
      id: one.action === 'create' ? (execution?.ids.get(one.key) ?? '') : one.key,
      outcome: execution?.outcomes.get(one) ?? 'planned',
      fields: one.fields.map(({ field, old, new: now }) => ({ field, old, new: now })),
    })),
  };
}
