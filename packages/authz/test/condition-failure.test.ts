import { parse } from '@bufbuild/cel';
import { describe, expect, it } from 'vitest';
import { attributesRead, conjuncts } from '../src/conditions/tree.ts';
import { compileCondition, type Question } from '../src/index.ts';

const asked: Question = {
  principalId: 'ada',
  permission: 'wiki:page:read',
  scope: { kind: 'organization', organizationId: 'o' },
  now: Date.parse('2026-03-02T08:30:00.250Z') * 1000,
  request: { ip: '192.0.2.7', userAgent: 'scw/2' },
  resource: {
    id: 'r1',
    name: '/folder/x',
    locality: 'fr-par-1',
    properties: { level: 3, owner: { name: 'bob' }, none: null },
  },
  subject: { id: 's1', type: 'service', properties: { level: 7, none: null } },
};

describe('the values beside a clause that failed', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['request.ip == "x"', { 'request.ip': '192.0.2.7' }],
    ['request.user_agent == "x"', { 'request.user_agent': 'scw/2' }],
    ['request.time == "2025-03-03T14:30:00Z"', { 'request.time': '2026-03-02T08:30:00.250Z' }],
    ['request.time.getHours("Europe/Paris") == 1', { 'request.time': '2026-03-02T08:30:00.250Z' }],
    ['resource.id == resource.name', { 'resource.id': 'r1', 'resource.name': '/folder/x' }],
    ['resource.locality in ["a", "b"]', { 'resource.locality': 'fr-par-1' }],
    ['!has(resource.id)', { 'resource.id': 'r1' }],
    ['has(resource.properties.owner.age)', { 'resource.properties.owner.age': null }],
    ['resource.properties.level > 3', { 'resource.properties.level': 3 }],
    ['resource.properties.owner.name == "ada"', { 'resource.properties.owner.name': 'bob' }],
    ['resource.properties.owner.name.first == "ada"', { 'resource.properties.owner.name.first': null }],
    ['resource.properties.none.x == 1', { 'resource.properties.none.x': null }],
    ['resource.properties.none == 1', { 'resource.properties.none': null }],
    ['subject.id == "x"', { 'subject.id': 's1' }],
    ['subject.type == "x"', { 'subject.type': 'service' }],
    ['subject.properties.level == 3', { 'subject.properties.level': 7 }],
    [
      'resource.properties.list.all(x, x == request.ip)',
      { 'resource.properties.list': null, 'request.ip': '192.0.2.7' },
    ],
    ['[1, 2].exists(x, x == resource.properties.level)', { 'resource.properties.level': 3 }],
    ['[1].exists(request_, request_ == 2)', {}],
    [
      '{"a": request.ip, "b": resource.id}["a"] == resource.name',
      { 'request.ip': '192.0.2.7', 'resource.id': 'r1', 'resource.name': '/folder/x' },
    ],
    ['{request.ip: 1}["a"] == 1', { 'request.ip': '192.0.2.7' }],
    [
      '((resource.id == "r1") ? resource.name : request.ip) == "x"',
      { 'resource.id': 'r1', 'resource.name': '/folder/x', 'request.ip': '192.0.2.7' },
    ],
    ['{"request": "a"}.request == "b"', {}],
    ['false', {}],
  ];
  for (const [text, values] of cases) {
    it(text, () =>
      expect(compileCondition(text).failure(asked)).toEqual({ verdict: expect.any(String), clause: text, values }),
    );
  }

  it('are null for whatever the question does not have', () => {
    const { request: _, resource: _r, subject: _s, ...bare } = asked;
    const text = 'request.ip == subject.id || resource.id == resource.properties.a || request.user_agent == "x"';
    expect(compileCondition(text).failure(bare)).toEqual({
      verdict: 'error',
      clause: text,
      values: {
        'request.ip': null,
        'subject.id': null,
        'resource.id': null,
        'resource.properties.a': null,
        'request.user_agent': null,
      },
    });
  });

  it('are none for a condition that cannot be read', () => {
    const condition = compileCondition('request.ip ==');
    expect(condition.text).toBe('request.ip ==');
    expect(condition.evaluate(asked)).toBeNull();
    expect(condition.failure(asked)).toEqual({ verdict: 'error', clause: 'request.ip ==', values: {} });
  });
});

describe('the clause that failed', () => {
  const clause = (text: string) => compileCondition(text).failure(asked)?.clause ?? null;

  it('is the first that is false, before any that is an error', () => {
    expect(clause('resource.properties.gone == 1 && request.ip == "x" && false')).toBe('request.ip == "x"');
    expect(clause('true && resource.properties.gone == 1 && resource.properties.lost == 1')).toBe(
      'resource.properties.gone == 1',
    );
  });

  it('is none where the condition is true', () => {
    expect(compileCondition('request.ip == "192.0.2.7" && true').failure(asked)).toBeNull();
  });

  it('is a part of the conjunction at the top only, as it was written', () => {
    expect(clause('(request.ip == "x" && true) || (true && resource.id == "y")')).toBe(
      'request.ip == "x" && true || true && resource.id == "y"',
    );
    expect(clause("request.time >= '2027-01-01T00:00:00Z' && true")).toBe('request.time >= "2027-01-01T00:00:00Z"');
    expect(clause('(true && request.ip == "x") && true')).toBe('request.ip == "x"');
  });
});

it('the terms of a conjunction are those at the top', () => {
  const number = (text: string) => conjuncts(parse(text).expr).length;
  expect(number('true')).toBe(1);
  expect(number('true && false && true')).toBe(3);
  expect(number('true || false')).toBe(1);
  expect(number('[true && true].all(x, x)')).toBe(1);
});

it('attributes are read by their longest path, each once', () => {
  const read = (text: string) => attributesRead(parse(text).expr);
  expect(read('resource.properties.a.b == resource.properties.a.b && resource.properties.a == 1')).toEqual([
    'resource.properties.a.b',
    'resource.properties.a',
  ]);
  expect(read('resource.properties.a[0].b == 1')).toEqual(['resource.properties.a']);
  expect(read('1 == 1 && "request.ip" == "a"')).toEqual([]);
  expect(read('request == 1')).toEqual([]);
  expect(read('my.request.ip == 1')).toEqual([]);
  expect(read('has({"a": request.ip}.a)')).toEqual(['request.ip']);
});

it('a condition is compiled once, and others are kept beside it', () => {
  const first = compileCondition('request.ip == "203.0.113.1"');
  const second = compileCondition('request.ip == "203.0.113.2"');
  expect(compileCondition('request.ip == "203.0.113.1"')).toBe(first);
  expect(compileCondition('request.ip == "203.0.113.2"')).toBe(second);
});

it('a user agent of exactly 255 characters is seen as it is, of wide ones too', () => {
  const sees = (userAgent: string, text: string) =>
    compileCondition(text).evaluate({ ...asked, request: { userAgent } });
  expect(sees(`${'a'.repeat(254)}!`, 'request.user_agent.endsWith("!")')).toBe(true);
  expect(sees(`${'a'.repeat(255)}!`, 'request.user_agent.endsWith("!")')).toBe(false);
  expect(sees(`${'😀'.repeat(254)}!`, 'request.user_agent.endsWith("!")')).toBe(true);
  expect(sees(`${'😀'.repeat(255)}!`, 'request.user_agent.endsWith("😀")')).toBe(true);
});
