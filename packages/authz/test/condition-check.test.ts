import { describe, expect, it } from 'vitest';
import { findMisread } from '../src/conditions/syntax.ts';
import { checkCondition } from '../src/index.ts';

const neither = 'a condition is true or false, and this is neither';
const unknown = (name: string) => `\`${name}\` is not known: a condition reads request, resource or subject`;

const kept = [
  // Never true, which is allowed: only what the branches are makes it a yes or no.
  'resource.id ? true : false',
  'resource.properties.active',
  'subject.properties.admin && true',
  '{"a": true}.a',
  '[true][0]',
  '[{"x": 1}].all(request, request.x == 1)',
  '-request.time.getHours() < 1',
  'has(request.ip)',
  'resource.properties.anything.at.all == 1',
  'subject.properties.level == 1',
  'subject.type == "user"',
  'bool("true")',
  'dyn(true)',
  'matches(request.ip, "a")',
  'request.ip.matches("a")',
  'request.user_agent.endsWith("a")',
  'null_type == type(null)',
  'request["ip"] == "a"',
  '[true].exists_one(x, x)',
  '[[1]].all(x, x.all(y, y > 0))',
  '[1, 2].map(x, x)',
  'true ? resource.id == "a" : false',
  'uint(1) == 1u && double(1) == 1.0 && bytes("a") == b"a" && int("1") == 1',
  'size("a") == 1 && string(1) == "1" && -1 < 2 && 4 - 1 >= 1 * 2 && 4 / 2 <= 5 % 3 && 1 != 2',
  'timestamp("2026-03-02T00:00:00Z") > request.time || duration("1h") > duration("1s")',
  'bool == type(true) && double == type(1.0) && bytes == type(b"") && list == type([]) && map == type({})',
  'type(1) == int && type(1u) == uint && type("") == string && type(int) == type',
  ...['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear'].map(
    (part) => `request.time.${part}() == 1`,
  ),
  ...['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'].map((part) => `request.time.${part}("UTC") == 1`),
];

describe('a condition is kept', () => {
  for (const text of kept)
    it(text, () => {
      expect(checkCondition(text)).toBeNull();
      // Nor would it be blamed for what is wrong elsewhere.
      expect(findMisread(text)).toBeNull();
    });
});

