import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createTurns } from '../src/storage/turns.ts';
import { serverOn } from './support/server.ts';

const collection = '/iam/v1alpha1/applications';

describe('turns', () => {
  /** Work that ends when it is told to, and says that it has begun. */
  function slow(begun: string[], name: string) {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const work = () => {
      begun.push(name);
      return promise;
    };
    return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('come in the order of the calls, one after another, and each gets its own result', async () => {
    const turns = createTurns();
    const begun: string[] = [];
    const [first, second] = [slow(begun, 'first'), slow(begun, 'second')];
    const results = Promise.all([turns('one', first.work), turns('one', second.work)]);
    second.end();
    await settled();
    expect(begun).toEqual(['first']);
    first.end();
    expect(await results).toEqual(['first', 'second']);
    expect(begun).toEqual(['first', 'second']);
  });

  it('of different keys do not wait for each other', async () => {
    const turns = createTurns();
    const begun: string[] = [];
    const [first, second] = [slow(begun, 'first'), slow(begun, 'second')];
    const held = turns('one', first.work);
    second.end();
    expect(await turns('another', second.work)).toBe('second');
    first.end();
    expect(await held).toBe('first');
  });

  it('go on after one that fails, and only its caller learns of it', async () => {
    const turns = createTurns();
    const begun: string[] = [];
    const [first, second] = [slow(begun, 'first'), slow(begun, 'second')];
    const results = Promise.allSettled([turns('one', first.work), turns('one', second.work)]);
    first.fail();
    second.end();
    expect(await results).toEqual([
      { status: 'rejected', reason: new Error('first') },
      { status: 'fulfilled', value: 'second' },
    ]);
    expect(await turns('one', async () => 'third')).toBe('third');
  });
});

for (const database of databases()) {
  describe(`many changes at once on ${database.name}`, () => {
    const server = serverOn(database, {
      quotas: { iam_applications: null },
    });
    let release = async (): Promise<unknown> => undefined;
    afterAll(async () => {
      await release();
    });

    it('leave the way free for reads, however long they wait', async () => {
      if (database.name === 'PostgreSQL') {
        // Somebody else changes the organization and takes his time.
        const other = new pg.Client({ connectionString: server.databaseUrl });
        await other.connect();
        await other.query('begin');
        await other.query('update organizations set revision = revision');
        release = async () => {
          await other.query('rollback');
          await other.end();
          release = async () => undefined;
        };
      }
      const names = Array.from({ length: 30 }, (_, index) => `app-${index}`);
      const changes = Promise.all(names.map((name) => server.call('POST', collection, { body: { name } })));
      await Promise.race([changes, new Promise((resolve) => setTimeout(resolve, 100))]);
      const { status, body } = await server.call('GET', collection);
      expect([status, Object.keys(body)]).toEqual([200, ['applications', 'total_count']]);
      await release();
      const made = await changes;
      expect(made.map((answer) => answer.status)).toEqual(names.map(() => 200));
      expect(new Set(made.map((answer) => answer.headers['x-bailiwick-revision'])).size).toBe(names.length);
    });
  });
}
