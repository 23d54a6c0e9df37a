import { parse } from '@bufbuild/cel';
import { describe, expect, it } from 'vitest';
import { compileCondition, referenceEvaluate } from '../src/conditions/condition.ts';
import { readTimesInTexts } from '../src/conditions/reference.ts';
import { compileShape } from '../src/conditions/shapes.ts';
import { partsOf } from '../src/conditions/tree.ts';
import type { Question } from '../src/index.ts';

const bare: Question = {
  principalId: 'ada',
  permission: 'wiki:page:read',
  scope: { kind: 'organization', organizationId: 'o' },
  now: Date.parse('2026-03-02T08:31:42.567Z') * 1000 + 890,
};
const full: Question = {
  ...bare,
  request: { ip: '192.0.2.7', userAgent: 'scw/2 terraform/1.9' },
  resource: { id: 'r1', name: '/folder/x', locality: 'fr-par-1' },
};

function shapeOf(text: string) {
  const { expr } = parse(text);
  readTimesInTexts(expr, partsOf);
  return compileShape(expr);
}

type Verdict = boolean | null;
/** What it is for a question with everything, and for one with a time only. */
const compiled: readonly (readonly [string, Verdict, Verdict])[] = [
  ['true', true, true],
  ['false', false, false],
  ['!true', false, false],
  ['!!true', true, true],
  ['!(request.ip == "192.0.2.7")', false, null],
  ['request.ip == "192.0.2.7"', true, null],
  ['"192.0.2.7" == request.ip', true, null],
  ['request.ip == "192.0.2.8"', false, null],
  ['request.ip != "192.0.2.8"', true, null],
  ['"192.0.2.7" != request.ip', false, null],
  ['request.user_agent == "scw/2 terraform/1.9"', true, null],
  ['resource.id == "r1"', true, null],
  ['resource.name == "/folder/x"', true, null],
  ['resource.locality == "fr-par-1"', true, null],
  ['resource.id == ""', false, null],
  ['resource.name.startsWith("/folder/")', true, null],
  ['resource.name.startsWith("x")', false, null],
  ['resource.name.endsWith("x")', true, null],
  ['resource.name.endsWith("/folder/")', false, null],
  ['request.user_agent.contains("terraform/")', true, null],
  ['request.user_agent.contains("Terraform")', false, null],
  ['has(request.ip)', true, false],
  ['has(request.user_agent)', true, false],
  ['has(resource.id)', true, false],
  ['!has(resource.locality)', false, true],
  ['resource.id in ["r1", "r2"]', true, null],
  ['resource.id in ["r2"]', false, null],
  ['resource.id in []', false, null],
  ['request.ip.inIpRange("192.0.2.0/24")', true, null],
  ['inIpRange(request.ip, "192.0.2.0/24")', true, null],
  ['request.ip.inIpRange("198.51.100.0/24")', false, null],
  ['request.ip.inIpRange("nonsense")', null, null],
  // 09:31 on a Monday in Paris.
  ['request.time.getHours() == 8', true, true],
  ['request.time.getHours() != 8', false, false],
  ['request.time.getHours() < 9 && request.time.getHours() < 8', false, false],
  ['request.time.getHours() <= 8', true, true],
  ['request.time.getHours() <= 7', false, false],
  ['request.time.getHours() > 7', true, true],
  ['request.time.getHours() > 8', false, false],
  ['request.time.getHours() >= 8', true, true],
  ['request.time.getHours() >= 9', false, false],
  ['8 < request.time.getHours("Europe/Paris")', true, true],
  ['9 < request.time.getHours("Europe/Paris")', false, false],
  ['9 <= request.time.getHours("Europe/Paris")', true, true],
  ['10 <= request.time.getHours("Europe/Paris")', false, false],
  ['10 > request.time.getHours("Europe/Paris")', true, true],
  ['9 > request.time.getHours("Europe/Paris")', false, false],
  ['9 >= request.time.getHours("Europe/Paris")', true, true],
  ['8 >= request.time.getHours("Europe/Paris")', false, false],
  ['9 == request.time.getHours("Europe/Paris")', true, true],
  ['9 != request.time.getHours("Europe/Paris")', false, false],
  ['request.time.getHours("No/Where") == 9', null, null],
  ['request.time.getDayOfWeek() in [1, 2, 3, 4, 5]', true, true],
  ['request.time.getDayOfWeek("Europe/Paris") in [0, 6]', false, false],
  ['request.time.getDayOfWeek("No/Where") in [0, 6]', null, null],
  ['request.time.getDayOfWeek() in []', false, false],
  ['request.time.getMilliseconds() == 567', true, true],
  ['request.time == timestamp("2026-03-02T08:31:42.567890Z")', true, true],
  ['request.time == timestamp("2026-03-02T08:31:42.567890000Z")', true, true],
  ['request.time == timestamp("2026-03-02T09:31:42.56789+01:00")', true, true],
  ['request.time == timestamp("2026-03-02T06:31:42.56789-02:00")', true, true],
  ['request.time > timestamp("2026-03-02T08:31:42.567889Z")', true, true],
  ['request.time > timestamp("2026-03-02T08:31:42.56789Z")', false, false],
  ['timestamp("2026-03-02T08:31:42Z") < request.time', true, true],
  ['request.time < timestamp("1969-12-31T23:59:59.5Z")', false, false],
  ['request.time == "2026-03-02T08:31:42.567890Z"', true, true],
  ['request.time < timestamp("2026-03-02T23:59:59Z")', true, true],
  ['request.time > timestamp("0001-01-01T00:00:00Z")', true, true],
  ['request.time < timestamp("9999-12-31T23:59:59.999999Z")', true, true],
  // The library reads a day too many of a month as one of the next.
  ['request.time > timestamp("2026-02-30T08:31:42Z")', true, true],
  // An error is absorbed by the side that decides, whichever it is.
  ['resource.id == "r1" && request.ip == "192.0.2.7"', true, null],
  ['resource.id == "r1" && false', false, false],
  ['false && resource.id == "r1"', false, false],
  ['true && resource.id == "r1"', true, null],
  ['resource.id == "r1" || true', true, true],
  ['true || resource.id == "r1"', true, true],
  ['resource.id == "r2" || false', false, null],
  ['false || resource.id == "r1"', true, null],
  ['true && true && true && false', false, false],
  ['false || false || true', true, true],
  ['resource.id == "r1" && resource.id == "r1" && resource.id == "r2"', false, null],
];

