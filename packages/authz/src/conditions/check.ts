import { parse } from '@bufbuild/cel';
import type { Expr, ParsedExpr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { attributes } from './attributes.ts';
import { worstCase } from './cost.ts';
import { conversions, isMacro, macros, tests } from './functions.ts';
import { findDeepest, findMisread, type Misread } from './syntax.ts';
import { timeParts } from './time.ts';
import { partsOf, pathOf } from './tree.ts';

/** What is wrong with a condition, where, and how to mend it. */
export interface ConditionProblem {
  /** `syntax`: it cannot be read. `meaning`: it can never do what it says. `limit`: it is too long or too costly. */
  readonly kind: 'syntax' | 'meaning' | 'limit';
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Characters of a condition. */
export const maximumLength = 2048;
/** Steps of one evaluation: a few milliseconds, and some twenty for patterns that are made to be slow. */
export const maximumCost = 20_000;
/** Characters or items of a value made on the way. */
export const maximumSize = 100_000;

const tooLong =
  'the expression may take too long: nest fewer macros, join fewer texts and lists, or repeat less in patterns';

const operators = [
  ...['_&&_', '_||_', '!_', '_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_', '@in', '_?_:_', '_[_]'],
  ...['_+_', '_-_', '_*_', '_/_', '_%_', '-_', '@not_strictly_false'],
];
const functions = new Set<string>([...operators, ...tests, ...conversions, ...timeParts, 'bool', 'dyn']);
const types = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type']);
/** Functions whose value is never true or false. */
const notBoolean = new Set<string>(['_+_', '_-_', '_*_', '_/_', '_%_', '-_', ...conversions, ...timeParts]);

/**
 * Checks a condition before it is kept. An expression that is pointless or never true is fine; one that cannot be
 * read, names what does not exist, is no yes or no, or costs too much is not.
 *
 * @returns null for a condition that may be kept; the empty one is no condition
 */
export function checkCondition(text: string): ConditionProblem | null {
  return findProblems(text)[0] ?? null;
}

/**
 * Everything that is wrong with a condition, for one who is still writing it. An expression that cannot be read has one
 * problem, since nobody knows what stands behind it.
 *
 * @returns none for a condition that may be kept
 */
export function findProblems(text: string): readonly ConditionProblem[] {
  if (text === '') return [];
  if ([...text].length > maximumLength) {
    return [problem('limit', `value length must be at most ${maximumLength} runes`, 1, maximumLength + 1)];
  }
  const parsed = tryParse(text);
  if ('kind' in parsed) return [parsed];
  const unknown = findUnknown(parsed.expr, new Set());
  const wrong = unknown.length > 0 ? unknown : findNoBoolean(parsed.expr);
  if (wrong.length > 0) {
    return wrong.map(({ expr, message }) => ({ kind: 'meaning', message, ...placeOf(expr, parsed, text) }));
  }
  const { cost, size } = worstCase(parsed.expr);
  return cost > maximumCost || size > maximumSize ? [problem('limit', tooLong, 1, 1)] : [];
}

/** What the parser throws: where it stopped, and at what. */
interface ParserFailure {
  readonly location?: { readonly start: { readonly offset: number } };
  readonly found?: string | null;
}

function tryParse(text: string): (ParsedExpr & { expr: Expr }) | ConditionProblem {
  try {
    return parse(text);
  } catch (failure) {
    const { message, offset } = misreadOf(text, failure as ParserFailure);
    return { kind: 'syntax', message, ...placeAt(offset, text) };
  }
}

function misreadOf(text: string, { location, found }: ParserFailure): Misread {
  // Without a place it is no syntax error, but the end of the stack.
  if (!location) return findDeepest(text);
  const { offset } = location.start;
  const message = found ? `it cannot be read from \`${found}\` on` : 'it ends too early';
  return findMisread(text) ?? { message, offset };
}

interface Wrong {
  readonly expr: Expr;
  readonly message: string;
}

/** Names, attributes and functions that do not exist; within such a one nothing more is looked for. */
function findUnknown(expr: Expr, known: ReadonlySet<string>): readonly Wrong[] {
  const { exprKind } = expr;
  const message = unknownHere(expr, known);
  if (message !== null) return [{ expr, message }];
  if (exprKind.case === 'comprehensionExpr') {
    const { iterVar, iterVar2, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
    const inside = new Set([...known, iterVar, iterVar2, accuVar]);
    return [
      ...allUnknown([iterRange, accuInit], known),
      ...allUnknown([loopCondition, loopStep], inside),
      ...allUnknown([result], new Set([...known, accuVar])),
    ];
  }
  return allUnknown(partsOf(expr), known);
}

const allUnknown = (exprs: readonly (Expr | undefined)[], known: ReadonlySet<string>): readonly Wrong[] =>
  exprs.flatMap((expr) => (expr ? findUnknown(expr, known) : []));

function unknownHere({ exprKind }: Expr, known: ReadonlySet<string>): string | null {
  switch (exprKind.case) {
    case 'identExpr': {
      const { name } = exprKind.value;
      if (known.has(name) || Object.hasOwn(attributes, name) || types.has(name)) return null;
      return `\`${name}\` is not known: a condition reads request, resource or subject`;
    }
    case 'selectExpr': {
      const root = exprKind.value.operand && pathOf(exprKind.value.operand);
      if (!root || known.has(root) || !Object.hasOwn(attributes, root)) return null;
      const names: readonly string[] = attributes[root as keyof typeof attributes];
      const { field } = exprKind.value;
      if (names.includes(field)) return null;
      return `\`${root}.${field}\` does not exist: ${root} has ${names.join(', ')}`;
    }
    case 'callExpr': {
      const { function: name, target } = exprKind.value;
      return functions.has(name) ? null : unknownFunction(name, target !== undefined);
    }
    case 'structExpr':
      return exprKind.value.messageName === '' ? null : `the type \`${exprKind.value.messageName}\` does not exist`;
    default:
      return null;
  }
}

/** A macro that was written wrongly is left as a call. */
function unknownFunction(name: string, ofValue: boolean): string {
  if (name === 'has') return '`has` takes an attribute or a member: `has(resource.id)`';
  if (name === 'map') return '`map` takes a name and a value: `[1, 2].map(x, x + 1)`';
  if (isMacro(name)) return `\`${name}\` takes a name and a condition: \`[1, 2].${name}(x, x > 1)\``;
  const there = ofValue
    ? name.startsWith('get')
      ? timeParts
      : [...tests, 'size', ...macros]
    : ['has', 'inIpRange', 'matches', ...conversions, 'bool', 'dyn'];
  return `the function \`${name}\` does not exist: there are ${there.join(', ')}`;
}

/** Parts that have to be true or false and cannot be, whatever the question. */
function findNoBoolean(expr: Expr): readonly Wrong[] {
  const { exprKind } = expr;
  const wrong = [{ expr, message: 'a condition is true or false, and this is neither' }];
  switch (exprKind.case) {
    case 'constExpr':
      return exprKind.value.constantKind.case === 'boolValue' ? [] : wrong;
    case 'listExpr':
    case 'structExpr':
    case 'identExpr':
      return wrong;
    case 'selectExpr':
      return /^(request|resource|subject)\.\w+$/.test(pathOf(expr) ?? '') ? wrong : [];
    case 'callExpr': {
      const { function: name, args } = exprKind.value;
      if (name === '_?_:_') return args.slice(1).flatMap(findNoBoolean);
      if (name === '_&&_' || name === '_||_' || name === '!_') return args.flatMap(findNoBoolean);
      return notBoolean.has(name) ? wrong : [];
    }
    default:
      return [];
  }
}

function placeOf(expr: Expr, parsed: ParsedExpr, text: string): { readonly line: number; readonly column: number } {
  const positions: unknown = parsed.sourceInfo?.positions;
  const offset = Number((positions as Readonly<Record<string, number>> | undefined)?.[String(expr.id)] ?? 0);
  return placeAt(offset, text);
}

function placeAt(offset: number, text: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function problem(kind: ConditionProblem['kind'], message: string, line: number, column: number): ConditionProblem {
  return { kind, message, line, column };
}
