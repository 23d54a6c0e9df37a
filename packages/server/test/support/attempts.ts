import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';

/** Something done below the API, in a transaction that leaves nothing behind. */
export type Attempt = (work: (db: Storage['db']) => Promise<unknown>) => Promise<void>;

const undone = new Error('undone');

/** The database takes it, at the commit too; then it is undone. */
export async function expectAccepted(storage: Storage, work: Parameters<Attempt>[0]): Promise<void> {
  const done = storage.transaction(async (db) => {
    await work(db);
    // What is checked at the commit is checked now.
    if (storage.kind === 'postgres') await sql`set constraints all immediate`.execute(db);
    else expect((await sql`pragma foreign_key_check`.execute(db)).rows).toEqual([]);
    throw undone;
  });
  await expect(done).rejects.toBe(undone);
}

/** A constraint refuses it, at the latest when it is committed. */
export async function expectRefusedByConstraint(storage: Storage, work: Parameters<Attempt>[0]): Promise<void> {
  const failure: unknown = await storage.transaction(work).then(
    () => new Error('accepted'),
    (refused: unknown) => refused,
  );
  expect(storage.violatedConstraint(failure), String(failure)).not.toBe(null);
}
