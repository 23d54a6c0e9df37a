import { parse, unparse } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import type { Circumstances } from '../facts.ts';
import { attributeValue } from './attributes.ts';
import { planReference, readTimesInTexts, type Verdict } from './reference.ts';
import { compileShape } from './shapes.ts';
import { attributesRead, conjuncts, partsOf } from './tree.ts';

/** A condition, compiled once. */
export interface Condition {
  readonly text: string;
  /** Only true grants. Null for an error, or a value that is neither true nor false. */
  readonly evaluate: (question: Circumstances) => Verdict;
  /** Why it is not true: the first term of its conjunction that is not. */
  readonly failure: (question: Circumstances) => ConditionFailure | null;
}

/** What a term of a conjunction came to. */
export interface ClauseOutcome {
  readonly verdict: 'true' | 'false' | 'error';
  /** Text of the term. */
  readonly clause: string;
  /** Attributes that the term reads, with their values in this question; null where it has none. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ConditionFailure extends ClauseOutcome {
  readonly verdict: 'false' | 'error';
}

/** What a condition comes to, and each term of its conjunction by itself. */
export interface Trial {
  readonly verdict: ClauseOutcome['verdict'];
  readonly clauses: readonly ClauseOutcome[];
  /** The place, in `clauses`, of the first term that is to blame; null where it is true. */
  readonly decisive: number | null;
}

/** Compiled conditions by their text: many rules share few texts. Emptied rather than let grow. */
const compiled = new Map<string, Condition>();
const maximumCompiled = 20_000;

/**
 * Compiles a condition, or finds it compiled. One that cannot be read never grants.
 *
 * @example compileCondition('request.ip == "192.0.2.1"').evaluate(question) // true
 */
export function compileCondition(text: string): Condition {
  const known = compiled.get(text);
  if (known) return known;
  if (compiled.size >= maximumCompiled) compiled.clear();
  const condition = compile(text);
  compiled.set(text, condition);
  return condition;
}

/**
 * Tries a condition that nobody keeps. One that cannot be read is an error without terms; the empty one is always true.
 *
 * @example tryCondition('request.ip == "192.0.2.1"', { now, request: { ip: '192.0.2.7' } }).verdict // 'false'
 */
export function tryCondition(text: string, seen: Circumstances): Trial {
  if (text === '') return { verdict: 'true', clauses: [], decisive: null };
  const clauses = tryReadClauses(text);
  if (clauses === null) return { verdict: 'error', clauses: [], decisive: null };
  const verdicts = clauses.map((clause) => clause.evaluate(seen));
  const decisive = decisiveOf(verdicts);
  return {
    verdict: decisive === -1 ? 'true' : wordOf(verdicts[decisive] ?? null),
    clauses: clauses.map((clause, index) => outcomeOf(clause, verdicts[index] ?? null, seen)),
    decisive: decisive === -1 ? null : decisive,
  };
}

interface Clause {
  readonly text: string;
  readonly evaluate: (question: Circumstances) => Verdict;
  readonly reads: readonly string[];
}

function compile(text: string): Condition {
  let expr: Expr;
  try {
    expr = parse(text).expr;
  } catch {
    const failure: ConditionFailure = { verdict: 'error', clause: text, values: {} };
    return { text, evaluate: () => null, failure: () => failure };
  }
  let clauses: readonly Clause[] | undefined;
  return {
    text,
    evaluate: evaluator(expr),
    failure: (question) => {
      clauses ??= readClauses(text);
      return failureOf(clauses, question);
    },
  };
}

function readClauses(text: string): readonly Clause[] {
  const parsed = parse(text);
  return conjuncts(parsed.expr).map((expr) => ({
    // Before the expression is changed: people see what was written.
    text: unparse({ ...parsed, expr }),
    reads: attributesRead(expr),
    evaluate: evaluator(expr),
  }));
}

function evaluator(expr: Expr): (question: Circumstances) => Verdict {
  readTimesInTexts(expr, partsOf);
  return compileShape(expr) ?? planReference(expr);
}

function tryReadClauses(text: string): readonly Clause[] | null {
  try {
    return readClauses(text);
  } catch {
    return null;
  }
}

function failureOf(clauses: readonly Clause[], question: Circumstances): ConditionFailure | null {
  const verdicts = clauses.map((clause) => clause.evaluate(question));
  const at = decisiveOf(verdicts);
  const clause = clauses[at];
  if (!clause) return null;
  return { ...outcomeOf(clause, verdicts[at] ?? null, question), verdict: verdicts[at] === false ? 'false' : 'error' };
}

/** A term that is false makes a conjunction false, whatever errors stand beside it. -1 when all are true. */
const decisiveOf = (verdicts: readonly Verdict[]): number => verdicts.indexOf(verdicts.includes(false) ? false : null);

const outcomeOf = ({ text, reads }: Clause, verdict: Verdict, seen: Circumstances): ClauseOutcome => ({
  verdict: wordOf(verdict),
  clause: text,
  values: Object.fromEntries(reads.map((path) => [path, attributeValue(path, seen)])),
});

const wordOf = (verdict: Verdict): ClauseOutcome['verdict'] =>
  verdict === null ? 'error' : verdict ? 'true' : 'false';

/** The condition as the CEL library alone understands it: what the compiled one is held against. */
export function referenceEvaluate(text: string, question: Circumstances): Verdict {
  const { expr } = parse(text);
  readTimesInTexts(expr, partsOf);
  return planReference(expr)(question);
}
