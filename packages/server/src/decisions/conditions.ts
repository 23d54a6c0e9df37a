import { findProblems, tryCondition } from '@bailiwick/authz';
import type { Handler } from '../context.ts';
import { readAttributes } from './subjects.ts';

/** Of a condition that nobody has kept yet; nothing of the caller plays a part in it. */
export const evaluateCondition: Handler<'decisions.evaluateCondition'> = async (context, { condition, ...asked }) => {
  const problems = findProblems(condition);
  if (problems.length > 0) return { valid: false, problems: [...problems], clauses: [] };
  const { verdict, clauses, decisive } = tryCondition(condition, readAttributes(context, { ...asked, subject: {} }));
  return {
    valid: true,
    problems: [],
    verdict,
    clauses: clauses.map((clause, index) => ({ ...clause, decisive: index === decisive })),
  };
};
