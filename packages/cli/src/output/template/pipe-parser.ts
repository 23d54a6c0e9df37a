import { isFunction } from './functions.ts';
import type { Token } from './lexer.ts';
import { characterOf, numberOf } from './literals.ts';
import { badTemplate } from './position.ts';
import { deeper, expect, peek, type Reading, take, unexpected } from './reading.ts';
import type { Base, Call, Literal, Name, Operand, Pipe } from './syntax.ts';

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['nil', null],
]);
const unsupported = ['call', 'html', 'js', 'slice', 'urlquery'];

type Place = 'action' | 'if' | 'with' | 'range' | 'parentheses';

/** Variables, if any are set, and commands up to the end of the action or the parenthesis. */
export function readPipe(reading: Reading, place: Place): Pipe {
  const { at } = peek(reading);
  const { variables, declares } =
    place === 'parentheses' ? { variables: [], declares: false } : readTargets(reading, place);
  const commands: Call[] = [];
  do commands.push(readCall(reading, commands.length === 0));
  while (isNext(reading, '|') && take(reading));
  if (declares) reading.variables.push(...variables);
  return { variables, declares, commands, at };
}

function readTargets(reading: Reading, place: Place): Pick<Pipe, 'variables' | 'declares'> {
  const names: Token[] = [];
  let ahead = 0;
  while (peek(reading, ahead).kind === 'variable') {
    names.push(peek(reading, ahead));
    ahead += 1;
    if (peek(reading, ahead).kind !== ',') break;
    ahead += 1;
  }
  const sign = peek(reading, ahead);
  if (names.length === 0 || (sign.kind !== ':=' && sign.kind !== '=')) return { variables: [], declares: false };
  const declares = sign.kind === ':=';
  const [first, second, third] = names;
  if (third !== undefined || (second !== undefined && place !== 'range')) {
    throw badTemplate(reading.source, (third ?? second)!.at, 'too many variables');
  }
  if (!declares && place === 'range') throw badTemplate(reading.source, sign.at, 'range sets its variables with :=');
  for (const name of names) {
    if (name.text === '$') throw badTemplate(reading.source, name.at, '$ cannot be set');
    if (!declares) requireVariable(reading, first!);
  }
  reading.next += ahead + 1;
  return { variables: names.map(({ text }) => text), declares };
}

/** A function with its arguments, or one value. */
function readCall(reading: Reading, isFirst: boolean): Call {
  const start = peek(reading);
  const name = start.kind === 'word' && !constants.has(start.text) ? functionName(reading, take(reading)) : null;
  const operands: Operand[] = [];
  while (!isEnd(peek(reading))) {
    const token = peek(reading);
    if (!token.isSpaced && token !== start && token.kind !== '(') throw unexpected(reading, token);
    operands.push(readOperand(reading));
  }
  if (name !== null) return { function: name, operands, at: start.at };
  if (operands.length === 0) throw unexpected(reading, peek(reading));
  if (operands.length > 1) throw badTemplate(reading.source, operands[1]!.at, 'only functions take arguments');
  if (!isFirst) throw badTemplate(reading.source, start.at, 'what stands behind | is a function');
  if (start.text === 'nil' && start.kind === 'word')
    throw badTemplate(reading.source, start.at, 'nil is no value of its own');
  return { function: null, operands, at: start.at };
}

function functionName({ source }: Reading, { text, at }: Token): string {
  if (isFunction(text)) return text;
  throw badTemplate(source, at, unsupported.includes(text) ? `${text} is not supported` : `unknown function ${text}`);
}

function readOperand(reading: Reading): Operand {
  const token = take(reading);
  const { kind, text, at } = token;
  const { source } = reading;
  switch (kind) {
    case 'string':
      return literal(reading, text, at);
    case 'character':
      return literal(reading, characterOf(source, at, text), at);
    case 'number':
      return literal(reading, numberOf(source, at, text), at);
    case 'word': {
      const constant = constants.get(text);
      if (constant !== undefined) return literal(reading, constant, at);
      throw badTemplate(source, at, `${functionName(reading, token)} as an argument stands in parentheses`);
    }
    case 'dot':
      return path(reading, { kind: 'dot' }, at, []);
    case 'field':
      return path(reading, { kind: 'dot' }, at, [{ name: text.slice(1), at }]);
    case 'variable':
      requireVariable(reading, token);
      return path(reading, { kind: 'variable', name: text }, at, []);
    case '(': {
      const pipe = deeper(reading, token, () => readPipe(reading, 'parentheses'));
      expect(reading, ')');
      return path(reading, { kind: 'pipe', pipe }, at, []);
    }
    default:
      throw unexpected(reading, token);
  }
}

function literal(reading: Reading, value: Literal, at: number): Operand {
  if (isNext(reading, 'field') && !peek(reading).isSpaced) throw unexpected(reading, peek(reading));
  return { kind: 'literal', value, at };
}

/** With the fields that follow without white space. */
function path(reading: Reading, base: Base, at: number, first: readonly Name[]): Operand {
  const names = [...first];
  while (isNext(reading, 'field') && !peek(reading).isSpaced) {
    const token = take(reading);
    names.push({ name: token.text.slice(1), at: token.at });
  }
  return { kind: 'path', base, names, at };
}

function requireVariable({ variables, source }: Reading, { text, at }: Token): void {
  if (!variables.includes(text)) throw badTemplate(source, at, `unknown variable ${text}`);
}

function isNext(reading: Reading, kind: Token['kind']): boolean {
  return peek(reading).kind === kind;
}

function isEnd({ kind }: Token): boolean {
  return kind === 'close' || kind === ')' || kind === '|' || kind === 'end of template';
}
