import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { checkCondition } from '../src/conditions/check.ts';
import { compileCondition, referenceEvaluate } from '../src/conditions/condition.ts';
import { isInIpRange } from '../src/conditions/ip-range.ts';
import { timePart, type timeParts } from '../src/conditions/time.ts';
import type { Question } from '../src/index.ts';
import { runs } from './support/budget.ts';
import { question, terms } from './support/world.ts';

const at = (time: string, more: Partial<Question> = {}): Question => ({
  principalId: 'u1',
  permission: 'wiki:page:read',
  scope: { kind: 'organization', organizationId: 'o' },
  now: Date.parse(time) * 1000,
  ...more,
});
const evaluate = (text: string, asked: Question) => {
  const verdict = compileCondition(text).evaluate(asked);
  expect(referenceEvaluate(text, asked), `the library on ${text}`).toBe(verdict);
  return verdict;
};
const monday = '2026-03-02T08:30:00Z';
const sunday = '2026-03-01T12:00:00Z';
const named = (name: string) => ({ resource: { id: 'r', name } });
const in_ = (locality: string) => ({ resource: { locality } });
const from = (ip: string) => ({ request: { ip } });

describe('every documented example', () => {
  const officeHours =
    'request.time.getDayOfWeek() != 0 && request.time.getDayOfWeek() != 6 && ' +
    'request.time.getHours("Europe/Paris") < 17 && request.time.getHours("Europe/Paris") >= 8';
  const folder = 'resource.name.startsWith("/folder/")';
  const examples: readonly (readonly [string, Question, boolean | null])[] = [
    ['request.time == "2025-03-03T14:30:00.000Z"', at('2025-03-03T14:30:00Z'), true],
    ['request.time == "2025-03-03T14:30:00.000Z"', at('2025-03-03T14:30:01Z'), false],
    [
      "request.time.getFullYear() < 2020 && request.ip == '10.154.3.1'",
      at('2019-12-31T23:59:59Z', from('10.154.3.1')),
      true,
    ],
    ["request.time.getFullYear() < 2020 && request.ip == '10.154.3.1'", at(monday, from('10.154.3.1')), false],
    ["request.time.getFullYear() < 2020 || request.ip == '10.154.3.1'", at(monday, from('10.154.3.1')), true],
    ["request.time.getFullYear() < 2020 || request.ip == '10.154.3.1'", at(monday, from('10.154.3.2')), false],
    ['!(request.time.getFullYear() < 2020)', at(monday), true],
    ['request.user_agent.contains("terraform/")', at(monday, { request: { userAgent: 'x terraform/1.9 y' } }), true],
    ['request.user_agent.contains("terraform/")', at(monday, { request: { userAgent: 'scw/2' } }), false],
    [officeHours, at('2026-03-02T07:00:00Z'), true],
    [officeHours, at('2026-03-02T06:59:59Z'), false],
    [officeHours, at('2026-03-02T15:59:59Z'), true],
    [officeHours, at('2026-03-02T16:00:00Z'), false],
    [officeHours, at('2026-07-06T06:00:00Z'), true],
    [officeHours, at(sunday), false],
    ['request.time.getDayOfWeek() == 0 || request.time.getDayOfWeek() == 6', at(sunday), true],
    ['request.time.getDayOfWeek() == 0 || request.time.getDayOfWeek() == 6', at(monday), false],
    ["request.user_agent == 'My User Agent'", at(monday, { request: { userAgent: 'My User Agent' } }), true],
    [folder, at(monday, named('/folder/secret1')), true],
    [folder, at(monday, named('/folder/subfolder/secret2')), true],
    [folder, at(monday, named('/secret3')), false],
    [folder, at(monday), null],
    [`${folder} && request.ip == "10.0.0.1"`, at(monday, { ...named('/folder/x'), ...from('10.0.0.1') }), true],
    [`${folder} || !has(resource.id)`, at(monday), true],
    [`${folder} || !has(resource.id)`, at(monday, named('/secret3')), false],
    [`!has(resource.id) || ${folder}`, at(monday), true],
    ['resource.locality.startsWith("fr-par")', at(monday, in_('fr-par-2')), true],
    ['resource.locality == "fr-par-1"', at(monday, in_('fr-par-1')), true],
    ['resource.locality == "global"', at(monday, in_('global')), true],
    ['resource.locality == "fr-par-1" && resource.locality == "fr-par-3"', at(monday, in_('fr-par-1')), false],
    ['resource.locality == "fr-par-1" || resource.locality == "fr-par-3"', at(monday, in_('fr-par-3')), true],
    ['resource.name == "toto" && resource.name == "tata"', at(monday, named('toto')), false],
    ['resource.name == "tutu"', at(monday, named('toto')), false],
    ['1 == 1', at(monday), true],
    ["request.user_agent == 'terraform-test'", at(monday, { request: { userAgent: 'terraform-test' } }), true],
    ['request.ip.inIpRange("10.0.0.0/8")', at(monday, from('10.1.2.3')), true],
    ['inIpRange(request.ip, "10.0.0.0/8")', at(monday, from('11.1.2.3')), false],
  ];
  for (const [text, asked, expected] of examples) {
    it(`${text} is ${expected} for ${JSON.stringify({ ...asked.request, ...asked.resource })} at ${asked.now}`, () => {
      expect(checkCondition(text)).toBeNull();
      expect(evaluate(text, asked)).toBe(expected);
    });
  }
});

