import { describe, expect, it } from 'vitest';
import { compileCondition, referenceEvaluate } from '../src/conditions/condition.ts';
import { maximumItems, maximumText, maximumValues } from '../src/conditions/reference.ts';
import type { Question } from '../src/index.ts';

const now = Date.parse('2026-03-02T08:31:42.567Z') * 1000 + 890;
const bare: Question = {
  principalId: 'ada',
  permission: 'wiki:page:read',
  scope: { kind: 'organization', organizationId: 'o' },
  now,
};
/** By the library and, where there is one, by the compiled shape. */
const verdict = (text: string, more: Partial<Question> = {}) => {
  const asked = { ...bare, ...more };
  const reference = referenceEvaluate(text, asked);
  expect(compileCondition(text).evaluate(asked)).toBe(reference);
  return reference;
};
const having = (value: unknown) => ({ resource: { properties: { value } } });

describe('request.time is compared with the time that a text names', () => {
  const [same, before, after] = [
    '2026-03-02T08:31:42.567890Z',
    '2026-03-02T08:31:42.567889Z',
    '2026-03-02T08:31:42.567891Z',
  ];
  const expected: Readonly<Record<string, readonly boolean[]>> = {
    '==': [true, false, false],
    '!=': [false, true, true],
    '<': [false, false, true],
    '<=': [true, false, true],
    '>': [false, true, false],
    '>=': [true, true, false],
  };
  const exchanged: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
  for (const [operator, verdicts] of Object.entries(expected)) {
    it(`by ${operator}, on either side`, () => {
      for (const [index, time] of [same, before, after].entries()) {
        for (const text of [`"${time}"`, `timestamp("${time}")`]) {
          expect(verdict(`request.time ${operator} ${text}`), text).toBe(verdicts[index]);
          expect(verdict(`${text} ${exchanged[operator] ?? operator} request.time`), text).toBe(verdicts[index]);
          // Where the whole is left to the library.
          expect(verdict(`request.time ${operator} ${text} && size("") == 0`), text).toBe(verdicts[index]);
        }
      }
    });
  }

  it('and with no text that names none', () => {
    for (const text of ['"2026"', '"now"', '"2026-02-30T00:00:00Z"', '""'])
      expect(verdict(`request.time == ${text} || request.time != ${text}`), text).not.toBe(null);
    expect(verdict('request.time == "now"')).toBe(false);
    expect(verdict('request.time < "now"')).toBeNull();
  });

  it('and nothing else is: a text is a text, also one that could be a time', () => {
    const text = '2026-03-02T08:31:42.567890Z';
    const named = { resource: { id: text, name: text } };
    expect(verdict(`resource.name == "${text}"`, named)).toBe(true);
    expect(verdict(`"${text}" == resource.name`, named)).toBe(true);
    expect(verdict(`resource.name in ["${text}"]`, named)).toBe(true);
    expect(verdict(`resource.name.startsWith("${text}")`, named)).toBe(true);
    expect(verdict(`"${text}" == "${text}" && size("${text}") == 27`)).toBe(true);
    expect(verdict(`request.time == resource.name`, named)).toBe(false);
    expect(verdict(`[request.time].exists(t, t == "${text}")`)).toBe(false);
  });

  it('in each place of a condition', () => {
    const text = '"2026-03-02T08:31:42.567890Z"';
    expect(verdict(`[1].all(x, request.time == ${text})`)).toBe(true);
    expect(verdict(`(request.time == ${text} ? 1 : 2) == 1`)).toBe(true);
    expect(verdict(`{"a": request.time == ${text}}.a`)).toBe(true);
  });
});

