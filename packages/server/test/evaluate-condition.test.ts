import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createApplication, keyFor } from './support/bearers.ts';
import { dumpTables } from './support/dump.ts';
import { expectRefused, invalid, unauthenticated } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/evaluate-condition';

for (const database of databases()) {
  describe(`evaluate-condition on ${database.name}`, () => {
    const server = serverOn(database);
    let powerless: string;

    beforeAll(async () => {
      powerless = await keyFor(server, { application_id: (await createApplication(server)).id });
    });

    const evaluate = async (condition: string, asked: Json = {}) => {
      const { status, body } = await server.call('POST', path, { key: powerless, body: { condition, ...asked } });
      expect(status).toBe(200);
      return body;
    };

    it('tells anybody what a condition comes to, and what each part has read', async () => {
      const condition = 'inIpRange(request.ip, "192.0.2.0/24") && resource.name.startsWith("web")';
      const parts = ['inIpRange(request.ip, "192.0.2.0/24")', 'resource.name.startsWith("web")'];
      const asked = (ip: string) => ({ request: { ip }, resource: { name: 'web-1' } });
      expect(await evaluate(condition, asked('192.0.2.7'))).toEqual({
        valid: true,
        problems: [],
        verdict: 'true',
        clauses: [
          { clause: parts[0], verdict: 'true', decisive: false, values: { 'request.ip': '192.0.2.7' } },
          { clause: parts[1], verdict: 'true', decisive: false, values: { 'resource.name': 'web-1' } },
        ],
      });
      expect(await evaluate(condition, asked('198.51.100.7'))).toMatchObject({
        verdict: 'false',
        clauses: [
          { verdict: 'false', decisive: true },
          { verdict: 'true', decisive: false },
        ],
      });
    });

    it('what is not told is absent: nothing of the caller plays a part; the time is now', async () => {
      expect(await evaluate('request.ip != "x"')).toMatchObject({
        verdict: 'error',
        clauses: [{ decisive: true, values: { 'request.ip': null } }],
      });
      expect(await evaluate('has(request.user_agent)')).toMatchObject({ verdict: 'false' });
      expect(await evaluate('request.time > timestamp("2020-01-01T00:00:00Z")')).toMatchObject({ verdict: 'true' });
      const request = { time: '2019-01-01T00:00:00Z' };
      expect(await evaluate('request.time > "2020-01-01T00:00:00Z"', { request })).toMatchObject({ verdict: 'false' });
    });

    it('a part that is false decides, whatever errors stand beside it', async () => {
      const { verdict, clauses } = await evaluate('resource.name == "x" && false && request.ip == "y"');
      expect([verdict, clauses.map(({ decisive }: Json) => decisive)]).toEqual(['false', [false, true, false]]);
    });

    it('a condition that is wrong is an answer: every problem that is known, at its place', async () => {
      expect(await evaluate('request.ipp == "a" &&\n  foo(1) &&\n  resource.nam == ""')).toEqual({
        valid: false,
        problems: [
          {
            kind: 'meaning',
            message: '`request.ipp` does not exist: request has ip, time, user_agent',
            line: 1,
            column: expect.any(Number),
          },
          expect.objectContaining({ kind: 'meaning', line: 2 }),
          expect.objectContaining({ kind: 'meaning', line: 3 }),
        ],
        clauses: [],
      });
      const unread = { kind: 'syntax', message: 'a value is missing after `==`', line: 1, column: 14 };
      expect(await evaluate('request.ip ==')).toEqual({ valid: false, problems: [unread], clauses: [] });
      const neither = await evaluate('request.ip && 1 + 1');
      expect(neither.problems).toHaveLength(2);
    });

    it('is right where a rule would be kept, and wrong with the same words where it would not', async () => {
      const { organizationId } = server.organization;
      for (const condition of [
        '',
        '1 == 1',
        'user.name == ""',
        '"a',
        '[1].all(x)',
        'resource.name.matches("(a{99}){99}")',
      ]) {
        const rule = { permission_set_names: ['IAMReadOnly'], organization_id: organizationId, condition };
        const kept = await server.call('POST', '/iam/v1alpha1/policies', {
          body: { name: server.services.ids.uuid(), no_principal: true, rules: [rule] },
        });
        const { valid, problems } = await evaluate(condition);
        expect(valid, condition).toBe(kept.status === 200);
        const [first] = problems;
        if (!valid) {
          const told = `${first.message} (line ${first.line}, column ${first.column})`;
          expect(kept.body.details[0]).toMatchObject({ argument_name: 'rules[0].condition', help_message: told });
        }
      }
    });

    it('no condition is always true', async () => {
      expect(await evaluate('')).toEqual({ valid: true, problems: [], verdict: 'true', clauses: [] });
    });

    it('keeps nothing, whatever is asked', async () => {
      const before = await dumpTables(server.services);
      await evaluate('request.ip == "x"', { resource: { id: 'x' } });
      expect(await dumpTables(server.services)).toEqual(before);
    });

    it('refuses what is too large or of no such form, and strangers', async () => {
      const body = { condition: 'x'.repeat(2049) };
      await expectRefused(
        server,
        ['POST', path, { body }],
        invalid(['condition', 'constraint', 'value length must be at most 2048 runes']),
      );
      expect((await server.call('POST', path, { body: {} })).status).toBe(400);
      expect((await server.call('POST', path, { body: { condition: '', request: { time: 'noon' } } })).status).toBe(
        400,
      );
      await expectRefused(
        server,
        ['POST', path, { key: null, body: { condition: '' } }],
        unauthenticated('api_key', 'invalid_argument'),
      );
    });
  });
}