describe('an evaluation that fails', () => {
  const failing: readonly (readonly [string, Question])[] = [
    ['resource.name == "x"', at(monday)],
    ['request.ip.inIpRange("10.0.0.0/33")', at(monday, from('10.0.0.1'))],
    ['request.ip.inIpRange("10.0.0.0/8")', at(monday, from('not an address'))],
    ['request.time.getHours("Mars/Olympus") > 3', at(monday)],
    ['request.time < "not a time"', at(monday)],
    ['subject.id == "u1"', at(monday)],
    ['1 / 0 == 1', at(monday)],
    ['size(resource.properties) > 0', at(monday, named('x'))],
  ];
  for (const [text, asked] of failing) it(`is no yes: ${text}`, () => expect(evaluate(text, asked)).toBeNull());

  it('is absorbed by the other side of || and &&, whichever comes first', () => {
    const asked = at(monday);
    expect(evaluate('resource.name == "x" || true', asked)).toBe(true);
    expect(evaluate('true || resource.name == "x"', asked)).toBe(true);
    expect(evaluate('resource.name == "x" && false', asked)).toBe(false);
    expect(evaluate('resource.name == "x" || false', asked)).toBeNull();
    expect(evaluate('resource.name == "x" && true', asked)).toBeNull();
  });

  it('of a condition that cannot be read, kept by whatever accident, grants nothing', () => {
    expect(compileCondition('request.ip ==').evaluate(at(monday))).toBeNull();
    expect(compileCondition('request.ip ==').failure(at(monday))).toMatchObject({ verdict: 'error' });
  });

  it('names the clause and what it read', () => {
    const text = 'request.ip == "192.0.2.1" && resource.name.startsWith("/folder/") && has(resource.id)';
    const asked = at(monday, { ...from('192.0.2.1'), ...named('/secret') });
    expect(compileCondition(text).failure(asked)).toEqual({
      verdict: 'false',
      clause: 'resource.name.startsWith("/folder/")',
      values: { 'resource.name': '/secret' },
    });
    expect(compileCondition(text).failure(at(monday, from('192.0.2.1')))).toEqual({
      verdict: 'false',
      clause: 'has(resource.id)',
      values: { 'resource.id': null },
    });
  });
});