describe('the parts of a time, by the library too', () => {
  for (const [text, expected] of [
    ['request.time.getMilliseconds() == 567', true],
    ['request.time.getSeconds() == 42 && request.time.getMinutes() == 31', true],
    ['request.time.getHours("05:45") == 14', true],
    ['request.time.getHours("-09:45") == 22', true],
    ['request.time.getHours("Mars/Olympus") == 22', null],
    ['timestamp("1969-12-31T23:59:59.999Z").getMilliseconds() == 999', true],
    ['timestamp("1969-12-31T23:59:59.999Z").getDayOfWeek("Europe/Paris") == 4', true],
    ['timestamp("2026-03-29T02:30:00Z").getHours() == 2', true],
    ['request.time.getHours(1) == 2', null],
    ['request.ip.getHours() == 2', null],
  ] as const) {
    it(text, () => expect(verdict(`${text} && size("") == 0`)).toBe(expected));
  }
});

describe('what a question does not have is not there', () => {
  const has = (path: string, more: Partial<Question>) => verdict(`has(${path}) && size("") == 0`, more);
  const all: Partial<Question> = {
    request: { ip: '192.0.2.1', userAgent: 'scw' },
    resource: { id: 'r', name: 'n', locality: 'l', properties: {} },
    subject: { id: 's', type: 't', properties: {} },
  };
  const paths = ['request.ip', 'request.user_agent', 'request.time'];
  paths.push('resource.id', 'resource.name', 'resource.locality', 'resource.properties');
  paths.push('subject.id', 'subject.type', 'subject.properties');
  for (const path of paths) {
    it(path, () => {
      expect(has(path, all)).toBe(true);
      const empty = { request: {}, resource: {}, subject: {} };
      expect(has(path, empty)).toBe(path === 'request.time');
      expect(has(path, {})).toBe(path === 'request.time');
    });
  }

  it('nor is a property that is not given', () => {
    expect(verdict('has(resource.properties.a)', having(1))).toBe(false);
    expect(verdict('subject.properties.value == 1', { subject: { properties: { value: 1 } } })).toBe(true);
  });
});

describe('a property is read as JSON', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [null, 'resource.properties.value == null'],
    [true, 'resource.properties.value == true'],
    [false, 'resource.properties.value == false'],
    [1.5, 'resource.properties.value == 1.5'],
    ['a', 'resource.properties.value == "a"'],
    [[1, 'a', [true]], 'resource.properties.value[2][0]'],
    [{ a: { b: null } }, 'resource.properties.value.a.b == null'],
  ];
  for (const [value, text] of cases) it(JSON.stringify(value), () => expect(verdict(text, having(value))).toBe(true));

  const there = 'has(resource.properties.value)';
  const list = (length: number) => Array.from({ length }, () => 1);
  const object = (length: number) => Object.fromEntries(list(length).map((one, index) => [`k${index}`, one]));
  it('up to a size: a text', () => {
    expect(verdict(there, having('x'.repeat(maximumText)))).toBe(true);
    expect(verdict(there, having('x'.repeat(maximumText + 1)))).toBeNull();
  });
  it('up to a size: a list', () => {
    expect(verdict('resource.properties.value[999] == 1', having(list(maximumItems)))).toBe(true);
    expect(verdict(there, having(list(maximumItems + 1)))).toBeNull();
  });
  it('up to a size: an object', () => {
    expect(verdict(there, having(object(maximumItems)))).toBe(true);
    expect(verdict(there, having(object(maximumItems + 1)))).toBeNull();
  });
  it('up to a size: all of them together, what holds them included', () => {
    // The properties, the value, eight lists and what is in them.
    const filled = (rest: number) => having([...list(8).map(() => list(maximumItems)), list(rest)]);
    const left = maximumValues - (1 + 1 + 8 + 8 * maximumItems + 1);
    expect(verdict(there, filled(left))).toBe(true);
    expect(verdict(there, filled(left + 1))).toBeNull();
  });
  it('and what is no JSON is an error', () => {
    for (const value of [undefined, () => 1, Symbol('x'), 10n]) expect(verdict(there, having(value))).toBeNull();
  });
});