describe('a condition is refused, with where and how to mend it', () => {
  const refused: readonly (readonly [string, 'syntax' | 'meaning', string, number, number])[] = [
    ['request.ip ==', 'syntax', 'a value is missing after `==`', 1, 14],
    ['request.ip ==  \n  ', 'syntax', 'a value is missing after `==`', 1, 14],
    ['request.ip == "a" &&& true', 'syntax', '`&` is no part of an expression: write `&&`', 1, 21],
    ['true\n||', 'syntax', 'a value is missing after `||`', 2, 3],
    ['true || in [1]', 'syntax', 'a value is missing between `||` and `in`', 1, 9],
    ['|| true', 'syntax', 'a value is missing before `||`', 1, 1],
    ['(', 'syntax', 'a value is missing after `(`', 1, 2],
    ['(== 1)', 'syntax', 'a value is missing before `==`', 1, 2],
    ['(1 ==)', 'syntax', 'a value is missing before `)`', 1, 6],
    ['!', 'syntax', 'a value is missing after `!`', 1, 2],
    ['"', 'syntax', 'the text that begins with `"` does not end', 1, 1],
    ['request.ip == "a', 'syntax', 'the text that begins with `"` does not end', 1, 15],
    ["request.ip == 'a", 'syntax', "the text that begins with `'` does not end", 1, 15],
    ['request.ip == "a\nb"', 'syntax', 'the text that begins with `"` does not end', 1, 15],
    ['request.ip == “1”', 'syntax', '`“` is no quotation mark here: write `"` or `\'`', 1, 15],
    ['request.ip == "a" // “1”\n && #', 'syntax', '`#` is no part of an expression', 2, 5],
    ['request.ip = "a"', 'syntax', '`=` is no part of an expression: write `==`', 1, 12],
    ['request.ip == "a" and true', 'syntax', '`and` is no operator: write `&&`', 1, 19],
    ['true or false', 'syntax', '`or` is no operator: write `||`', 1, 6],
    ['not true', 'syntax', '`not` is no operator: write `!`', 1, 5],
    ['request.ip == "a" "b"', 'syntax', 'an operator is missing before `"b"`', 1, 19],
    ['true !false', 'syntax', 'an operator is missing before `!`', 1, 6],
    ['request..ip == "a"', 'syntax', 'a name is missing after `.`', 1, 9],
    ['request.ip in ["a", "b"', 'syntax', '`[` is not closed', 1, 15],
    ['true)', 'syntax', '`)` closes nothing', 1, 5],
    ['(true]', 'syntax', '`]` closes nothing', 1, 6],
    // What only the parser knows.
    ['true ? false', 'syntax', 'it cannot be read from `?` on', 1, 6],
    ['[[[1]', 'syntax', '`[` is not closed', 1, 2],
    ['{"a" 1: 2}', 'syntax', 'an operator is missing before `1`', 1, 6],
    [
      `${'('.repeat(900)}true ${')'.repeat(900)}`,
      'syntax',
      'it is nested too deeply: use fewer brackets within each other',
      1,
      900,
    ],
    ['x', 'meaning', unknown('x'), 1, 1],
    ['user.name == "a"', 'meaning', unknown('user'), 1, 1],
    ['constructor == 1', 'meaning', unknown('constructor'), 1, 1],
    ['[1,2].all(x, y > 0)', 'meaning', unknown('y'), 1, 14],
    ['[1,2].all(x, x > z)', 'meaning', unknown('z'), 1, 18],
    ['[x].all(x, x > 0)', 'meaning', unknown('x'), 1, 2],
    ['[1].exists(x, x == 1) && x == 1', 'meaning', unknown('x'), 1, 26],
    ['{"a": x}.a', 'meaning', unknown('x'), 1, 7],
    ['{x: 1}.a', 'meaning', unknown('x'), 1, 2],
    [
      'true\n  && request.ipp == "a"',
      'meaning',
      '`request.ipp` does not exist: request has ip, time, user_agent',
      2,
      13,
    ],
    [
      'resource.annotation == "a"',
      'meaning',
      '`resource.annotation` does not exist: resource has id, name, locality, properties',
      1,
      9,
    ],
    [
      'has(resource.foo)',
      'meaning',
      '`resource.foo` does not exist: resource has id, name, locality, properties',
      1,
      1,
    ],
    ['subject.name == "a"', 'meaning', '`subject.name` does not exist: subject has id, type, properties', 1, 8],
    [
      'request.ip.isPrivate()',
      'meaning',
      'the function `isPrivate` does not exist: there are contains, startsWith, endsWith, matches, inIpRange, size, all, exists, exists_one, map, filter',
      1,
      11,
    ],
    [
      'isPrivate(request.ip)',
      'meaning',
      'the function `isPrivate` does not exist: there are has, inIpRange, matches, int, uint, double, string, bytes, timestamp, duration, type, size, bool, dyn',
      1,
      1,
    ],
    [
      'request.time.getFoo() == 1',
      'meaning',
      'the function `getFoo` does not exist: there are getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear, getHours, getMinutes, getSeconds, getMilliseconds',
      1,
      13,
    ],
    ['has(request)', 'meaning', '`has` takes an attribute or a member: `has(resource.id)`', 1, 1],
    ['[1].all(x)', 'meaning', '`all` takes a name and a condition: `[1, 2].all(x, x > 1)`', 1, 4],
    [
      '[1].exists_one(2, true)',
      'meaning',
      '`exists_one` takes a name and a condition: `[1, 2].exists_one(x, x > 1)`',
      1,
      4,
    ],
    ['[1].map(x) == [1]', 'meaning', '`map` takes a name and a value: `[1, 2].map(x, x + 1)`', 1, 4],
    [
      'google.protobuf.Duration{seconds: 1} == duration("1s")',
      'meaning',
      'the type `google.protobuf.Duration` does not exist',
      1,
      1,
    ],
    ['"a"', 'meaning', neither, 1, 1],
    ['b"a"', 'meaning', neither, 1, 1],
    ['1.0', 'meaning', neither, 1, 1],
    ['null', 'meaning', neither, 1, 1],
    ['int', 'meaning', neither, 1, 1],
    ['[1]', 'meaning', neither, 1, 1],
    ['{"a": 1}', 'meaning', neither, 1, 1],
    ['subject', 'meaning', neither, 1, 1],
    ['request.ip', 'meaning', neither, 1, 8],
    ['resource.properties', 'meaning', neither, 1, 9],
    ['true && "a"', 'meaning', neither, 1, 9],
    ['true || 1', 'meaning', neither, 1, 9],
    ['!"a"', 'meaning', neither, 1, 2],
    ['true ? "a" : false', 'meaning', neither, 1, 8],
    ['true ? false : 1', 'meaning', neither, 1, 16],
    ['request.time.getHours()', 'meaning', neither, 1, 13],
    ...['1 + 1', '1 - 1', '1 * 1', '1 / 1', '1 % 1'].map((text) => [text, 'meaning', neither, 1, 2] as const),
    ...[
      '-1',
      '-request.time.getHours()',
      'size("a")',
      'string(1)',
      'type(1)',
      'int("1")',
      'uint(1)',
      'double(1)',
      'bytes("a")',
    ].map((text) => [text, 'meaning', neither, 1, 1] as const),
    ...['timestamp("a")', 'duration("1s")'].map((text) => [text, 'meaning', neither, 1, 1] as const),
  ];
  for (const [text, kind, message, line, column] of refused)
    it(JSON.stringify(text), () => expect(checkCondition(text)).toEqual({ kind, message, line, column }));
});
