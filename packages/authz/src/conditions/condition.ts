import { parse, unparse } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import type { Question } from '../facts.ts';
import { attributeValue } from './attributes.ts';
import { planReference, readTimesInTexts, type Verdict } from './reference.ts';
import { compileShape } from './shapes.ts';
import { attributesRead, conjuncts, partsOf } from './tree.ts';

/** A condition, compiled once. */
export interface Condition {
  readonly text: string;
  /** Only true grants. Null for an error, or a value that is neither true nor false. */
  readonly evaluate: (question: Question) => Verdict;
  /** Why it is not true: the first term of its conjunction that is not. */
  readonly failure: (question: Question) => ConditionFailure | null;
}

export interface ConditionFailure {
  readonly verdict: 'false' | 'error';
  /** Text of the term that failed. */
  readonly clause: string;
  /** Attributes that the term reads, with their values in this question; null where it has none. */
  readonly values: Readonly<Record<string, unknown>>;
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

interface Clause {
  readonly text: string;
  readonly evaluate: (question: Question) => Verdict;
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

function evaluator(expr: Expr): (question: Question) => Verdict {
  readTimesInTexts(expr, partsOf);
  return compileShape(expr) ?? planReference(expr);
}

/** A term that is false makes a conjunction false, whatever errors stand beside it. */
function failureOf(clauses: readonly Clause[], question: Question): ConditionFailure | null {
  const verdicts = clauses.map((clause) => clause.evaluate(question));
  const decisive = verdicts.includes(false) ? false : null;
  const at = verdicts.indexOf(decisive);
  const clause = clauses[at];
  if (!clause) return null;
  return {
    verdict: decisive === false ? 'false' : 'error',
    clause: clause.text,
    values: Object.fromEntries(clause.reads.map((path) => [path, attributeValue(path, question)])),
  };
}

/** The condition as the CEL library alone understands it: what the compiled one is held against. */
export function referenceEvaluate(text: string, question: Question): Verdict {
  const { expr } = parse(text);
  readTimesInTexts(expr, partsOf);
  return planReference(expr)(question);
}
