import { Graph, type GraphLabel, layout } from '@dagrejs/dagre';
import type { Explanation } from './question.ts';
import type { RuleLookedAt } from './rules-looked-at.ts';

/** Where a way to the permission goes: `grants` leads there, `fails` ends at a condition, `pale` was looked at and did not help. */
export type Tone = 'grants' | 'fails' | 'pale';

/** One thing on the way from the principal to the permission. */
export type Step = { readonly id: string; readonly tone: Tone } & (
  | {
      readonly kind: 'principal';
      readonly type: Explanation['principal_type'];
      readonly key: string;
      readonly name: string;
    }
  | { readonly kind: 'group' | 'policy'; readonly key: string; readonly name: string }
  | { readonly kind: 'rule'; readonly rule: RuleLookedAt }
  | { readonly kind: 'sets'; readonly names: readonly string[] }
  | { readonly kind: 'permission'; readonly name: string }
);

/** From one step to the next. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly tone: Tone;
}

export interface ReasonGraph {
  readonly steps: readonly Step[];
  readonly ways: readonly Way[];
}

/** Principal → group → policy → rule → permission sets → permission, each thing once, as the rules lead through them. */
export function reasonGraph(answer: Explanation, rules: readonly RuleLookedAt[]): ReasonGraph {
  const graph = new GraphInTheMaking();
  const groups = new Map(answer.groups.map(({ id, name }) => [id, name]));
  const principal = `principal ${answer.principal_id}`;
  const needsNoRule = answer.decision === 'allow' && answer.because !== 'rule';
  graph.step({
    kind: 'principal',
    id: principal,
    tone: answer.decision === 'allow' ? 'grants' : 'pale',
    type: answer.principal_type,
    key: answer.principal_id,
    name: answer.principal_name,
  });
  for (const { permission, held } of answer.permissions)
    graph.step({
      kind: 'permission',
      id: `permission ${permission}`,
      tone: held || needsNoRule ? 'grants' : 'pale',
      name: permission,
    });
  if (needsNoRule) {
    // Of what everybody may do to themselves no permission is listed.
    graph.step({ kind: 'permission', id: `permission ${answer.permission}`, tone: 'grants', name: answer.permission });
    graph.way(principal, `permission ${answer.permission}`, 'grants');
  }
  for (const rule of rules) {
    const { tone } = rule;
    const group = rule.group_id === undefined ? null : `group ${rule.group_id}`;
    const policy = `policy ${rule.policy_id}`;
    const own = `rule ${rule.rule_id}`;
    const sets = `sets ${rule.rule_id}`;
    if (rule.group_id !== undefined && group !== null) {
      graph.step({ kind: 'group', id: group, tone, key: rule.group_id, name: groups.get(rule.group_id) ?? '' });
      graph.way(principal, group, tone);
    }
    graph.step({ kind: 'policy', id: policy, tone, key: rule.policy_id, name: rule.policy_name });
    graph.way(group ?? principal, policy, tone);
    graph.step({ kind: 'rule', id: own, tone, rule });
    graph.way(policy, own, tone);
    graph.step({ kind: 'sets', id: sets, tone, names: rule.permission_set_names });
    graph.way(own, sets, tone);
    for (const { permission, outcome, tone } of rule.outcomes)
      if (outcome !== 'no_permission') graph.way(sets, `permission ${permission}`, tone);
  }
  return graph;
}

const strength: Readonly<Record<Tone, number>> = { grants: 2, fails: 1, pale: 0 };
const stronger = <T extends { readonly tone: Tone }>(one: T, other: T | undefined): T =>
  other !== undefined && strength[other.tone] >= strength[one.tone] ? other : one;

/** What several rules lead through has the colour of the best of them. */
class GraphInTheMaking implements ReasonGraph {
  readonly #steps = new Map<string, Step>();
  readonly #ways = new Map<string, Way>();

  step(step: Step): void {
    this.#steps.set(step.id, stronger(step, this.#steps.get(step.id)));
  }

  way(from: string, to: string, tone: Tone): void {
    const id = `${from} → ${to}`;
    this.#ways.set(id, stronger({ from, to, tone }, this.#ways.get(id)));
  }

  get steps(): readonly Step[] {
    return [...this.#steps.values()];
  }

  get ways(): readonly Way[] {
    return [...this.#ways.values()];
  }
}

/** Width and height of a step on the page, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedStep extends Point {
  readonly step: Step;
  readonly size: Size;
}

/** A way with the points between its ends, where it passes steps that it does not lead to. */
export interface PlacedWay extends Way {
  readonly through: readonly Point[];
}

export interface PlacedGraph {
  readonly steps: readonly PlacedStep[];
  readonly ways: readonly PlacedWay[];
  readonly height: number;
}

type Placing = Size & Partial<Point>;

/** Each step at its place, from left to right. */
export function placed({ steps, ways }: ReasonGraph, sizeOf: (step: Step) => Size): PlacedGraph {
  const graph = new Graph<GraphLabel, Placing, { minlen: number; points?: readonly Point[] }>();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 40 });
  for (const step of steps) graph.setNode(step.id, { ...sizeOf(step) });
  const isThroughGroups = steps.some(({ kind }) => kind === 'group');
  for (const { from, to } of ways) {
    // Policies stand below each other, whether a group leads to them or not.
    const minlen = isThroughGroups && from.startsWith('principal') && to.startsWith('policy') ? 2 : 1;
    graph.setEdge(from, to, { minlen });
  }
  layout(graph);
  return {
    steps: steps.map((step) => {
      const size = sizeOf(step);
      const { x = 0, y = 0 } = graph.node(step.id);
      return { step, x: x - size.width / 2, y: y - size.height / 2, size };
    }),
    // The layout gives a point for each column of steps, and one for each gap between two.
    ways: ways.map((way) => ({
      ...way,
      through: (graph.edge(way.from, way.to).points ?? []).slice(1, -1).filter((_, index) => index % 2 === 1),
    })),
    height: graph.graph().height ?? 0,
  };
}
