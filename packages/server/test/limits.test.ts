import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createBuckets } from '../src/limits/bucket.ts';
import { createLimits, defaultLimits, type LimitFile, LimitReached } from '../src/limits/limits.ts';
import { readLimits } from '../src/limits/read-limits.ts';
import { serverOn } from './support/server.ts';

const applications = '/iam/v1alpha1/applications';
const nobody = (number: number) => `6f0c0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const second = 1_000_000;

describe('buckets', () => {
  it('give no more in any time than what is at once and what comes again, and all of it to who asks evenly', () => {
    const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), atOnce: fc.integer({ min: 1, max: 20 }) });
    const pauses = fc.array(fc.integer({ min: 0, max: second }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(rate, pauses, ({ perSecond, atOnce }, waits) => {
        const buckets = createBuckets({ perSecond, atOnce });
        let now = 10 * second;
        const given: number[] = [];
        for (const wait of waits) {
          now += wait;
          const told = buckets.wait('key', now);
          const taken = buckets.take('key', now);
          expect(taken).toBe(told);
          if (taken === 0) given.push(now);
          else expect(buckets.take('key', now + Math.ceil(taken * second))).toBe(0);
          if (taken !== 0) given.push(now + Math.ceil(taken * second));
          now = Math.max(now, given.at(-1) ?? now);
        }
        for (const [index, from] of given.entries())
          for (const [more, until] of given.slice(index).entries())
            expect(more + 1).toBeLessThanOrEqual(atOnce + ((until - from) / second) * perSecond + 1e-6);
        const even = createBuckets({ perSecond, atOnce: 1 });
        for (let time = 0; time < 50; time += 1)
          expect(even.take('key', now + Math.ceil((time * second) / perSecond) + time)).toBe(0);
      }),
    );
  });

  it('of keys that are used stay when there are too many others', () => {
    const buckets = createBuckets({ perSecond: 1, atOnce: 2 }, 100);
    for (let number = 0; number < 10_000; number += 1) {
      buckets.take(`other ${number}`, number);
      buckets.take('used', number);
    }
    expect(buckets.wait('used', 10_000)).toBeGreaterThan(0);
    expect(buckets.wait('other 1', 10_000)).toBe(0);
  });
});

describe('limits that are changed', () => {
  const clock = { now: () => 10 * second };
  const tightest = { ...defaultLimits, address: { perSecond: 1, atOnce: 2 } };

  it('hold at once, for all anew; the same ones once more change nothing', () => {
    let file: LimitFile = { ...defaultLimits, address: null };
    const limits = createLimits(() => file, clock);
    const arrive = (times: number) => {
      for (let time = 0; time < times; time += 1) limits.arrived('192.0.2.1');
    };
    arrive(100);
    file = tightest;
    arrive(2);
    expect(() => arrive(1)).toThrow(LimitReached);
    file = structuredClone(tightest);
    expect(() => arrive(1)).toThrow(LimitReached);
    file = { ...tightest, address: { perSecond: 1, atOnce: 3 } };
    arrive(3);
    expect(() => arrive(1)).toThrow(LimitReached);
    file = { ...defaultLimits, address: null };
    arrive(100);
  });
});

describe('a file of limits', () => {
  it('leaves what it does not name as it is', () => {
    expect(readLimits({}, 'limits.yaml')).toEqual(defaultLimits);
    expect(readLimits({ organization: { per_second: 3, at_once: 9 }, principal: 'unlimited' }, 'limits.yaml')).toEqual({
      ...defaultLimits,
      organization: { perSecond: 3, atOnce: 9 },
      principal: null,
    });
  });

  it('is refused by the entry that is wrong', () => {
    const wrong = [[], null, 'address', { addresses: 'unlimited' }];
    for (const file of wrong) expect(() => readLimits(file, 'limits.yaml')).toThrow(/^limits\.yaml: /);
    const rates = [
      'none',
      5,
      {},
      { per_second: 0, at_once: 1 },
      { per_second: 1, at_once: 0.5 },
      { per_second: 1, at_once: 1, x: 1 },
    ];
    for (const rate of rates)
      expect(() => readLimits({ address: rate }, 'limits.yaml')).toThrow(
        'limits.yaml: address takes `unlimited`, or `per_second` and `at_once` as numbers above 0',
      );
  });
});

for (const database of databases()) {
  describe(`limits, on ${database.name}`, () => {
    const refused = (help_message: string, reset_seconds: number) => ({
      help_message,
      message: 'too many requests',
      reset_seconds,
      type: 'too_many_requests',
    });

    describe('of a principal and of an organization', () => {
      const limits = {
        ...defaultLimits,
        principal: { perSecond: 0.1, atOnce: 5 },
        organization: { perSecond: 0.1, atOnce: 7 },
      };
      const server = serverOn(database, { settings: { limits: () => limits } });

      it('are told with what clients need to come again in time, and end', async () => {
        const { body: application } = await server.call('POST', applications, { body: { name: 'robot' } });
        const { body: key } = await server.call('POST', '/iam/v1alpha1/api-keys', {
          body: { application_id: application.id },
        });
        for (let time = 0; time < 3; time += 1) expect((await server.call('GET', applications)).status).toBe(200);
        const answer = await server.call('GET', applications);
        expect([answer.status, answer.body]).toEqual([
          429,
          refused('too many requests of one user or application', 10),
        ]);
        expect(answer.headers).toMatchObject({
          'retry-after': '10',
          'ratelimit-policy': '"principal";q=5;w=50',
          ratelimit: '"principal";r=0;t=10',
        });
        // Others of the organization go on, until it has had its own.
        const robot = { key: key.secret_key };
        const statuses = [];
        for (let time = 0; time < 3; time += 1) statuses.push((await server.call('GET', applications, robot)).status);
        expect(statuses).toEqual([403, 403, 429]);
        const other = await server.anotherOrganization();
        expect((await server.call('GET', applications, { key: other.secretKey })).status).toBe(200);
        server.clock.advance(11);
        expect((await server.call('GET', applications)).status).toBe(200);
      });

      it('are none of decisions, which services ask for with all that they serve', async () => {
        const { organizationId } = server.organization;
        const permissions = [{ service: 'iam', name: 'policy', action: 'read', organization_id: organizationId }];
        for (let time = 0; time < 20; time += 1)
          expect((await server.call('POST', '/iam/v1alpha1/check-permissions', { body: { permissions } })).status).toBe(
            200,
          );
      });
    });

    describe('of an address', () => {
      const limits = { ...defaultLimits, address: { perSecond: 1, atOnce: 3 } };
      const server = serverOn(database, { settings: { limits: () => limits }, trustedProxies: ['127.0.0.1'] });
      const from = (address: string, path = applications) =>
        server.call('GET', path, { headers: { 'x-forwarded-for': address } });
      const statuses = async (addresses: readonly string[], path?: string) => {
        const all = [];
        for (const address of addresses) all.push((await from(address, path)).status);
        return all;
      };

      it('count IPv4 addresses by themselves, and IPv6 ones by their network', async () => {
        expect(await statuses(Array(4).fill('192.0.2.1'))).toEqual([200, 200, 200, 429]);
        expect(await statuses(['::ffff:192.0.2.1', '192.0.2.2', '::ffff:192.0.2.3'])).toEqual([429, 200, 200]);
        const network = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::', '2001:db8::4', '2001:db8:0:1::1'];
        expect(await statuses(network)).toEqual([200, 200, 200, 429, 200]);
      });

      it('come before anybody is known, and hold for what is public too, but not for what operators ask', async () => {
        expect(await statuses(Array(4).fill('192.0.2.4'), '/nowhere')).toEqual([404, 404, 404, 429]);
        expect(await statuses(Array(4).fill('192.0.2.4'), '/healthz')).toEqual([200, 200, 200, 200]);
        const start = { body: { username: 'ada' }, headers: { 'x-forwarded-for': '192.0.2.4' }, key: null };
        expect((await server.call('POST', '/auth/v1/start', start)).status).toBe(429);
      });
    });

    describe('of wrong credentials', () => {
      const limits = { ...defaultLimits, failures: { perSecond: 1, atOnce: 3 } };
      const server = serverOn(database, { settings: { limits: () => limits } });

      it('are reached without a look into the database; who is known goes on', async () => {
        expect((await server.call('GET', applications)).status).toBe(200);
        const guess = async (number: number) =>
          (await server.call('GET', applications, { key: nobody(number) })).status;
        const guesses = [];
        for (let number = 0; number < 5; number += 1) guesses.push(await guess(number));
        expect(guesses).toEqual([401, 401, 401, 429, 429]);
        // What is no credential is not looked up, and not counted.
        expect((await server.call('GET', applications)).status).toBe(200);
        server.clock.advance(1);
        expect([await guess(6), await guess(7)]).toEqual([401, 429]);
      });
    });
  });
}
