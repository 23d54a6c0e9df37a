import { badTemplate } from './position.ts';
import type { FloatValue } from './values.ts';

const shortEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const escapeSequence = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

/**
 * What a literal stands for that is typed in `"…"`, `'…'` or backquotes.
 *
 * @throws CommandError
 */
export function quotedText(source: string, at: number, typed: string): string {
  const inner = typed.slice(1, -1);
  if (typed.startsWith('`')) return inner;
  return inner.replace(escapeSequence, (whole: string, ...groups: (string | undefined)[]) => {
    const [byte, short, long, octal, letter] = groups;
    if (letter !== undefined) {
      const character = shortEscapes[letter];
      if (character === undefined) throw badTemplate(source, at, `${whole} is no escape`);
      return character;
    }
    const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
    if (code > 0x10_ff_ff) throw badTemplate(source, at, `${whole} is no character`);
    return String.fromCodePoint(code);
  });
}

/**
 * The number of a literal: decimal, with a fraction or an exponent, or an integer with `0x`, `0o` or `0b`.
 *
 * @throws CommandError
 */
export function numberOf(source: string, at: number, typed: string): number | FloatValue {
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(
    typed.replace(/(?<=[0-9a-fA-FxXoObB])_(?=[0-9a-fA-F])/g, ''),
  )!;
  const isDecimal = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits);
  const isPrefixed = /^0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)$/.test(digits);
  const isFraction = isDecimal && /[.eE]/.test(digits);
  const isOldOctal = /^0[0-7]+$/.test(digits);
  if (!isDecimal && !isPrefixed) throw badTemplate(source, at, `${typed} is no number`);
  const value = Number(isOldOctal ? `0o${digits.slice(1)}` : digits);
  if (isFraction ? !Number.isFinite(value) : !Number.isSafeInteger(value)) {
    throw badTemplate(source, at, `${typed} is too large`);
  }
  const signed = sign === '-' ? -value : value;
  return isFraction ? { kind: 'float', number: signed, json: signed } : signed;
}

/**
 * The code of the single character of a literal such as `'a'`.
 *
 * @throws CommandError
 */
export function characterOf(source: string, at: number, text: string): number {
  if ([...text].length !== 1) throw badTemplate(source, at, "'…' holds one character");
  return text.codePointAt(0)!;
}
