import type { Calls } from './calls.ts';
import { type Kind, kinds, type Organization } from './organization.ts';
import type { Change } from './plan.ts';
import { readNames } from './read-organization.ts';

/**
 * Things that have come since an organization was read and have names that a plan wants to give to new ones: somebody
 * else works on it, or what a killed run had sent arrives only now. Names need not be unique, so that nobody else would
 * notice.
 */
export async function findArrivals(
  calls: Calls,
  before: Organization,
  changes: readonly Change[],
): Promise<readonly { readonly kind: Kind; readonly name: string }[]> {
  const arrivals: { readonly kind: Kind; readonly name: string }[] = [];
  for (const kind of kinds) {
    const wanted = new Set(changes.flatMap((one) => (one.kind === kind && one.action === 'create' ? [one.name] : [])));
    if (wanted.size === 0) continue;
    const known = new Set<string>(before[kind].map(({ id }) => id));
    for (const { id, name } of await readNames(calls, kind, before.id)) {
      if (!known.has(id) && wanted.has(name)) arrivals.push({ kind, name });
    }
  }
  return arrivals;
}
