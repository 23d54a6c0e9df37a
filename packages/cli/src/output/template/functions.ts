import { toJson } from '../json.ts';
import { formatText } from './printf.ts';
import { anything, boolean, nameOf, number, type Shape, shapeOfBoth, text } from './shapes.ts';
import { show } from './show.ts';
import { inside, isFloat, isTrue, jsonOf, type Value } from './values.ts';

/** A function of templates. Whatever it accepted beforehand it answers: a template never fails when it is applied. */
export interface TemplateFunction {
  /** Fewest and most arguments. */
  readonly takes: readonly [fewest: number, most: number];
  /** The shape of the answer; calls `refuse` for arguments it has no answer to. */
  readonly shape: (shapes: readonly Shape[], refuse: (problem: string) => never) => Shape;
  readonly answer: (values: readonly Value[]) => Value;
}

type Refuse = (problem: string) => never;

const many = Number.POSITIVE_INFINITY;

const functions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({
    and: either((values) => values.find((value) => !isTrue(value)) ?? values.at(-1)!),
    or: either((values) => values.find(isTrue) ?? values.at(-1)!),
    not: { takes: [1, 1], shape: () => boolean, answer: ([value]) => !isTrue(value!) },
    len: { takes: [1, 1], shape: shapeOfLen, answer: ([value]) => lengthOf(value!) },
    index: { takes: [1, many], shape: shapeOfIndex, answer: ([value, ...keys]) => keys.reduce(at, value!) },
    json: { takes: [1, 1], shape: () => text, answer: ([value]) => toJson(jsonOf(value!), false).trimEnd() },
    print: { takes: [0, many], shape: () => text, answer: print },
    println: { takes: [0, many], shape: () => text, answer: (values) => `${values.map(show).join(' ')}\n` },
    printf: {
      takes: [1, many],
      shape: shapeOfPrintf,
      answer: ([format, ...values]) => formatText(show(format!), values),
    },
    eq: {
      takes: [2, many],
      shape: shapeOfEquality,
      answer: ([first, ...others]) => others.some((one) => isEqual(first!, one)),
    },
    ne: { takes: [2, 2], shape: shapeOfEquality, answer: ([a, b]) => !isEqual(a!, b!) },
    lt: order((sign) => sign < 0),
    le: order((sign) => sign <= 0),
    gt: order((sign) => sign > 0),
    ge: order((sign) => sign >= 0),
  } satisfies Record<string, TemplateFunction>),
);

export function isFunction(name: string): boolean {
  return functions.has(name);
}

export function functionNamed(name: string): TemplateFunction {
  return functions.get(name)!;
}

function either(answer: TemplateFunction['answer']): TemplateFunction {
  return { takes: [1, many], shape: (shapes) => shapes.reduce(shapeOfBoth), answer };
}

function shapeOfLen([value]: readonly Shape[], refuse: Refuse): Shape {
  return ['text', 'list', 'map', 'anything'].includes(value!.kind) ? number : refuse(`${nameOf(value!)} has no length`);
}

/** Of a text in bytes, as in Go. */
function lengthOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (value.kind === 'list') return value.items.length;
  return value.kind === 'map' ? value.entries.size : 0;
}

function shapeOfIndex([value, ...keys]: readonly Shape[], refuse: Refuse): Shape {
  return keys.reduce<Shape>((inner, key) => {
    if (inner.kind === 'anything') return anything;
    if (inner.kind !== 'list' && inner.kind !== 'map') return refuse(`${nameOf(inner)} has no elements`);
    const wanted = inner.kind === 'list' ? number : text;
    if (key.kind !== wanted.kind && key.kind !== 'anything') {
      return refuse(`the elements of ${nameOf(inner)} are found by ${nameOf(wanted)}, not by ${nameOf(key)}`);
    }
    return inner.of;
  }, value!);
}

/** What is not there is null. */
function at(value: Value, key: Value): Value {
  if (typeof value !== 'object' || value === null) return null;
  if (value.kind === 'list') return (typeof key === 'number' ? value.items[key] : undefined) ?? null;
  return typeof key === 'string' && value.kind === 'map' ? inside(value, key) : null;
}

/** Blanks only between two values neither of which is a text. */
function print(values: readonly Value[]): string {
  const parts = values.map((value, index) => {
    const before = values[index - 1];
    const isApart = index > 0 && typeof value !== 'string' && typeof before !== 'string';
    return `${isApart ? ' ' : ''}${show(value)}`;
  });
  return parts.join('');
}

function shapeOfPrintf([format]: readonly Shape[], refuse: Refuse): Shape {
  return format!.kind === 'text' || format!.kind === 'anything'
    ? text
    : refuse(`its format is ${nameOf(format!)}, not a text`);
}

function shapeOfEquality([first, ...others]: readonly Shape[], refuse: Refuse): Shape {
  for (const other of others) {
    const kinds = [first!, other].filter(({ kind }) => kind !== 'nil');
    if (kinds.length < 2) continue;
    for (const shape of kinds) if ('of' in shape || 'type' in shape) refuse(`${nameOf(shape)} cannot be compared`);
    if (shapeOfBoth(first!, other).kind === 'anything' && kinds.every(({ kind }) => kind !== 'anything')) {
      refuse(`${nameOf(first!)} cannot be compared with ${nameOf(other)}`);
    }
  }
  return boolean;
}

function isEqual(a: Value, b: Value): boolean {
  return jsonOf(a) === jsonOf(b);
}

/** Nothing is less or more than null. */
function order(holds: (sign: number) => boolean): TemplateFunction {
  return {
    takes: [2, 2],
    shape: (shapes, refuse) => {
      for (const shape of shapes) {
        if (!['text', 'number', 'float', 'anything'].includes(shape.kind)) refuse(`${nameOf(shape)} has no order`);
      }
      return shapeOfEquality(shapes, refuse);
    },
    answer: ([a, b]) => {
      const [one, other] = [a!, b!].map((value) => (isFloat(value) ? value.number : value));
      if (typeof one === 'number' && typeof other === 'number') return holds(one - other);
      // By their bytes, as in Go, and not by UTF-16.
      return typeof a === 'string' && typeof b === 'string' && holds(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    },
  };
}
