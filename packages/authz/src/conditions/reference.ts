import { type CelInput, CelScalar, celEnv, celFunc, celMethod, isCelError, objectType, plan, run } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { create, isMessage } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import type { Circumstances, Properties } from '../facts.ts';
import { textAttributes } from './attributes.ts';
import { isInIpRange } from './ip-range.ts';
import { boundedPatterns } from './pattern.ts';
import { timePart, timeParts } from './time.ts';
import { pathOf, textOf } from './tree.ts';

/** True, false, or null for an error or a value that is neither: only true grants. */
export type Verdict = boolean | null;

const { BOOL, INT, STRING } = CelScalar;
const TIMESTAMP = objectType(TimestampSchema);

const inRange = (address: string, network: string): boolean => {
  const inside = isInIpRange(address, network);
  if (inside === null) throw new Error('inIpRange takes an address and a network such as 10.0.0.0/8');
  return inside;
};

/** The library reads times through the zone of the machine, which has hours that do not exist; ours does not. */
const timeMethods = timeParts.flatMap((part) => {
  const read = (time: { readonly message: unknown }, zone?: string): bigint => {
    if (!isMessage(time.message, TimestampSchema)) throw new Error(`${part} takes a timestamp`);
    const { seconds, nanos } = time.message;
    const value = timePart(part, Number(seconds) * 1000 + Math.floor(nanos / 1_000_000), zone);
    if (value === null) throw new Error(`unknown time zone ${zone}`);
    return BigInt(value);
  };
  return [
    celMethod(part, TIMESTAMP, [], INT, function () {
      return read(this);
    }),
    celMethod(part, TIMESTAMP, [STRING], INT, function (zone) {
      return read(this, zone);
    }),
  ];
});

const environment = celEnv({
  re2: boundedPatterns,
  funcs: [
    celFunc('inIpRange', [STRING, STRING], BOOL, inRange),
    celMethod('inIpRange', STRING, [STRING], BOOL, function (network) {
      return inRange(this, network);
    }),
    ...timeMethods,
  ],
});

/** Evaluates any expression by the CEL library. What the shapes of `shapes.ts` say must be what this says. */
export function planReference(expr: Expr): (question: Circumstances) => Verdict {
  const evaluate = plan(environment, expr);
  return (question) => {
    try {
      const value = evaluate(bindings(question));
      return value === true || value === false ? value : null;
    } catch {
      // Bindings that are out of bounds, or a fault of the library: neither may grant.
      return null;
    }
  };
}

function bindings(question: Circumstances): Record<string, CelInput> {
  const { now, resource, subject } = question;
  const given = (root: string, names: readonly string[]) =>
    names.flatMap((name): [string, CelInput][] => {
      const value = textAttributes[`${root}.${name}`]?.(question);
      return value === undefined ? [] : [[name, value]];
    });
  const properties = (held: Properties | undefined): [string, CelInput][] =>
    held === undefined ? [] : [['properties', toCel(held, { left: maximumValues })]];
  const request = new Map<string, CelInput>([['time', timestampOf(now)], ...given('request', ['ip', 'user_agent'])]);
  return {
    request,
    resource: new Map([...given('resource', ['id', 'name', 'locality']), ...properties(resource?.properties)]),
    ...(subject && {
      subject: new Map<string, CelInput>([
        ...(subject.id === undefined ? [] : ([['id', subject.id]] as const)),
        ...(subject.type === undefined ? [] : ([['type', subject.type]] as const)),
        ...properties(subject.properties),
      ]),
    }),
  };
}

function timestampOf(micros: number): CelInput {
  const seconds = Math.floor(micros / 1_000_000);
  return create(TimestampSchema, { seconds: BigInt(seconds), nanos: (micros - seconds * 1_000_000) * 1000 });
}

/** Items of a list or members of an object that conditions may go through; the cost of a condition counts on it. */
export const maximumItems = 1000;
/** Characters of a text in properties. */
export const maximumText = 1000;
/** Values in properties, whatever holds them: 16 KiB of JSON have no more. */
export const maximumValues = 8192;

function toCel(value: unknown, values: { left: number }): CelInput {
  values.left -= 1;
  if (values.left < 0) throw new Error('there are more properties than conditions may read');
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string' && value.length <= maximumText) return value;
  if (Array.isArray(value) && value.length <= maximumItems) return value.map((item) => toCel(item, values));
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length <= maximumItems) return new Map(entries.map(([name, held]) => [name, toCel(held, values)]));
  }
  throw new Error('a property is larger than conditions may read');
}

const comparisons = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);
/**
 * `request.time == "2025-03-03T14:30:00Z"` compares with the time that the text names (docs/conditions.md); in plain CEL
 * a time and a text are never equal. Changes the expression in place.
 */
export function readTimesInTexts(expr: Expr, parts: (expr: Expr) => readonly Expr[]): void {
  const { exprKind } = expr;
  if (exprKind.case === 'callExpr' && comparisons.has(exprKind.value.function)) {
    const [left, right] = exprKind.value.args;
    if (left && right && pathOf(left) === 'request.time') asTime(right);
    if (left && right && pathOf(right) === 'request.time') asTime(left);
  }
  for (const part of parts(expr)) readTimesInTexts(part, parts);
}

function asTime(expr: Expr): void {
  const text = textOf(expr);
  if (text === undefined || isCelError(run('timestamp(text)', { text }))) return;
  const literal: Expr = { ...expr };
  expr.exprKind = {
    case: 'callExpr',
    value: { $typeName: 'cel.expr.Expr.Call', function: 'timestamp', args: [literal] },
  };
}
