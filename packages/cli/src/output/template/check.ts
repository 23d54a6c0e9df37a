import type { CommandTable } from '@bailiwick/contract/command-table';
import { CommandError } from '../../command-error.ts';
import { functionNamed } from './functions.ts';
import { positionOf } from './position.ts';
import { hasBases, unknownDirective } from './printf.ts';
import { anything, boolean, isSame, nameOf, number, type Shape, shapeOfField, text } from './shapes.ts';
import type { Call, Literal, Name, Node, Operand, Pipe } from './syntax.ts';

interface Variable {
  readonly name: string;
  readonly shape: Shape;
}

/** What holds at one place of a template. */
interface Place {
  readonly source: string;
  readonly types: CommandTable['types'];
  readonly dot: Shape;
  /** The latest last; it grows as variables are declared. */
  readonly variables: Variable[];
}

/**
 * Checks every name and every argument of a template against what it will be applied to, so that it cannot fail
 * afterwards.
 *
 * @throws CommandError for the first one that cannot be
 */
export function checkTemplate(source: string, nodes: readonly Node[], root: Shape, types: CommandTable['types']): void {
  checkNodes(nodes, { source, types, dot: root, variables: [{ name: '$', shape: root }] });
}

function checkNodes(nodes: readonly Node[], place: Place): void {
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
        break;
      case 'action':
        declare(node.pipe, shapeOfPipe(node.pipe, place), place);
        break;
      default:
        checkControl(node, place);
    }
  }
}

function checkControl(node: Node & { readonly kind: 'if' | 'with' | 'range' }, place: Place): void {
  const { kind, pipe, body, otherwise } = node;
  const inner = within(place, place.dot);
  const shape = shapeOfPipe(pipe, place);
  if (kind === 'range') {
    const item = itemOf(shape, pipe, place);
    const { variables } = pipe;
    const key = shape.kind === 'map' ? text : shape.kind === 'anything' ? anything : number;
    const shapes = variables.length === 2 ? [key, item] : [item];
    inner.variables.push(...variables.map((name, index) => ({ name, shape: shapes[index]! })));
    checkNodes(body, { ...inner, dot: item });
  } else {
    declare(pipe, shape, inner);
    checkNodes(body, within(inner, kind === 'with' ? shape : place.dot));
  }
  checkNodes(otherwise, kind === 'range' ? within(place, place.dot) : inner);
}

/** Variables that are declared inside end there. */
function within(place: Place, dot: Shape): Place {
  return { ...place, dot, variables: [...place.variables] };
}

function itemOf(shape: Shape, { at }: Pipe, place: Place): Shape {
  if (shape.kind === 'list' || shape.kind === 'map') return shape.of;
  if (shape.kind === 'anything') return anything;
  return refuse(place, at, `range is over a list or a map, not over ${nameOf(shape)}`);
}

function declare({ variables, declares, at }: Pipe, shape: Shape, place: Place): void {
  for (const name of variables) {
    if (declares) {
      place.variables.push({ name, shape });
      continue;
    }
    const known = variableNamed(name, place);
    const fits = known.kind === 'anything' || shape.kind === 'anything' || shape.kind === 'nil' || isSame(known, shape);
    // Otherwise what is read of it later could not be checked.
    if (!fits) refuse(place, at, `${name} holds ${nameOf(known)}, and it cannot be set to ${nameOf(shape)}`);
  }
}

function variableNamed(name: string, { variables }: Place): Shape {
  return variables.findLast((variable) => variable.name === name)?.shape ?? anything;
}

function shapeOfPipe({ commands }: Pipe, place: Place): Shape {
  return commands.reduce<Shape | null>((before, call) => shapeOfCall(call, before, place), null)!;
}

function shapeOfCall({ function: name, operands, at }: Call, before: Shape | null, place: Place): Shape {
  const shapes = operands.map((operand) => shapeOfOperand(operand, place));
  if (name === null) return shapes[0]!;
  const all = before === null ? shapes : [...shapes, before];
  const { takes, shape } = functionNamed(name);
  const [fewest, most] = takes;
  if (all.length < fewest || all.length > most) {
    const wanted = fewest === most ? `${fewest}` : `at least ${fewest}`;
    refuse(place, at, `${name} takes ${wanted} ${wanted.endsWith('1') ? 'argument' : 'arguments'}, not ${all.length}`);
  }
  if (name === 'printf') checkFormat(operands[0], all.slice(1), place);
  return shape(all, (problem) => refuse(place, at, `${name}: ${problem}`));
}

/** A format that stands in the template. */
function checkFormat(operand: Operand | undefined, shapes: readonly Shape[], place: Place): void {
  if (operand?.kind !== 'literal' || typeof operand.value !== 'string') return;
  const directive = unknownDirective(operand.value);
  if (directive !== null) refuse(place, operand.at, `printf: ${directive} is not supported`);
  if (shapes.some(({ kind }) => kind === 'float') && hasBases(operand.value)) {
    refuse(place, operand.at, 'printf: %x, %X and %b of a number with a fraction are not supported');
  }
}

function shapeOfOperand(operand: Operand, place: Place): Shape {
  if (operand.kind === 'literal') return shapeOfLiteral(operand.value);
  const { base, names } = operand;
  const start =
    base.kind === 'dot'
      ? place.dot
      : base.kind === 'variable'
        ? variableNamed(base.name, place)
        : shapeOfPipe(base.pipe, place);
  return names.reduce((shape, name) => inside(shape, name, place), start);
}

function shapeOfLiteral(value: Literal): Shape {
  if (value === null) return { kind: 'nil' };
  if (typeof value === 'string') return text;
  if (typeof value === 'object') return { kind: 'float' };
  return typeof value === 'number' ? number : boolean;
}

function inside(shape: Shape, { name, at }: Name, place: Place): Shape {
  if (shape.kind === 'anything') return anything;
  if (shape.kind === 'map') return shape.of;
  if (shape.kind !== 'object') return refuse(place, at, `.${name} is asked of ${nameOf(shape)}, which has no fields`);
  const field = shapeOfField(shape.type, name, place.types);
  if (field !== null) return field;
  const fields = place.types[shape.type]?.map(({ field }) => field) ?? [];
  throw new CommandError(`unknown field '${name}' in template`, {
    details: positionOf(place.source, at),
    ...(fields.length > 0 && { hint: `Valid fields are: ${fields.join(', ')}` }),
  });
}

function refuse({ source }: Place, at: number, problem: string): never {
  throw new CommandError(problem, { details: `template, ${positionOf(source, at)}` });
}
