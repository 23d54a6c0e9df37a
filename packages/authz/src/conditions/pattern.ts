import { RE2JS } from '@bufbuild/re2';

/**
 * Steps that one `matches` may take, however long the text and wherever the pattern comes from: what would take more is
 * an error. The cost of a condition counts on it. It also keeps the library from having 10,000 states for one text, where
 * it turns to a method that is slower by far.
 */
export const maximumMatch = 5000;
/** Characters of a text that every pattern which is kept can be held against: a user agent, and any name kept here. */
export const assuredText = 255;
/** Characters of a pattern, those of the longest condition: to measure a pattern takes time too. */
const maximumPattern = 2048;

/** Instructions that a step goes through for one character. */
const instructionStep = 8;
/** Steps to build a class of Unicode such as `\pL`, from hundreds of ranges. */
const tableSteps = 250;
/** More than any limit. */
const unmeasured = Number.MAX_SAFE_INTEGER;
/** No character from here on has another case. */
const lastWithCase = 0x1e943;

/** Upper bounds of what a pattern becomes before it is held against a text. */
export interface PatternSize {
  /** Of the program: counted repetitions are written out, so that `(a{9}){9}` has more than 81. */
  readonly instructions: number;
  /** Steps to make the program. */
  readonly setup: number;
}

/** Steps to hold a pattern against a text of so many characters. */
export function matchSteps({ instructions, setup }: PatternSize, textLength: number): number {
  return setup + (instructions * textLength) / instructionStep;
}

/**
 * Patterns as conditions have them, in RE2 syntax: linear in the text, and refused where even that is too long.
 *
 * @example boundedPatterns.compile('^a+$').test('aaa') // true
 */
export const boundedPatterns = {
  compile: (pattern: string) => ({
    test: (text: string): boolean => {
      const tooLong = pattern.length > maximumPattern;
      if (tooLong || matchSteps(sizeOfPattern(pattern), [...text].length) > maximumMatch) {
        throw new Error('to hold the pattern against the text would take too long');
      }
      return RE2JS.compile(pattern).test(text);
    },
  }),
};

/**
 * The parts of a pattern (RE2 syntax). Nothing is checked: what is no pattern fails when it is compiled, before any
 * repetition is written out.
 */
const token = new RegExp(
  [
    String.raw`\\Q(?<quoted>[^]*?)(?:\\E|$)`,
    String.raw`(?<table>\\[pP](?:\{[^}]*\}|[^]))`,
    String.raw`(?<perl>\\[dDsSwW])`,
    String.raw`\\x\{[^}]*\}|\\x[^][^]|\\[0-7]{1,3}|\\[^]`,
    String.raw`(?<flags>\(\?[a-zA-Z-]*\))`,
    String.raw`(?<open>\((?:\?(?:P?<[^>]*>|[a-zA-Z-]*:))?)`,
    String.raw`(?<close>\))`,
    String.raw`\{(?<least>\d+)(?<range>,(?<most>\d*))?\}`,
    '(?<mark>[*+?])',
    String.raw`(?<bar>\|)`,
    String.raw`(?<set>\[\^?\]?(?:\[:[^]*?:\]|\\[^]|[^\]])*\]?)`,
    '[^]',
  ].join('|'),
  'gu',
);

/** How large a pattern becomes, at the most, found from its text alone. */
export function sizeOfPattern(pattern: string): PatternSize {
  // To fail and to match, and what stands for nothing where there is nothing.
  let instructions = 3;
  /** What a repetition would apply to. */
  let last = 0;
  let tables = 0;
  let foldable = 0;
  let ignoresCase = false;
  const enclosing: number[] = [];
  const take = (size: number) => {
    instructions += last;
    last = size;
  };
  for (const { 0: text, groups = {} } of pattern.matchAll(token)) {
    const { quoted, table, perl, flags, open, close, least, range, most, mark, bar, set } = groups;
    ignoresCase ||= /^\(\?[a-zA-Z-]*i/.test(flags ?? open ?? '');
    tables += (table ?? set)?.match(/\\[pP]/g)?.length ?? 0;
    foldable += perl || set ? foldableIn(text) : 0;
    // Whether the set ends within `[:…:]` depends on what stands before, which is not worth telling apart.
    if (set?.includes('-[:')) instructions = unmeasured;
    if (quoted !== undefined) {
      // A repetition applies to the last character, or to what stands before if nothing is quoted.
      for (const _ of quoted) take(1);
    } else if (open !== undefined) {
      take(0);
      enclosing.push(instructions);
      // What is captured has a beginning and an end.
      instructions = /^\(\?(?:[^P<]|$)/.test(open) ? 0 : 2;
    } else if (close !== undefined) {
      // An empty group is an instruction.
      last += instructions + 1;
      instructions = enclosing.pop() ?? 0;
    } else if (least !== undefined) {
      last = repeated(last, Number(least), range === undefined ? Number(least) : Number(most || 0));
    } else if (mark !== undefined) last += mark === '?' ? 1 : 2;
    else if (bar !== undefined) take(2);
    else if (flags === undefined) take(1);
  }
  instructions = enclosing.reduce((sum, outer) => sum + outer, instructions + last);
  const setup = pattern.length + instructions + tables * tableSteps + (ignoresCase ? foldable : 0);
  return { instructions, setup };
}

/** `x{2,4}` is `xx(x(x)?)?`, and `x{2,}` is `xx+`. */
function repeated(size: number, least: number, most: number): number {
  return size * Math.max(1, least, most) + Math.max(0, most - least) + 2;
}

/** Characters that are gone through, one by one, where a set ignores case. Counted too high rather than too low. */
function foldableIn(set: string): number {
  if (!set.startsWith('[')) return 128;
  const named = set.match(/\\[dDsSwW]|\[:/g)?.length ?? 0;
  const escaped = [...set.matchAll(/\\x\{([0-9a-fA-F]{1,6})\}|\\([0-7x])/g)].map(([, hex, short]) =>
    short === undefined ? Number.parseInt(hex ?? '', 16) : 0o777,
  );
  const points = [...set].map((character) => character.codePointAt(0) ?? 0);
  const highest = Math.min(lastWithCase, Math.max(128, ...points, ...escaped));
  const ranges = set.split('-').length - 1;
  return named * 128 + ranges * highest;
}
