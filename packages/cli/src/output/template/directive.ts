import { formatFloat } from './numbers.ts';
import { quoted } from './quoted.ts';
import { timeText } from './show.ts';
import type { FloatValue, Value } from './values.ts';

/** One directive of a format: `%-10.3s`. */
export interface Directive {
  readonly verb: string;
  readonly width: number | null;
  readonly precision: number | null;
  readonly minus: boolean;
  readonly plus: boolean;
  /** `%+v`: objects with the names of their fields. */
  readonly named: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
}

export const plainDirective: Directive = {
  verb: 'v',
  width: null,
  precision: null,
  minus: false,
  plus: false,
  named: false,
  sharp: false,
  space: false,
  zero: false,
};

/** A value as a directive writes it, as fmt of Go does. What does not fit stands there as `%!d(string=x)`. */
export function formatValue(directive: Directive, value: Value): string {
  if (value === null) return formatNull(directive);
  if (typeof value === 'string') return formatText(directive, value) ?? mismatch(directive, value);
  if (typeof value === 'number') return formatInteger(directive, value) ?? mismatch(directive, value);
  if (typeof value === 'boolean')
    return 'tv'.includes(directive.verb) ? padded(directive, String(value)) : mismatch(directive, value);
  const each = (one: Value) => formatValue(directive, one);
  switch (value.kind) {
    case 'float':
      return formatFraction(directive, value) ?? mismatch(directive, value);
    case 'time':
      return formatText(directive, timeText(value.json)) ?? mismatch(directive, value);
    case 'list':
      return `[${value.items.map(each).join(' ')}]`;
    case 'map':
      return `map[${[...value.entries].map(([key, one]) => `${each(key)}:${each(one)}`).join(' ')}]`;
    case 'object': {
      return `{${[...value.fields].map(([name, one]) => `${directive.named ? `${name}:` : ''}${each(one)}`).join(' ')}}`;
    }
  }
}

/** Null is no value of Go's templates, so texts may be asked of it. */
function formatNull(directive: Directive): string {
  return 'vsq'.includes(directive.verb) ? padded(directive, '<nil>') : `%!${directive.verb}(<nil>)`;
}

function mismatch(directive: Directive, value: Value): string {
  return `%!${directive.verb}(${typed({ ...directive, verb: 'v' }, value)})`;
}

/** `string=x` */
export function typed(directive: Directive, value: Value): string {
  const text = formatValue(directive, value);
  return value === null ? text : `${typeName(value)}=${text}`;
}

function typeName(value: Exclude<Value, null>): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'boolean') return 'bool';
  switch (value.kind) {
    case 'float':
      return 'float64';
    case 'list':
      return value.items.every((item) => typeof item === 'string') ? '[]string' : 'list';
    case 'map':
      return 'map[string][]string';
    default:
      return value.kind;
  }
}

function formatText(directive: Directive, whole: string): string | null {
  const { verb, precision, plus, sharp } = directive;
  const text = precision === null ? whole : [...whole].slice(0, precision).join('');
  switch (verb) {
    case 'v':
    case 's':
      return padded(directive, text);
    case 'q':
      return padded(directive, quoted(text, sharp, '"', plus));
    case 'x':
    case 'X':
      return formatBytes(directive, Buffer.from(whole));
    default:
      return null;
  }
}

function formatBytes(directive: Directive, bytes: Buffer): string {
  const { verb, precision, sharp, space } = directive;
  const pairs = [...bytes.subarray(0, precision ?? bytes.length)].map((byte) => byte.toString(16).padStart(2, '0'));
  if (pairs.length === 0) return padded(directive, '');
  const prefix = sharp ? '0x' : '';
  return padded(directive, cased(verb, space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('')));
}

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInteger(directive: Directive, value: number): string | null {
  const { verb, precision, plus, sharp } = directive;
  const isCharacter = value >= 0 && value <= 0x10_ff_ff && !(value >= 0xd8_00 && value <= 0xdf_ff);
  const character = String.fromCodePoint(isCharacter ? value : 0xff_fd);
  if (verb === 'c') return padded(directive, character);
  if (verb === 'q') return padded(directive, quoted(character, false, "'", plus));
  if (verb === 'U') return padded({ ...directive, zero: false }, codePoint(directive, value, character));
  const base = bases[verb];
  if (base === undefined) return null;
  const unpadded = { ...directive, zero: false };
  if (precision === 0 && value === 0) return padded(unpadded, '');
  const sign = signOf(directive, value);
  const room = directive.zero && !directive.minus && directive.width !== null ? directive.width - sign.length : 0;
  const digits = Math.abs(value)
    .toString(base)
    .padStart(precision ?? room, '0');
  const octal = verb !== 'v' && sharp && base === 8 && !digits.startsWith('0') ? '0' : '';
  const prefix = verb === 'O' ? `0o${octal}` : octal || (sharp ? ({ b: '0b', x: '0x', X: '0x' }[verb] ?? '') : '');
  return padded(unpadded, sign + cased(verb === 'X' ? 'X' : 'x', prefix + digits));
}

function codePoint({ precision, sharp }: Directive, value: number, character: string): string {
  const unsigned = BigInt.asUintN(64, BigInt(value)).toString(16).toUpperCase();
  const text = `U+${unsigned.padStart(Math.max(precision ?? 0, 4), '0')}`;
  return sharp && value >= 0 && !quoted(character, false).startsWith('"\\') ? `${text} '${character}'` : text;
}

const floatVerbs: Readonly<Record<string, 'e' | 'f' | 'g'>> = {
  v: 'g',
  g: 'g',
  G: 'g',
  e: 'e',
  E: 'e',
  f: 'f',
  F: 'f',
};

function formatFraction(directive: Directive, { number }: FloatValue): string | null {
  const { verb, precision, sharp, zero, minus, width } = directive;
  const form = floatVerbs[verb];
  if (form === undefined) return null;
  const asked = precision ?? (form === 'g' ? null : 6);
  const sign = signOf(directive, number);
  const bare = formatFloat(Math.abs(number), form, asked);
  const text = cased(
    verb === 'E' || verb === 'G' ? 'X' : 'x',
    sharp ? withPoint(bare, form === 'g' ? (asked ?? 6) : 0) : bare,
  );
  // The sign stands before the zeros.
  const isFilled = sign !== '' && zero && !minus && width !== null;
  return isFilled ? sign + text.padStart(width - sign.length, '0') : padded(directive, sign + text);
}

/** Always with a point, and with so many digits that count. */
function withPoint(text: string, digits: number): string {
  const [number = '', exponent] = text.split('e');
  const counted = number.replace('.', '').replace(/^0+/, '').length + (number === '0' ? 1 : 0);
  const zeros = '0'.repeat(Math.max(0, digits - counted));
  return `${number}${number.includes('.') ? '' : '.'}${zeros}${exponent === undefined ? '' : `e${exponent}`}`;
}

function signOf({ plus, space }: Directive, value: number): string {
  if (value < 0 || Object.is(value, -0)) return '-';
  if (plus) return '+';
  return space ? ' ' : '';
}

function cased(verb: string, text: string): string {
  return verb === 'X' ? text.toUpperCase() : text;
}

function padded({ width, minus, zero }: Directive, text: string): string {
  const missing = (width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}
