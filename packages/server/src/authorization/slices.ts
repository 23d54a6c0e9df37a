import type { FactChange } from '@bailiwick/authz';
import type { HeldKey } from '../api-keys/known-keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { Authorized } from './authorized.ts';
import {
  type KeyRow,
  type Place,
  type Placed,
  readApplications,
  readGroups,
  readKeys,
  readPolicies,
  readProjects,
  readUsers,
} from './rows.ts';

/** Some of what an organization holds; things it refers to came before. */
export interface Slice {
  readonly facts: readonly FactChange[];
  readonly keys: readonly HeldKey[];
}

/** Things of one kind in a slice: what is read and taken in takes some milliseconds. */
const sizes = { principals: 1_000, groups: 10, policies: 200, keys: 1_000 };

/**
 * Everything that decisions depend on, and whose the newest keys are, a little at a time: a large organization must not hold up
 * the others. Wants a transaction that sees one state of the database.
 *
 * @param keys how many keys
 */
export async function* readSlices(db: Storage['db'], scope: Authorized, keys: number): AsyncGenerator<Slice> {
  const { principals, groups, policies } = sizes;
  yield* slicesOf(
    principals,
    (which) => readProjects(db, scope, which),
    (id) => ({ kind: 'project', id, exists: true }),
  );
  yield* slicesOf(
    principals,
    (which) => readUsers(db, scope, which),
    (fact) => ({ kind: 'user', id: fact.id, fact }),
  );
  yield* slicesOf(
    principals,
    (which) => readApplications(db, scope, which),
    (fact) => ({ kind: 'application', id: fact.id, fact }),
  );
  yield* slicesOf(
    groups,
    (which) => readGroups(db, scope, which),
    (fact) => ({ kind: 'group', id: fact.id, fact }),
  );
  yield* slicesOf(
    policies,
    (which) => readPolicies(db, scope, which),
    (fact) => ({ kind: 'policy', id: fact.id, fact }),
  );
  yield* keySlices(db, scope, keys);
}

/** The things of a kind, so many at a time. */
async function* slicesOf<F>(
  limit: number,
  read: (which: { readonly after: Place | undefined; readonly limit: number }) => Promise<readonly Placed<F>[]>,
  toChange: (fact: F) => FactChange,
): AsyncGenerator<Slice> {
  let after: Place | undefined;
  for (;;) {
    const rows = await read({ after, limit });
    yield { facts: rows.map(({ fact }) => toChange(fact)), keys: [] };
    if (rows.length < limit) return;
    after = rows.at(-1);
  }
}

async function* keySlices(db: Storage['db'], scope: Authorized, most: number): AsyncGenerator<Slice> {
  let before: KeyRow | undefined;
  for (let left = most; left > 0; left -= sizes.keys) {
    const limit = Math.min(left, sizes.keys);
    const keys = await readKeys(db, scope, { before, limit });
    yield { facts: [], keys };
    if (keys.length < limit) return;
    before = keys.at(-1);
  }
}
