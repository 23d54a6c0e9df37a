import { requestOf } from '../client/input.ts';
import { decode } from '../output/decode.ts';
import type { Block, Result } from '../output/result.ts';
import { type Cell, oneLine, plain } from '../output/values.ts';
import { changeRows } from './changes.ts';
import type { Run } from './context.ts';
import { type Explanation, listed, nameOr, type RuleOutcome, ruleName, valuesRead } from './explanation.ts';
import { verdictOf } from './verdict.ts';

/** `iam explain`: the verdict in a sentence, what led to it, and what would change it. */
export async function explainDecision({ command, assignments, api, types }: Run): Promise<Result> {
  const answer = await api.call(requestOf(command, assignments));
  const value = decode(answer, 'Explanation', types) as Explanation;
  return { shape: 'object', type: 'Explanation', value, page: pageOf(complete(value)) };
}

/** A service may leave out what is empty. */
function complete(explanation: Explanation): Explanation {
  const { scope, permissions, groups, rules, changes } = explanation;
  return {
    ...explanation,
    scope: scope ?? { type: '', id: '', name: '' },
    permissions: permissions ?? [],
    groups: groups ?? [],
    rules: (rules ?? []).map((rule) => ({ ...rule, permission_set_names: rule.permission_set_names ?? [] })),
    changes: (changes ?? []).map(({ edits }) => ({ edits: edits ?? [] })),
  };
}

function pageOf(explanation: Explanation): readonly Block[] {
  const { decision, because, permissions, groups, changes } = explanation;
  const verdict: Cell = { text: oneLine(verdictOf(explanation)), paint: decision === 'allow' ? 'green' : 'red' };
  const head: Block = { title: null, rows: [[verdict]] };
  if (askedAmiss.has(because)) return [head];
  const blocks: readonly Block[] = [
    head,
    {
      title: 'Needed',
      rows: permissions.map(({ permission, held }) => [
        plain(oneLine(permission)),
        held ? { text: 'held', paint: 'green' } : { text: 'missing', paint: 'red' },
      ]),
    },
    { title: 'Groups', rows: groups.map((group) => [plain(oneLine(nameOr(group)))]) },
    { title: 'Rules', rows: ruleRows(explanation) },
    { title: 'To change this', rows: changes.length === 0 ? [] : changeRows(explanation) },
  ];
  return blocks.filter(({ rows }) => rows.length > 0);
}

/** Questions that no rule has a part in: what the rules would say to others is beside the point. */
const askedAmiss = new Set(['unknown_principal', 'unknown_permission', 'foreign_scope', 'scope_mismatch']);

/** Rules without the permission that are shown; who has many wants to read about the others. */
const maximumUnrelated = 10;

function ruleRows(explanation: Explanation): readonly (readonly Cell[])[] {
  const { rules, permissions, groups } = explanation;
  if (rules.length === 0) return [];
  const several = permissions.length > 1;
  const isUnrelated = ({ outcome }: RuleOutcome) => outcome === 'no_permission';
  const unrelated = new Set(rules.filter(isUnrelated).slice(maximumUnrelated));
  const head = ['POLICY', 'RULE', 'THROUGH', ...(several ? ['PERMISSION'] : []), 'RESULT', 'WHY'];
  const rows = rules
    .filter((rule) => !unrelated.has(rule))
    .map((rule) => {
      const group = groups.find(({ id }) => id === rule.group_id);
      return [
        plain(oneLine(rule.policy_name)),
        plain(ruleName(rule.position)),
        plain(group ? oneLine(nameOr(group)) : '-'),
        ...(several ? [plain(oneLine(rule.permission))] : []),
        resultOf(rule),
        plain(oneLine(whyOf(rule, explanation))),
      ];
    });
  const more = unrelated.size === 0 ? [] : [[plain(`and ${unrelated.size} more without the permission`)]];
  return [head.map(plain), ...rows, ...more];
}

const results: Readonly<Record<string, string>> = {
  no_permission: 'not this permission',
  other_scope: 'not here',
  condition_false: 'condition is false',
  condition_error: 'condition fails',
};

function resultOf({ outcome }: RuleOutcome): Cell {
  if (outcome === 'grants') return { text: 'grants', paint: 'green' };
  return { text: results[outcome] ?? outcome, paint: outcome === 'no_permission' ? 'dim' : 'red' };
}

function whyOf(rule: RuleOutcome, { scope }: Explanation): string {
  const { outcome, permission_set_names: sets, projects = [], clause, values = {} } = rule;
  if (outcome === 'other_scope') {
    if (projects.length === 0) return 'in no project';
    const all = scope.type === 'organization' ? ', not in all' : '';
    return `only in ${listed(projects.map(nameOr))}${all}`;
  }
  if (clause === undefined) return sets.length === 0 ? 'no permission sets' : listed(sets);
  const read = valuesRead(values);
  return read.length === 0 ? clause : `${clause}, where ${listed(read)}`;
}
