import { RE2JS } from '@bufbuild/re2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedPatterns, matchSteps, maximumMatch, sizeOfPattern } from '../src/conditions/pattern.ts';
import { runs } from './support/budget.ts';

/** Instructions of the program that the library makes; null for what is no pattern. */
function compiledSize(pattern: string): number | null {
  try {
    return RE2JS.compile(pattern).re2().prog.numInst();
  } catch {
    return null;
  }
}

const pieces = [
  ...[
    'a',
    'é',
    '😀',
    '.',
    '^',
    '$',
    '|',
    '(',
    ')',
    '(?:',
    '(?P<n>',
    '(?<m>',
    '(?i)',
    '(?s)',
    '(?i:',
    '(?-i:',
    '*',
    '+',
  ],
  ...['?', '{2}', '{3,}', '{0}', '{0,2}', '{2,4}', '{0,}', '{,3}', '{x}', '{', '}', '[', ']', '[^', '[a-z]', '[]a]'],
  ...[
    '[^]a]',
    '[[:alpha:]]',
    '[[:^digit:]_]',
    '[a(b{9}]',
    '[a-',
    '[:',
    ':]',
    '-',
    'a-[:',
    '[\\]]',
    '\\d',
    '\\W',
    '\\b',
  ],
  ...[
    '\\B',
    '\\A',
    '\\z',
    '\\pL',
    '\\p{Greek}',
    '\\P{^Lu}',
    '\\Q',
    '\\E',
    '\\Q(a{9}\\E',
    '\\Q\\E',
    '\\\\',
    '\\(',
    '\\[',
  ],
  ...['\\x41', '\\x{1F600}', '\\101', '\\7', '\\x', '\\p', '\\C', '()', '(|)', '(a|b)', '(a*)*', '(?:a?){7}', ''],
];
const pattern = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((found) => found.join(''));

describe('the size of a pattern', () => {
  it('is never less than what the library makes of it', () => {
    let compiled = 0;
    fc.assert(
      fc.property(pattern, (text) => {
        const size = compiledSize(text);
        if (size === null) return;
        compiled += 1;
        expect(sizeOfPattern(text).instructions).toBeGreaterThanOrEqual(size);
      }),
      { numRuns: runs(20_000), seed: 20_261_125 },
    );
    expect(compiled).toBeGreaterThan(runs(2000));
  });

  const sizes: readonly (readonly [string, number])[] = [
    ['', 3],
    ['abc', 6],
    ['^/folder/[a-z]+/secret$', 23],
    ['a{3}', 8],
    ['a{3,}', 8],
    ['a{2,4}', 11],
    ['(a{9}){9}', 131],
    ['(?:a{9}){9}', 113],
    ['(.?){999}', 5000],
    ['(?P<n>a)(?:b)', 9],
    ['(?i:a)', 5],
    ['a|b', 7],
    ['a*b?c+', 11],
    ['[a(b{9}){9}]', 4],
    ['\\Q(a{9}){9}\\E', 12],
    ['a\\Q\\E{9}', 14],
    ['a(?i){9}', 14],
    ['(a', 6],
  ];
  for (const [text, instructions] of sizes)
    it(`is ${instructions} for ${text || 'the empty one'}`, () =>
      expect(sizeOfPattern(text).instructions).toBe(instructions));

  it('counts what takes long to prepare', () => {
    const setup = (text: string) => sizeOfPattern(text).setup;
    expect(setup('abc')).toBe(3 + 6);
    expect(setup('\\pL[\\PL\\p{Greek}]')).toBeGreaterThan(3 * 250);
    expect(setup('(?i)[b-\u{1e942}]')).toBeGreaterThan(100_000);
    expect(setup('(?i)[b-\\x{1e942}]')).toBeGreaterThan(100_000);
    expect(setup('[b-\u{1e942}]')).toBeLessThan(50);
    expect(setup('(?i)[b-z]')).toBeLessThan(200);
  });
});

describe('a pattern is held against a text', () => {
  const holds = (text: string, against: string) => boundedPatterns.compile(against).test(text);

  it('as long as that takes no longer than a match may', () => {
    const against = '(?:.?){100}[^a]';
    const size = sizeOfPattern(against);
    const length = Math.floor(((maximumMatch - size.setup) / size.instructions) * 8);
    expect(matchSteps(size, length)).toBeLessThanOrEqual(maximumMatch);
    expect(holds('a'.repeat(length), against)).toBe(false);
    expect(() => holds('a'.repeat(length + 1), against)).toThrow('too long');
  });

  it('counted in characters, whatever their width', () => {
    expect(holds('😀'.repeat(255), '^(?:.?){45}$')).toBe(false);
  });

  it('unless it is long by itself', () => {
    expect(holds('a', `a|${'b'.repeat(2046)}`)).toBe(true);
    expect(() => holds('a', `a|${'b'.repeat(2047)}`)).toThrow('too long');
  });

  it('and never where its size cannot be told', () => {
    expect(() => holds('a', '[A-[:](b{999}){9}:]')).toThrow('too long');
  });
});
