import { parse } from '@bufbuild/cel';
import { describe, expect, it } from 'vitest';
import { checkCondition, maximumCost, maximumLength, maximumSize } from '../src/conditions/check.ts';
import { worstCase } from '../src/conditions/cost.ts';

/** Steps at the most, and the size of the largest value: what each kind of expression adds. */
const bounds: readonly (readonly [string, number, number])[] = [
  ['true', 1, 1],
  ['1 == 1', 3.0625, 1],
  ['"a" == "b"', 3.0625, 1],
  ['request.ip', 1, 1024],
  ['resource.properties', 2, 1000],
  ['resource.properties.a', 3, 1000],
  ['resource.properties.a.b.c.d == 1', 8.0625, 1000],
  ['has(resource.id)', 2, 1000],
  // A comparison reads no more than the shorter side has.
  ['request.ip == "192.0.2.1"', 3.5625, 1024],
  ['request.ip != "192.0.2.1"', 3.5625, 1024],
  ['"abcdefghijklmnopqrstuvwxyzabcdef" == request.ip', 5, 1024],
  ['subject.id == resource.id', 67, 1024],
  ['resource.properties.a == "x"', 5.0625, 1000],
  ['["a", "bb"] == ["a", "bb"]', 2007, 2],
  ['["a", "bb"] == "a"', 5.0625, 2],
  ['resource.properties.a == resource.properties.b', 2055, 1000],
  ['resource.properties.a == ["a"]', 2054, 1000],
  ['["a"] == resource.properties.a', 2054, 1000],
  ['{"a": 1} == {"b": 2}', 1007, 1],
  ['request.ip.startsWith("a")', 67.0625, 1024],
  // A pattern counts as what it becomes, with its repetitions written out; a user agent has 255 characters.
  ['request.user_agent.matches("^(a+)+$")', 437.375, 255],
  ['resource.name.matches("^(a+)+$")', 1687, 1024],
  ['resource.name.matches("^a{20}$")', 3493, 1024],
  ['"abcdefgh".matches("a{20}")', 58, 8],
  ['["^a", "^(b|c)"].exists(p, request.ip.matches(p))', 2873.5, 1024],
  // For a long text, and for what is no pattern yet, there is a limit that holds while it runs.
  ['resource.name.matches("^a{100}$")', 5003, 1024],
  ['resource.name.matches("^" + resource.id)', 5069.0625, 1025],
  ['resource.name.matches(subject.id)', 5003, 1024],
  ['["^a", subject.id].exists(p, request.ip.matches(p))', 10023.5, 1024],
  ['(true ? "^a" : "^b").matches("a")', 12, 2],
  ['request.ip in ["a", "b", "c"]', 9, 1024],
  ['request.ip in resource.properties.a', 1005, 1024],
  ['request.ip + "aa" == "b"', 69.1875, 1026],
  ['[1] + [2, 3] == [1]', 1009.1875, 3],
  ['true ? "a" : "bbb"', 4, 3],
  ['true ? "bbb" : "a"', 4, 3],
  ['(true ? ["abc"] : ["abcde"])[0] == "abcdefgh"', 10.3125, 8],
  ['[1, 2][0] == 1', 7.0625, 2],
  ['[["abc"], ["abcde"]][0][0] == "abcdefgh"', 11.3125, 8],
  ['resource.properties.a[0] == 1', 7.0625, 1000],
  ['dyn(request.ip) == "a"', 4.0625, 1024],
  ['string(1) == "1"', 4.125, 32],
  ['string(request.time) == "a"', 68.0625, 1024],
  ['string(string(request.ip)) == "a"', 133.0625, 1024],
  ['bytes(request.ip) == b"a"', 68.0625, 4096],
  ['type(1) == int', 4.125, 1000],
  ['-1 < 2', 3.125, 1],
  ['request.time.getHours("Europe/Paris") < 17', 69.875, 1024],
  ['{"a": 1, "b": [1, 2]}.a == 1', 10.0625, 2],
  ['{"a": request.ip}["a"] == "b"', 7.0625, 1024],
  // A macro is gone through for each item.
  ['[1, 2, 3].all(x, x > 0)', 30.9375, 3],
  ['[1, 2, 3].exists(x, x == 2)', 33.9375, 3],
  ['[1, 2].exists_one(x, x == 1)', 29.4375, 3],
  ['[1, 2, 3].map(x, x + 1).exists(y, y == 2)', 63.5, 3],
  ['[1, 2, 3].filter(x, x > 1) == [2, 3]', 2046.5625, 3],
  ['["a"].map(x, x + x)[0] == "aa"', 17.3125, 2],
  // What only looks like an attribute is no longer than it is.
  ['[{"request": {"ip": "abc"}}].all(x, x.request.ip == "b")', 18.25, 7],
  ['[[1, 2], [3]].all(x, x.all(y, y > 0))', 57.625, 2],
  ['resource.properties.a.all(x, x > 0)', 70_755, 1000],
];

