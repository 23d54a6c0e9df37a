import type { Explanation } from './question.ts';
import type { Tone } from './reason-graph.ts';

type Outcome = Explanation['rules'][number];
type Named = Explanation['groups'][number];

/** A rule that was looked at, with what it did for each permission that is needed. */
export interface RuleLookedAt {
  readonly policy_id: string;
  readonly policy_name: string;
  readonly rule_id: string;
  readonly position: number;
  readonly permission_set_names: readonly string[];
  readonly group_id?: string;
  readonly outcomes: readonly (Outcome & { readonly tone: Tone })[];
  /** What it did at best. */
  readonly outcome: Outcome['outcome'];
  readonly tone: Tone;
  /** Where it grants, when that is somewhere else. */
  readonly projects: readonly Named[];
  readonly clause?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** The nearer to a grant, the earlier. */
const nearness = ['grants', 'condition_false', 'condition_error', 'other_scope', 'no_permission'] as const;
const nearer = (one: Pick<Outcome, 'outcome'>, other: Pick<Outcome, 'outcome'>): number =>
  nearness.indexOf(one.outcome) - nearness.indexOf(other.outcome);

const tones: Readonly<Record<Outcome['outcome'], Tone>> = {
  grants: 'grants',
  condition_false: 'fails',
  condition_error: 'fails',
  other_scope: 'pale',
  no_permission: 'pale',
};

/** The rules of an answer, what grants first, then what nearly does. */
export function rulesLookedAt({ rules }: Explanation): readonly RuleLookedAt[] {
  const ways = Map.groupBy(rules, ({ rule_id, group_id = '' }) => `${rule_id} ${group_id}`);
  return [...ways.values()].flatMap(lookedAt).sort(nearer);
}

function lookedAt(outcomes: readonly Outcome[]): readonly RuleLookedAt[] {
  const [best, ...others] = outcomes.map((outcome) => ({ ...outcome, tone: tones[outcome.outcome] })).sort(nearer);
  if (best === undefined) return [];
  const { permission: _, projects = [], ...rule } = best;
  return [{ ...rule, projects, outcomes: [best, ...others] }];
}
