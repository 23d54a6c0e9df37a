import { quoted } from './quoted.ts';
import { show, showNumber } from './show.ts';
import type { Value } from './values.ts';

/** One directive: `%-10.3s`. */
interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
  readonly verb: string;
}

/** A line of a page is a few hundred wide; what is more would only fill the memory. */
const widest = 10_000;
const directives = /%([-+# 0]*)(\*|\d+)?(\.(?:\*|\d+)?)?([\s\S]?)/gu;

/** The first verb of a format that `printf` does not have; null where it has all of them. */
export function unknownVerb(format: string): string | null {
  const verbs = [...format.matchAll(directives)].map(([, , , , verb]) => verb ?? '');
  return verbs.find((verb) => !'vsqdtxXobcUOfFeEgG%'.includes(verb)) ?? null;
}

/** `printf` as in Go: what does not fit stands in the text as `%!d(string=x)`. */
export function formatText(format: string, values: readonly Value[]): string {
  let next = 0;
  const star = (typed: string | undefined): number | null => {
    if (typed !== '*') return typed === undefined || typed === '' ? null : Math.min(Number(typed), widest);
    const value = values[next];
    next += 1;
    return typeof value === 'number' ? Math.trunc(Math.min(Math.max(value, -widest), widest)) : null;
  };
  const text = format.replace(
    directives,
    (_whole, typedFlags: string, typedWidth?: string, point?: string, verb = '') => {
      const width = star(typedWidth) ?? 0;
      const flags = width < 0 ? `${typedFlags}-` : typedFlags;
      const precision = point === undefined ? null : (star(point.slice(1)) ?? 0);
      if (verb === '%') return '%';
      if (verb === '') return '%!(NOVERB)';
      if (next >= values.length) return `%!${verb}(MISSING)`;
      const value = values[next]!;
      next += 1;
      return formatValue({ flags, width: Math.abs(width), precision, verb }, value);
    },
  );
  const more = values.slice(next);
  return more.length === 0 ? text : `${text}%!(EXTRA ${more.map(typed).join(', ')})`;
}

/** The elements of lists, maps and objects one by one. */
function formatValue(directive: Directive, value: Value): string {
  if (directive.verb !== 'v' && typeof value === 'object' && value !== null && value.kind !== 'time') {
    const each = (one: Value) => formatValue(directive, one);
    if (value.kind === 'list') return `[${value.items.map(each).join(' ')}]`;
    if (value.kind === 'object') return `{${[...value.fields.values()].map(each).join(' ')}}`;
    return `map[${[...value.entries].map(([key, one]) => `${each(key)}:${each(one)}`).join(' ')}]`;
  }
  const text = bare(directive, value);
  return text === null ? `%!${directive.verb}(${typed(value)})` : padded(directive, text, typeof value === 'number');
}

/** Without padding; null where the verb is for other values. */
function bare(directive: Directive, value: Value): string | null {
  const { verb, precision, flags } = directive;
  if (verb === 'v') return typeof value === 'number' ? signed(showNumber(value), flags) : show(value);
  if (typeof value === 'number') return formatNumber(directive, value);
  if (typeof value === 'boolean') return verb === 't' ? String(value) : null;
  if (verb === 's' || (verb === 'q' && value !== null)) {
    const text = show(value);
    const shown = precision === null ? text : [...text].slice(0, precision).join('');
    return verb === 's' ? shown : quoted(shown, flags.includes('#'));
  }
  if ((verb === 'x' || verb === 'X') && typeof value === 'string')
    return cased(verb, Buffer.from(value).toString('hex'));
  return null;
}

function formatNumber({ verb, flags, precision }: Directive, value: number): string | null {
  const digits = Math.min(precision ?? 6, 100);
  switch (verb) {
    case 'f':
    case 'F':
      return signed(value.toFixed(digits), flags);
    case 'e':
    case 'E':
      return cased(verb, signed(twoDigits(value.toExponential(digits)), flags));
    case 'g':
    case 'G':
      return cased(verb, signed(general(value, precision), flags));
  }
  return Number.isSafeInteger(value) ? formatInteger({ verb, flags, precision }, value) : null;
}

const bases: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  d: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function formatInteger({ verb, flags, precision }: Omit<Directive, 'width'>, value: number): string | null {
  const isCharacter = value >= 0 && value <= 0x10_ff_ff;
  const character = String.fromCodePoint(isCharacter ? value : 0xff_fd);
  if (verb === 'c') return character;
  if (verb === 'q') return quoted(character, false, "'");
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  const base = bases[verb];
  if (base === undefined) return null;
  const digits = cased(
    verb,
    Math.abs(value)
      .toString(base[0])
      .padStart(precision ?? 0, '0'),
  );
  const prefix = flags.includes('#') || verb === 'O' ? base[1] : '';
  return signed(`${value < 0 ? '-' : ''}${prefix}${digits}`, flags);
}

/** `%g`: the shortest, or so many digits; an exponent where it is below -4 or beyond the digits. */
function general(value: number, precision: number | null): string {
  const digits = precision === null ? null : Math.min(Math.max(precision, 1), 100);
  const exponential = digits === null ? value.toExponential() : value.toExponential(digits - 1);
  const [mantissa = '', exponent = '0'] = exponential.split('e');
  const limit = digits ?? 21;
  if (Number(exponent) < -4 || Number(exponent) >= limit) {
    return twoDigits(`${mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa}e${exponent}`);
  }
  return String(Number(exponential));
}

function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function signed(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

function cased(verb: string, text: string): string {
  return verb === verb.toUpperCase() ? text.toUpperCase() : text;
}

function padded({ flags, width, precision, verb }: Directive, text: string, isNumber: boolean): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  const fills = flags.includes('0') && isNumber && (precision === null || 'feEgGF'.includes(verb));
  if (!fills) return ' '.repeat(missing) + text;
  const [, sign = '', rest = ''] = /^([+\- ]?)(.*)$/s.exec(text)!;
  return sign + '0'.repeat(missing) + rest;
}

/** `string=x` */
function typed(value: Value): string {
  const names: Readonly<Record<string, string>> = { string: 'string', boolean: 'bool', number: 'int' };
  const type = typeof value === 'number' && !Number.isInteger(value) ? 'float64' : names[typeof value];
  const name = type ?? (value === null ? null : (value as { readonly kind: string }).kind);
  return name === null ? show(value) : `${name}=${show(value)}`;
}
