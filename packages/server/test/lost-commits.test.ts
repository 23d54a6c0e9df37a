import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { changeOrTell } from '../src/storage/change.ts';
import { openStorage } from '../src/storage/open.ts';
import { DatabaseAway, type Storage } from '../src/storage/storage.ts';

for (const database of databases()) {
  describe(`a change on ${database.name} whose commit nobody answers`, () => {
    let created: TestDatabase;
    let storage: Storage;
    beforeAll(async () => {
      created = await database.create();
      storage = await openStorage(created.url);
    });
    afterAll(async () => {
      await storage.close();
      await created.drop();
    });

    /** Commits, and loses the answer. */
    const losing: Pick<Storage, 'transaction'> = {
      transaction: async (work) => {
        await storage.transaction(work);
        throw new DatabaseAway();
      },
    };
    const outcome = (work: Promise<unknown>) =>
      work.catch((failure: unknown) => (failure instanceof Error ? failure : String(failure)));

    it('is told as one that may have been made', async () => {
      const work = changeOrTell(losing, async (db) => db.selectFrom('installation').selectAll().execute());
      expect(await outcome(work)).toMatchObject({
        details: { type: 'unavailable', help_message: expect.stringContaining('may have been made') },
      });
    });

    it('is told as not made where it had failed before', async () => {
      const away = new DatabaseAway();
      const early = async () => {
        throw away;
      };
      expect(await outcome(changeOrTell(losing, early))).toBe(away);
      const refused = new Error('refused');
      expect(await outcome(changeOrTell(storage, () => Promise.reject(refused)))).toBe(refused);
    });

    it('is given back where all went well', async () => {
      expect(await changeOrTell(storage, async () => 'done')).toBe('done');
    });
  });
}
