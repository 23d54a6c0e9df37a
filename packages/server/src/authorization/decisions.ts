import {
  applyChange,
  type Catalogue,
  createOrganization,
  type FactChange,
  type Organization,
  replaceCatalogue,
} from '@bailiwick/authz';
import type { Storage } from '../storage/storage.ts';
import { createTurns } from '../storage/turns.ts';
import { type Authorized, authorizedPlatform } from './authorized.ts';
import { readAllFacts, readChanges, readFact } from './store.ts';

/**
 * What every organization may do, in memory, at a known revision. Decisions are made here; what is here is never older
 * than what the one who asks already knows.
 */
export interface Decisions {
  /**
   * The organization as of this revision or a later one.
   *
   * @returns null when there is no such organization
   */
  at(organizationId: string, revision: number): Promise<Organization | null>;
  /**
   * The organization as a change finds it. What is missing is read in the transaction of the change, which has the lock on
   * the organization and has written nothing but the next revision yet.
   *
   * @param revision the one before the change, which is still that of the organization if nothing comes of the change
   */
  before(organizationId: string, revision: number, db: Storage['db']): Promise<Organization | null>;
  /** The same when nothing has to be read for it; undefined otherwise. */
  now(organizationId: string, revision: number): Organization | undefined;
  /** Takes in a change that has been committed. What decisions do not depend on only moves the revision. */
  take(organizationId: string, revision: number, fact: FactChange | null): Promise<void>;
  /** The last revision that is known here; 0 for an organization that was never asked for. */
  revision(organizationId: string): number;
  /** Puts another catalogue into force, in all organizations at once. */
  useCatalogue(catalogue: Catalogue): void;
}

interface Loaded {
  readonly organization: Organization;
  /** INVARIANT: never more than what is committed; a change that is acknowledged would be taken for one that is known. */
  revision: number;
  /** When it was asked for last, in questions. */
  asked: number;
}

/** Where to read, and the last revision that is committed there; null where nothing else is seen. */
interface Source {
  readonly db: Storage['db'];
  readonly committed: number | null;
}

/** Organizations that stay in memory; the one asked for longest ago goes first. */
const ordinarilyLoaded = 1000;
/** So many changes behind, reading everything anew is less work than reading each. */
const maximumBehind = 500;

/**
 * Nothing is in memory at first: what is asked for is read, and then kept up to date by each change.
 *
 * @param maximumLoaded organizations that stay in memory
 */
export function createDecisions(storage: Storage, initial: Catalogue, maximumLoaded = ordinarilyLoaded): Decisions {
  const loaded = new Map<string, Loaded>();
  // One at a time for each organization, so that changes are applied in their order.
  const inTurn = createTurns();
  let catalogue = initial;
  let questions = 0;

  const now = (organizationId: string, revision: number): Organization | undefined => {
    const known = loaded.get(organizationId);
    if (known === undefined || known.revision < revision) return undefined;
    questions += 1;
    known.asked = questions;
    return known.organization;
  };

  const keep = (organizationId: string, organization: Organization, revision: number) => {
    questions += 1;
    loaded.set(organizationId, { organization, revision, asked: questions });
    if (loaded.size > maximumLoaded) loaded.delete(askedLongestAgo(loaded));
  };

  const load = async (scope: Authorized, { db, committed }: Source): Promise<Organization | null> => {
    const read = await readAllFacts(db, scope);
    if (!read) {
      loaded.delete(scope.organizationId);
      return null;
    }
    // A change sees the revision that it is about to make, which may come to nothing.
    const revision = committed ?? read.revision;
    const newer = now(scope.organizationId, revision);
    if (newer) return newer;
    const organization = createOrganization(read.facts, catalogue);
    keep(scope.organizationId, organization, revision);
    return organization;
  };

  const catchUp = async (scope: Authorized, known: Loaded, source: Source): Promise<Organization | null> => {
    const { db } = source;
    const from = known.revision;
    const changes = await readChanges(db, scope, from, maximumBehind + 1);
    if (changes.length > maximumBehind) return load(scope, source);
    // Each resource once: it is read as it is now, whichever of the changes made it so.
    const latest = new Map(changes.map((change) => [`${change.resource} ${change.resourceId}`, change]));
    const facts: FactChange[] = [];
    for (const { resource, resourceId } of latest.values()) {
      const fact = await readFact(db, scope, resource, resourceId);
      if (fact) facts.push(fact);
    }
    // Somebody else has moved it on in the meantime: what was read may be older than what is there.
    if (known.revision !== from) return known.organization;
    for (const fact of facts) applyChange(known.organization, fact);
    known.revision = changes.at(-1)?.revision ?? from;
    return known.organization;
  };

  const read = async (organizationId: string, revision: number, source: Source): Promise<Organization | null> => {
    const scope = authorizedPlatform(organizationId);
    for (;;) {
      const ready = now(organizationId, revision);
      if (ready) return ready;
      const known = loaded.get(organizationId);
      if (!known) return load(scope, source);
      const from = known.revision;
      const organization = await catchUp(scope, known, source);
      // An organization that was deleted and never comes as far as asked for.
      if (organization === null || known.revision === from) return load(scope, source);
    }
  };
  const readCommitted = (organizationId: string, revision: number): Promise<Organization | null> =>
    inTurn(organizationId, () => storage.snapshot((db) => read(organizationId, revision, { db, committed: null })));

  return {
    now,
    at: async (organizationId, revision) => now(organizationId, revision) ?? readCommitted(organizationId, revision),
    // Not in turn: whoever has the turn may wait for the lock that the change holds.
    before: async (organizationId, revision, db) => read(organizationId, revision, { db, committed: revision }),
    take: async (organizationId, revision, fact) => {
      const known = loaded.get(organizationId);
      // Not in memory: the next question reads it as it is then.
      if (!known || known.revision >= revision) return;
      if (known.revision === revision - 1) {
        if (fact) applyChange(known.organization, fact);
        known.revision = revision;
        return;
      }
      await readCommitted(organizationId, revision);
    },
    revision: (organizationId) => loaded.get(organizationId)?.revision ?? 0,
    useCatalogue: (next) => {
      catalogue = next;
      for (const { organization } of loaded.values()) replaceCatalogue(organization, next);
    },
  };
}

function askedLongestAgo(loaded: ReadonlyMap<string, Loaded>): string {
  let oldest = '';
  let asked = Number.POSITIVE_INFINITY;
  for (const [id, known] of loaded) {
    if (known.asked >= asked) continue;
    oldest = id;
    asked = known.asked;
  }
  return oldest;
}
