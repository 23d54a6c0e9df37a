import { describe, expect, it } from 'vitest';
import { checkCondition, describeLanguage, findProblems, type Question, tryCondition } from '../src/index.ts';

const { attributes, functions } = describeLanguage();
const seen: Pick<Question, 'now' | 'request'> = {
  now: Date.parse('2026-03-02T08:30:00Z') * 1000,
  request: { ip: '192.0.2.7' },
};

describe('the language as it is described', () => {
  it.each(attributes.map(({ name }) => name))('%s is an attribute', (name) => {
    expect(checkCondition(`has(${name})`)).toBeNull();
  });

  const targets = { text: 'resource.name', time: 'request.time', list: '["a"]' };
  it.each(functions)('$of $form can be written', ({ name, of, form }) => {
    const written = of === null ? form : `${targets[of]}.${form}`;
    // Its value need be neither true nor false.
    expect(findProblems(`type(${written}) == bool`)).toEqual([]);
    expect(form.startsWith(`${name}(`)).toBe(true);
  });

  it('is whole: what is said to be there when something is not is described', () => {
    const there = ['"".x()', 'request.time.getX()', 'x()'].flatMap((text) => {
      const message = checkCondition(text)?.message ?? '';
      return message.replace(/.*there are /, '').split(', ');
    });
    const described = new Set(functions.map(({ name }) => name));
    // What only changes what a checker would say.
    expect(there.filter((name) => !described.has(name) && !['bool', 'dyn'].includes(name))).toEqual([]);
    expect(there.length).toBeGreaterThan(20);
  });
});

describe('a condition that is tried', () => {
  it.each([
    ['', 'true', null],
    ['true', 'true', null],
    ['request.ip == "192.0.2.7" && true', 'true', null],
    ['true && request.ip == "192.0.2.8"', 'false', 1],
    ['resource.id == "x" && false', 'false', 1],
    ['true && resource.id == "x" && resource.name == "x"', 'error', 1],
    ['(((', 'error', null],
    ['dyn(1)', 'error', 0],
  ])('%s comes to %s', (text, verdict, decisive) => {
    expect(tryCondition(text, seen)).toMatchObject({ verdict, decisive });
  });

  it('tells what each part has read', () => {
    expect(tryCondition('has(resource.id) || request.ip == "192.0.2.7"', seen).clauses).toEqual([
      {
        clause: 'has(resource.id) || request.ip == "192.0.2.7"',
        verdict: 'true',
        values: { 'resource.id': null, 'request.ip': '192.0.2.7' },
      },
    ]);
  });
});

describe('all that is wrong with a condition', () => {
  const placesOf = (text: string) => findProblems(text).map(({ line, column }) => [line, column]);

  it('is told at once, each at its place', () => {
    expect(placesOf('a == 1 ||\n b == 1')).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(placesOf('[1].exists(x, y == x && z)')).toEqual([
      [1, 15],
      [1, 25],
    ]);
    expect(placesOf('(1 + 1) && true && "a"')).toHaveLength(2);
  });

  it('within a part that is wrong nothing more is told, nor behind what cannot be read', () => {
    expect(placesOf('foo(bar(1))')).toHaveLength(1);
    expect(placesOf('a ==')).toHaveLength(1);
  });
});