describe('values that conditions see', () => {
  it('a user agent is cut to 255 characters', () => {
    const asked = at(monday, { request: { userAgent: `${'é'.repeat(255)}!` } });
    expect(evaluate('request.user_agent.endsWith("!")', asked)).toBe(false);
    expect(evaluate('size(request.user_agent) == 255', asked)).toBe(true);
  });

  it('times count microseconds, and their parts never round up', () => {
    const asked = { ...at(sunday), now: Date.parse('2026-03-01T23:59:59Z') * 1000 + 999_999 };
    expect(evaluate('request.time.getDayOfWeek() == 0', asked)).toBe(true);
    expect(evaluate('request.time < timestamp("2026-03-02T00:00:00Z")', asked)).toBe(true);
    expect(evaluate('request.time == "2026-03-01T23:59:59.999999Z"', asked)).toBe(true);
  });

  it('properties of operators are read as JSON', () => {
    const asked = at(monday, { resource: { properties: { level: 3, tags: ['red'], owner: { name: 'ada' } } } });
    expect(evaluate('resource.properties.level >= 3', asked)).toBe(true);
    expect(evaluate('resource.properties.owner.name == "ada"', asked)).toBe(true);
    expect(evaluate('resource.properties.tags.exists(t, t == "red")', asked)).toBe(true);
    expect(evaluate('resource.properties.none == "x"', asked)).toBeNull();
  });

  it('properties beyond what the cost of a condition counts on are an error', () => {
    const asked = at(monday, { resource: { properties: { tags: Array.from({ length: 1001 }, () => 'x') } } });
    expect(evaluate('resource.properties.tags.exists(t, t == "x")', asked)).toBeNull();
  });
});

it('the compiled shapes say what the CEL library says', () => {
  const some = fc.constantFrom(...terms);
  const expression = fc
    .tuple(some, fc.constantFrom('&&', '||'), some, fc.boolean())
    .map(([a, operator, b, negated]) => `${negated ? '!' : ''}(${a}) ${operator} (${b})`);
  fc.assert(
    fc.property(expression, question, (text, asked) => {
      expect(compileCondition(text).evaluate(asked)).toBe(referenceEvaluate(text, asked));
    }),
    { numRuns: runs(5000), seed: 20_261_124 },
  );
});

it('a part of a time in a zone is what a clock there shows, across changes of the clock', () => {
  const zones = [
    'Europe/Paris',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'UTC',
  ];
  const moment = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) });
  fc.assert(
    fc.property(moment, fc.constantFrom(...zones), (milliseconds, zone) => {
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
      const [date = '', time = ''] = clock.format(milliseconds).split(' ');
      const [year, month, day] = date.split('-').map(Number);
      const [hours, minutes, seconds] = time.split(':').map(Number);
      const part = (name: (typeof timeParts)[number]) => timePart(name, milliseconds, zone);
      expect([part('getFullYear'), part('getMonth'), part('getDate')]).toEqual([year, month! - 1, day]);
      expect([part('getHours'), part('getMinutes'), part('getSeconds')]).toEqual([hours, minutes, seconds]);
      expect(part('getDayOfMonth')).toBe(day! - 1);
      expect(part('getDayOfWeek')).toBe(new Date(Date.UTC(year!, month! - 1, day)).getUTCDay());
      expect(part('getDayOfYear')).toBe((Date.UTC(year!, month! - 1, day) - Date.UTC(year!, 0, 1)) / 86_400_000);
    }),
    { numRuns: runs(3000), seed: 20_261_124 },
  );
});

describe('address ranges', () => {
  it('agree with a library on every address and network that both can read', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
    const near = fc.tuple(fc.constantFrom('10.0.0.', '192.0.2.'), byte).map(([start, last]) => `${start}${last}`);
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const ipv6 = fc.oneof(
      fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
      fc
        .tuple(fc.array(group, { maxLength: 3 }), fc.array(group, { maxLength: 3 }))
        .map(([a, b]) => `${a.join(':')}::${b.join(':')}`),
      ipv4.map((address) => `::ffff:${address}`),
      fc.constantFrom('::', '::1', '2001:db8::7', 'fe80::1'),
    );
    const address = fc.oneof(ipv4, near, ipv6);
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 128 }), (asked, base, length) => {
        const bits = base.includes(':') ? length : length % 33;
        const widen = (text: string) => {
          const read = ipaddr.parse(text);
          return read instanceof ipaddr.IPv4 ? read.toIPv4MappedAddress() : (read as ipaddr.IPv6);
        };
        const expected = widen(asked).match(widen(base), base.includes(':') ? bits : bits + 96);
        expect(isInIpRange(asked, `${base}/${bits}`)).toBe(expected);
      }),
      { numRuns: runs(5000), seed: 20_261_124 },
    );
  });

  const noAddress = [
    '',
    '10.1',
    '010.0.0.1',
    '0x7f.1',
    '2130706433',
    '1.2.3.4.5',
    '256.0.0.1',
    '1.2.3.4 ',
    ':::',
    '1::2::3',
  ];
  for (const text of [
    ...noAddress,
    '12345::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.4::',
    '::g',
  ])
    it(`${JSON.stringify(text)} is no address`, () => expect(isInIpRange(text, '0.0.0.0/0')).toBeNull());
  for (const text of ['', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '::/129', '10.0.0.0/8/8', '10.0.0.0/-1'])
    it(`${JSON.stringify(text)} is no network`, () => expect(isInIpRange('10.0.0.1', text)).toBeNull());
  it('a network without a length is one address', () => {
    expect(isInIpRange('10.0.0.1', '10.0.0.1')).toBe(true);
    expect(isInIpRange('10.0.0.2', '10.0.0.1')).toBe(false);
  });
});

