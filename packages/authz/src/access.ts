import { answerIn } from './decide.ts';
import type { Cell } from './organization.ts';

/**
 * When something is granted: all of these hold, and each where one of its conditions is true. Nothing at all holds always,
 * and what has no condition to be true holds never.
 */
export type Access = readonly (readonly string[])[];

/** What one of the needed permissions is granted by. */
export interface Needed {
  readonly inProjects: boolean;
  readonly cells: readonly Cell[];
}

/** When all that is needed is granted in a project, or in the organization. */
export function accessIn(needed: readonly Needed[], projectId: string | null): Access {
  const clauses = needed.flatMap(({ inProjects, cells }) => {
    const answers = cells.map((cell) => answerIn(cell, inProjects ? projectId : null));
    if (answers.includes(true)) return [];
    const conditions = answers.flatMap((answer) => (typeof answer === 'boolean' ? [] : answer));
    return [[...new Set(conditions.map(({ text }) => text))].sort()];
  });
  return withoutImplied(clauses);
}

/** Whether the second holds wherever the first does, as far as can be told without reading conditions. */
export function implies(one: Access, other: Access): boolean {
  return other.every((clause) => one.some((each) => isPart(each, clause)));
}

/** As one expression in CEL; true for always, false for never. */
export function expressionOf(access: Access): boolean | string {
  if (access.length === 0) return true;
  if (access.some((clause) => clause.length === 0)) return false;
  return joined(
    access.map((clause) => joined(clause, ' || ')),
    ' && ',
  );
}

function joined(expressions: readonly string[], operator: string): string {
  const [first = ''] = expressions;
  // A comment ends with its line.
  return expressions.length === 1 ? first : expressions.map((each) => `(${each}${commentEnd(each)})`).join(operator);
}

const commentEnd = (expression: string): string => (expression.includes('//') ? '\n' : '');

/** Each clause once, and none that holds whenever another does. */
function withoutImplied(clauses: Access): Access {
  return clauses
    .filter((clause, at) =>
      clauses.every(
        (other, index) => index === at || !isPart(other, clause) || (other.length === clause.length && index > at),
      ),
    )
    .toSorted((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1));
}

function isPart(some: readonly string[], all: readonly string[]): boolean {
  return some.every((each) => all.includes(each));
}