describe('an expression costs at the most', () => {
  for (const [text, cost, size] of bounds)
    it(`${cost} steps and a value of ${size}: ${text}`, () =>
      expect(worstCase(parse(text).expr)).toEqual({ cost, size }));
});

describe('a condition at a limit', () => {
  const tooMuch = {
    kind: 'limit',
    message:
      'the expression may take too long: nest fewer macros, join fewer texts and lists, or repeat less in patterns',
    line: 1,
    column: 1,
  };
  const costOf = (text: string) => worstCase(parse(text).expr).cost;
  const sizeOf = (text: string) => worstCase(parse(text).expr).size;

  it('of steps is kept, and one more term is refused', () => {
    const terms = [
      ...Array.from({ length: 19 }, () => 'request.ip in resource.properties.a'),
      ...Array.from({ length: 14 }, () => '"a"=="b"'),
      `resource.id in [${Array.from({ length: 411 }, () => '1').join(',')}]`,
    ];
    expect(costOf(terms.join('||'))).toBe(maximumCost);
    expect(checkCondition(terms.join('||'))).toBeNull();
    expect(checkCondition([...terms, 'true'].join('||'))).toEqual(tooMuch);
  });

  it('of the size of a value is kept, and one character more is refused', () => {
    const grown = `["${'a'.repeat(625)}"].map(x, x + x + x + x + x)${'.map(x, x + x)'.repeat(5)}`;
    expect(sizeOf(`${grown}.exists(x, x == "")`)).toBe(maximumSize);
    expect(checkCondition(`${grown}.exists(x, x == "")`)).toBeNull();
    expect(sizeOf(`${grown}.exists(x, x + "a" == "")`)).toBe(maximumSize + 1);
    expect(checkCondition(`${grown}.exists(x, x + "a" == "")`)).toEqual(tooMuch);
  });

  it('of a pattern is kept where it can be held against 255 characters, and one more repetition is refused', () => {
    const repeated = (pattern: string) => checkCondition(`resource.name.matches("${pattern}")`);
    expect(repeated('^(?:a?){48}$')).toBeNull();
    expect(repeated('^(?:a?){49}$')).toEqual(tooMuch);
    expect(repeated('^(.*){999}[^y]$')).toEqual(tooMuch);
    expect(repeated('(a{9}){99}')).toEqual(tooMuch);
    expect(repeated('(?i)[b-\u{1e942}]')).toEqual(tooMuch);
  });

  it('of a pattern is no way around the others: what never runs is free, what runs is not', () => {
    expect(checkCondition('[].all(x, resource.name.matches("(a{9}){99}"))')).toBeNull();
    expect(checkCondition('[1].all(x, resource.name.matches("(a{9}){99}"))')).toEqual(tooMuch);
    expect(checkCondition('[1, 2, 3, 4].all(x, resource.name.matches(subject.id))')).toEqual(tooMuch);
  });

  const usual = [
    '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
    '^(?:prod|staging|test)-[a-z0-9]+(?:-[0-9]{1,3})?$',
    '(?i)^terraform/1\\.[0-9]{1,2}\\.[0-9]{1,2}',
    '^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\\.example\\.org$',
    '^\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}$',
  ];
  for (const pattern of usual)
    it(`is far enough for ${pattern}`, () =>
      expect(checkCondition(`resource.name.matches("${pattern}") && request.ip != ""`)).toBeNull());

  it('is far enough for twelve calls within each other', () => {
    expect(checkCondition(`size(${'string('.repeat(11)}request.ip${')'.repeat(12)} > 0`)).toBeNull();
  });

  it('of characters is kept, whatever their width, and one more is refused at its place', () => {
    const filled = (length: number) => `"${'😀'.repeat(length - 'request.ip == ""'.length)}" == request.ip`;
    expect(checkCondition(filled(maximumLength))).toBeNull();
    expect(checkCondition(filled(maximumLength + 1))).toEqual({
      kind: 'limit',
      message: 'value length must be at most 2048 runes',
      line: 1,
      column: 2049,
    });
  });
});
