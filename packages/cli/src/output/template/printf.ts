import { type Directive, formatValue, plainDirective, typed } from './directive.ts';
import type { Value } from './values.ts';

/** A line of a page is a few hundred wide; what is more would only fill the memory. */
const widest = 10_000;
const directives = /%([-+# 0]*)(\*|\d+)?(\.(?:\*|\d+)?)?([\s\S]?)/gu;

/** The first directive of a format that `printf` does not have; null where it has all of them. */
export function unknownDirective(format: string): string | null {
  const found = [...format.matchAll(directives)].find(
    ([, flags = '', , , verb = '']) => !'vsqdtxXobcUOfFeEgG%'.includes(verb) || (verb === 'v' && flags.includes('#')),
  );
  return found === undefined ? null : found[4] === 'v' ? '%#v' : `%${found[4]}`;
}

/** Whether a format may write a number with a fraction in another base, which `printf` does not have. */
export function hasBases(format: string): boolean {
  return [...format.matchAll(directives)].some(([, , , , verb = '']) => 'xXb'.includes(verb));
}

/** `printf` as in Go: what does not fit stands in the text as `%!d(string=x)`. */
export function formatText(format: string, values: readonly Value[]): string {
  let next = 0;
  const read = (
    text: string | undefined,
    complaint: string,
  ): { readonly size: number | null; readonly problem: string } => {
    if (text !== '*') return { size: text === undefined ? null : Math.min(Number(text), widest), problem: '' };
    const value = values[next];
    next += 1;
    const isSize = typeof value === 'number' && Math.abs(value) <= 1_000_000;
    if (!isSize) return { size: null, problem: `%!(${complaint})` };
    return { size: Math.sign(value) * Math.min(Math.abs(value), widest), problem: '' };
  };
  const text = format.replace(directives, (_whole, flags: string, wide?: string, point?: string, verb = '') => {
    const width = read(wide, 'BADWIDTH');
    const precision = read(point?.slice(1), 'BADPREC');
    // A negative precision counts as none, and as a wrong one.
    const isNegative = (precision.size ?? 0) < 0;
    const before = width.problem + (isNegative ? '%!(BADPREC)' : precision.problem);
    if (verb === '') return `${before}%!(NOVERB)`;
    if (verb === '%') return `${before}%`;
    if (next >= values.length) return `${before}%!${verb}(MISSING)`;
    const value = values[next]!;
    next += 1;
    const directive: Directive = {
      verb,
      width: width.size === null ? null : Math.abs(width.size),
      precision: isNegative ? null : precision.size,
      minus: flags.includes('-') || (width.size ?? 0) < 0,
      plus: flags.includes('+') && verb !== 'v',
      named: flags.includes('+') && verb === 'v',
      sharp: flags.includes('#'),
      space: flags.includes(' '),
      zero: flags.includes('0'),
    };
    return before + formatValue(directive, value);
  });
  const more = values.slice(next);
  return more.length === 0 ? text : `${text}%!(EXTRA ${more.map((value) => typed(plainDirective, value)).join(', ')})`;
}
