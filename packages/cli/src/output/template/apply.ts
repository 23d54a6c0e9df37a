import { functionNamed } from './functions.ts';
import { show } from './show.ts';
import type { Call, Node, Operand, Pipe } from './syntax.ts';
import { inside, isTrue, type Value } from './values.ts';

interface Variable {
  readonly name: string;
  value: Value;
}

/** What holds at one place of a template that is applied. */
interface Place {
  readonly dot: Value;
  /** The latest last. */
  readonly variables: Variable[];
}

/** The text of a template that was checked. */
export function applyTemplate(nodes: readonly Node[], data: Value): string {
  const pieces: string[] = [];
  applyNodes(nodes, { dot: data, variables: [{ name: '$', value: data }] }, pieces);
  return pieces.join('');
}

function applyNodes(nodes: readonly Node[], place: Place, pieces: string[]): void {
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
        pieces.push(node.text);
        break;
      case 'action': {
        const value = valueOfPipe(node.pipe, place);
        if (node.pipe.variables.length === 0) pieces.push(show(value));
        else setVariables(node.pipe, value, place);
        break;
      }
      case 'range':
        applyRange(node, place, pieces);
        break;
      default:
        applyCondition(node, place, pieces);
    }
  }
}

function applyCondition(node: Node & { readonly kind: 'if' | 'with' }, place: Place, pieces: string[]): void {
  const { kind, pipe, body, otherwise } = node;
  const inner = within(place, place.dot);
  const value = valueOfPipe(pipe, place);
  setVariables(pipe, value, inner);
  if (isTrue(value)) applyNodes(body, within(inner, kind === 'with' ? value : place.dot), pieces);
  else applyNodes(otherwise, inner, pieces);
}

function applyRange(node: Node & { readonly kind: 'range' }, place: Place, pieces: string[]): void {
  const { pipe, body, otherwise } = node;
  const items = itemsOf(valueOfPipe(pipe, place));
  for (const [key, item] of items) {
    const inner = within(place, item);
    const values = pipe.variables.length === 2 ? [key, item] : [item];
    inner.variables.push(...pipe.variables.map((name, index) => ({ name, value: values[index]! })));
    applyNodes(body, inner, pieces);
  }
  if (items.length === 0) applyNodes(otherwise, within(place, place.dot), pieces);
}

function itemsOf(value: Value): readonly (readonly [key: Value, item: Value])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (value.kind === 'list') return value.items.map((item, index) => [index, item]);
  return value.kind === 'map' ? [...value.entries] : [];
}

/** Declarations inside end there; variables of outside stay the same ones, so that they can be set from inside. */
function within({ variables }: Place, dot: Value): Place {
  return { dot, variables: [...variables] };
}

function setVariables({ variables, declares }: Pipe, value: Value, place: Place): void {
  for (const name of variables) {
    const known = declares ? undefined : variableNamed(name, place);
    if (known) known.value = value;
    else place.variables.push({ name, value });
  }
}

function variableNamed(name: string, { variables }: Place): Variable | undefined {
  return variables.findLast((variable) => variable.name === name);
}

function valueOfPipe({ commands }: Pipe, place: Place): Value {
  return commands.reduce<Value | undefined>((before, call) => valueOfCall(call, before, place), undefined)!;
}

function valueOfCall({ function: name, operands }: Call, before: Value | undefined, place: Place): Value {
  const values = operands.map((operand) => valueOfOperand(operand, place));
  if (name === null) return values[0]!;
  return functionNamed(name).answer(before === undefined ? values : [...values, before]);
}

function valueOfOperand(operand: Operand, place: Place): Value {
  if (operand.kind === 'literal') return operand.value;
  const { base, names } = operand;
  const start =
    base.kind === 'dot'
      ? place.dot
      : base.kind === 'variable'
        ? (variableNamed(base.name, place)?.value ?? null)
        : valueOfPipe(base.pipe, place);
  return names.reduce<Value>((value, { name }) => inside(value, name), start);
}