describe('a shape that is compiled', () => {
  for (const [text, withAll, withTime] of compiled) {
    it(text, () => {
      const shape = shapeOf(text);
      expect(shape?.(full)).toBe(withAll);
      expect(shape?.(bare)).toBe(withTime);
      expect(referenceEvaluate(text, full)).toBe(withAll);
      expect(referenceEvaluate(text, bare)).toBe(withTime);
    });
  }
});

/** With what the library says of them. */
const left: readonly (readonly [string, Verdict])[] = [
  ['request', null],
  ['[true]', null],
  // As many arguments as the function does not have, or in another form.
  ['resource.name.startsWith()', null],
  ['resource.name.startsWith("/folder/", "x")', null],
  ['startsWith("/folder/")', null],
  ['startsWith(resource.name, "/folder/")', null],
  ['request.ip.inIpRange()', null],
  ['request.ip.inIpRange("192.0.2.0/24", "x")', null],
  ['inIpRange(request.ip)', null],
  ['inIpRange("192.0.2.0/24")', null],
  ['inIpRange(request.ip, "192.0.2.0/24", "x")', null],
  ['getHours(request.time) == 8', null],
  ['request.time.getHours("Europe/Paris", "x") == 9', null],
  ['request.time.getNothing() == 9', null],
  ['request.time > timestamp()', null],
  ['request.time > timestamp("2026-03-02T08:31:42Z", "x")', null],
  ['request.time > resource.timestamp("2026-03-02T08:31:42Z")', null],
  ['request.time > duration("2026-03-02T08:31:42Z")', null],
  ['request.time > timestamp("x2026-03-02T08:31:42Z")', null],
  ['request.time > timestamp("2026-03-02T08:31:42Zx")', null],
  ['1 == 1', true],
  ['"a" == "a"', true],
  ['request.ip', null],
  ['"a"', null],
  ['size("a") == 1', true],
  ['true && size("a") == 1', true],
  ['size("a") == 1 || false', true],
  ['!(size("a") == 2)', true],
  ['true ? true : false', true],
  ['request.ip == resource.id', false],
  ['request.ip < "2"', true],
  ['"2" > request.ip', true],
  ['request.ip == 1', false],
  ['resource.properties.x == "a"', null],
  ['subject.id == "a"', null],
  ['has(resource.properties)', false],
  ['has(subject.id)', false],
  ['request.user_agent.matches("scw")', true],
  ['resource.name.startsWith(resource.id)', false],
  ['"abc".startsWith("a")', true],
  ['resource.properties.x.startsWith("a")', null],
  ['resource.id in [resource.id]', true],
  ['resource.id in ["r1", 1]', true],
  ['resource.id in {"r1": 1}', true],
  ['"r1" in ["r1"]', true],
  ['request.time in [1]', false],
  ['request.time.getHours() in [8, "a"]', true],
  ['request.time.getHours() in [8.0]', true],
  ['request.time.getHours() in [9223372036854775807]', false],
  ['request.ip.inIpRange(resource.name)', null],
  ['"192.0.2.1".inIpRange("192.0.2.0/24")', true],
  ['request.time.getHours() == 8.0', true],
  ['request.time.getHours() == 8u', true],
  ['request.time.getHours() == request.time.getHours()', true],
  ['request.time.getHours() < 9223372036854775807', true],
  ['request.time.getHours(resource.id) == 8', null],
  ['timestamp("2026-03-02T08:31:42Z").getHours() == 8', true],
  ['request.time == 1', false],
  ['request.time == request.time', true],
  ['request.time == timestamp(1)', false],
  ['request.time == timestamp(resource.id)', null],
  ['request.time < timestamp("2026-03-02T08:31:42.5678901Z")', true],
  ['request.time == timestamp("nonsense")', null],
  ['request.time < "not a time"', null],
  ['request.time < timestamp("2026-03-02T24:00:00Z")', true],
  ['request.time < timestamp("2026-03-02T08:60:00Z")', null],
  ['request.time < timestamp("2026-02-32T08:00:00Z")', null],
  ['request.time > timestamp("0000-12-31T23:59:59Z")', null],
  ['request.time > timestamp("0001-01-01T00:59:59+01:00")', null],
  ['request.time < timestamp("9999-12-31T23:00:00-01:00")', null],
];

describe('anything else is left to the library', () => {
  for (const [text, verdict] of left) {
    it(text, () => {
      expect(shapeOf(text)).toBeNull();
      expect(compileCondition(text).evaluate(full)).toBe(verdict);
      expect(referenceEvaluate(text, full)).toBe(verdict);
    });
  }
});
