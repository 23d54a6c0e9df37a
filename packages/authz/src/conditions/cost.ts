import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { userAgentLength } from './attributes.ts';
import { assuredText, matchSteps, maximumMatch, type PatternSize, sizeOfPattern } from './pattern.ts';
import { maximumItems, maximumText, maximumValues } from './reference.ts';
import { pathOf, textOf } from './tree.ts';

/** Upper bounds of an expression, found without running it. */
interface Bound {
  /** Steps of one evaluation. */
  readonly cost: number;
  /** Characters of a text, items of a list, members of a map. */
  readonly size: number;
  /** Bound of what a list or map holds; null for what holds nothing. */
  readonly held: Bound | null;
  /** A part of properties: however it is nested, it holds no more values than they do. */
  readonly property?: true;
  /** What it becomes as a pattern; absent for what is not written out. */
  readonly pattern?: PatternSize;
}

type Names = ReadonlyMap<string, Bound>;
type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value'];
type Comprehension = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value'];

/** Characters that an attribute may have. */
const attributeSize = 1024;
/** Characters of a text that a step reads. */
const textStep = 16;
/** Values that a step compares. */
const valueStep = 4;

const atom: Bound = { cost: 1, size: 1, held: null };
/** Whatever the one who asks puts into properties, as deep as it may be. */
const anything: Bound = { cost: 1, size: Math.max(maximumItems, maximumText), held: null, property: true };
const unknown: Bound = { ...anything, held: { ...anything, held: { ...anything, held: anything } } };

/** The most that an evaluation can cost, and the largest value that it can make on the way. */
export function worstCase(expr: Expr): { readonly cost: number; readonly size: number } {
  let largest = 0;
  const bound = (each: Expr, names: Names): Bound => {
    const found = boundOf(each, names, bound);
    largest = Math.max(largest, found.size);
    return found;
  };
  return { cost: bound(expr, new Map()).cost, size: largest };
}

type Visit = (expr: Expr, names: Names) => Bound;

function boundOf(expr: Expr, names: Names, visit: Visit): Bound {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'identExpr':
      return { ...(names.get(exprKind.value.name) ?? unknown), cost: 1 };
    case 'constExpr':
      return constant(textOf(expr));
    case 'selectExpr': {
      const path = pathOf(expr);
      if (path !== null && /^(request|resource|subject)\.\w+$/.test(path) && !path.endsWith('.properties')) {
        return { ...atom, size: path === 'request.user_agent' ? userAgentLength : attributeSize };
      }
      const operand = exprKind.value.operand ? visit(exprKind.value.operand, names) : atom;
      return { ...(operand.held ?? anything), cost: operand.cost + 1 };
    }
    case 'listExpr':
      return collection(exprKind.value.elements.map((each) => visit(each, names)));
    case 'structExpr': {
      const entries = exprKind.value.entries.flatMap(({ keyKind, value }) => [
        ...(keyKind.case === 'mapKey' ? [visit(keyKind.value, names)] : []),
        ...(value ? [visit(value, names)] : []),
      ]);
      return { ...collection(entries), size: exprKind.value.entries.length };
    }
    case 'callExpr':
      return boundOfCall(exprKind.value, names, visit);
    case 'comprehensionExpr':
      return boundOfComprehension(exprKind.value, names, visit);
    default:
      return atom;
  }
}

function constant(text: string | undefined): Bound {
  return text === undefined ? atom : { ...atom, size: Math.max(1, text.length), pattern: sizeOfPattern(text) };
}

function collection(held: readonly Bound[]): Bound {
  return { cost: 1 + sum(held.map(({ cost }) => cost)), size: held.length, held: widest(held) };
}

function boundOfCall(call: Call, names: Names, visit: Visit): Bound {
  const parts = [...(call.target ? [call.target] : []), ...call.args].map((part) => visit(part, names));
  const [first = atom, second = atom, third = atom] = parts;
  const cost = 1 + sum(parts.map((part) => part.cost));
  const reading = sum(parts.map((part) => part.size)) / textStep;
  switch (call.function) {
    case '_+_':
      return { cost: cost + reading, size: first.size + second.size, held: widest([first.held, second.held]) };
    case '_?_:_':
      return { cost, size: Math.max(second.size, third.size), held: widest([second.held, third.held]) };
    case '_[_]':
      return { ...(first.held ?? anything), cost };
    case 'dyn':
      return { ...first, cost };
    case 'string':
      // A number or a time has some thirty characters.
      return { cost: cost + reading, size: Math.max(32, first.size), held: atom };
    case 'bytes':
      // A character has at most four.
      return { cost: cost + reading, size: first.size * 4, held: atom };
    case 'matches':
      return { ...atom, cost: cost + matching(first.size, second.pattern) };
    case '@in':
      return { ...atom, cost: cost + second.size };
    case '_==_':
    case '_!=_':
      return { ...atom, cost: cost + comparison(first, second) };
    default:
      return { ...atom, cost: cost + reading };
  }
}

/** A pattern that is useless for names is refused; for a longer text, or one that is not known yet, there is a limit. */
function matching(textSize: number, pattern: PatternSize | undefined): number {
  if (!pattern) return maximumMatch;
  if (matchSteps(pattern, Math.min(textSize, assuredText)) > maximumMatch) return Number.MAX_SAFE_INTEGER;
  return Math.min(maximumMatch, matchSteps(pattern, textSize));
}

/** No more of the longer one is read than the shorter one has. */
function comparison(first: Bound, second: Bound): number {
  if (!first.held || !second.held) return Math.min(first.size, second.size) / textStep;
  if (first.property || second.property) return maximumValues / valueStep;
  return Math.min(first.size, second.size) * maximumItems;
}

/** `all`, `exists`, `map` and so on, once they are spelled out: a step for each item, over a result that grows. */
function boundOfComprehension(fold: Comprehension, names: Names, visit: Visit): Bound {
  const part = (expr: Expr | undefined, known: Names) => (expr ? visit(expr, known) : atom);
  const range = part(fold.iterRange, names);
  const start = part(fold.accuInit, names);
  const inside = new Map(names).set(fold.iterVar, range.held ?? anything).set(fold.accuVar, start);
  const condition = part(fold.loopCondition, inside);
  const step = part(fold.loopStep, inside);
  const growth = Math.max(0, step.size - start.size);
  const made: Bound = {
    cost: 1,
    size: start.size + range.size * growth,
    held: widest([start.held, step.held]),
  };
  const result = part(fold.result, new Map(names).set(fold.accuVar, made));
  const each = 1 + condition.cost + step.cost + growth;
  return { ...result, cost: range.cost + start.cost + range.size * each + result.cost };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

function widest(bounds: readonly (Bound | null)[]): Bound | null {
  const present = bounds.filter((bound) => bound !== null);
  if (present.length === 0) return null;
  const patterns = present.flatMap(({ pattern }) => pattern ?? []);
  return {
    cost: 1,
    size: Math.max(...present.map(({ size }) => size)),
    held: widest(present.map(({ held }) => held)),
    ...(patterns.length === present.length && { pattern: largestOf(patterns) }),
  };
}

function largestOf(patterns: readonly PatternSize[]): PatternSize {
  return {
    instructions: Math.max(...patterns.map(({ instructions }) => instructions)),
    setup: Math.max(...patterns.map(({ setup }) => setup)),
  };
}