describe('checkCondition', () => {
  const accepted = [
    '',
    'true',
    'resource.name == "toto" && resource.name == "tata"',
    'has(resource.id) ? resource.id == "a" : true',
    '[1, 2, 3].all(x, x > 0)',
    'resource["name"] == "x"',
    'request.time - timestamp("2026-03-02T00:00:00Z") > duration("1h")',
    'type(request.ip) == string',
    Array.from({ length: 32 }, () => 'true').join(' || '),
    `resource.name in [${Array.from({ length: 32 }, (_, index) => `"${index}"`).join(', ')}]`,
    `${'('.repeat(12)}true${')'.repeat(12)}`,
    Array.from({ length: 24 }, () => '1')
      .join(' + ')
      .concat(' == 24'),
    'resource.properties.tags.exists(t, t == "red")',
    'request.user_agent.matches("^(a+)+$")',
    ' '.repeat(2044).concat('true'),
  ];
  for (const text of accepted) it(`keeps ${text.trim().slice(0, 60)}`, () => expect(checkCondition(text)).toBeNull());

  const refused: readonly (readonly [string, object])[] = [
    ['request.ip ==', { kind: 'syntax', line: 1 }],
    ['request.ip == "a" &&& true', { kind: 'syntax', line: 1, column: 21 }],
    [
      'true\n  && request.ipp == "a"',
      { kind: 'meaning', line: 2, message: '`request.ipp` does not exist: request has ip, time, user_agent' },
    ],
    ['user.name == "a"', { kind: 'meaning', line: 1, column: 1 }],
    ['resource.annotation == "a"', { kind: 'meaning', message: expect.stringContaining('resource.annotation') }],
    [
      'request.ip.isPrivate()',
      {
        kind: 'meaning',
        message: expect.stringContaining('the function `isPrivate` does not exist: there are contains,'),
      },
    ],
    ['"a"', { kind: 'meaning', message: 'a condition is true or false, and this is neither' }],
    ['request.ip', { kind: 'meaning' }],
    ['1 + 1', { kind: 'meaning' }],
    ['true && "a"', { kind: 'meaning' }],
    ['google.protobuf.Duration{seconds: 1} == duration("1s")', { kind: 'meaning' }],
    [' '.repeat(2045).concat('true'), { kind: 'limit' }],
    [
      `[${'1,'.repeat(60)}1].all(a, [${'1,'.repeat(60)}1].all(b, [${'1,'.repeat(60)}1].all(c, a + b + c > 0)))`,
      { kind: 'limit' },
    ],
    [`["aaaaaaaa"]${'.map(x, x + x)'.repeat(40)}.exists(x, x == "")`, { kind: 'limit' }],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${text.trim().slice(0, 60)}`, () => expect(checkCondition(text)).toMatchObject(problem));
  }

  it('what it keeps is evaluated in little time, whatever the question', () => {
    const costly = `resource.properties.a.all(x, resource.name.contains(x))`;
    expect(
      checkCondition(`${costly} && resource.properties.b.all(y, resource.properties.a.all(x, x == y))`),
    ).toMatchObject({
      kind: 'limit',
    });
  });

  it('a hostile pattern takes time in proportion to the text', () => {
    const asked = at(monday, { request: { userAgent: 'a'.repeat(255) } });
    expect(evaluate('request.user_agent.matches("(a+)+$b")', asked)).toBe(false);
  });
});
