import {
  applyChange,
  type Catalogue,
  createOrganization,
  type FactChange,
  type Organization,
  replaceCatalogue,
} from '@bailiwick/authz';
import type { Storage } from '../storage/storage.ts';
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
   * @param db where to read what is missing: within a change its own transaction, which holds the lock on the organization
   * @returns null when there is no such organization
   */
  at(organizationId: string, revision: number, db?: Storage['db']): Promise<Organization | null>;
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
  revision: number;
}

/** Organizations that stay in memory; of those nobody asks for, the one asked for longest ago goes first. */
const maximumLoaded = 1000;
/** So many changes behind, reading everything anew is less work than reading each. */
const maximumBehind = 500;

export function createDecisions(storage: Storage, initial: Catalogue): Decisions {
  const loaded = new Map<string, Loaded>();
  const reading = new Map<string, Promise<unknown>>();
  let catalogue = initial;

  /** One at a time for each organization, so that changes are applied in their order. */
  const inTurn = async <T>(organizationId: string, work: () => Promise<T>): Promise<T> => {
    const before = reading.get(organizationId) ?? Promise.resolve();
    const mine = before.then(work, work);
    reading.set(organizationId, mine);
    try {
      return await mine;
    } finally {
      if (reading.get(organizationId) === mine) reading.delete(organizationId);
    }
  };

  const now = (organizationId: string, revision: number): Organization | undefined => {
    const known = loaded.get(organizationId);
    return known !== undefined && known.revision >= revision ? known.organization : undefined;
  };

  const load = async (scope: Authorized, db: Storage['db']): Promise<Organization | null> => {
    const read = await readAllFacts(db, scope);
    if (!read) {
      loaded.delete(scope.organizationId);
      return null;
    }
    const newer = now(scope.organizationId, read.revision);
    if (newer) return newer;
    const organization = createOrganization(read.facts, catalogue);
    loaded.delete(scope.organizationId);
    loaded.set(scope.organizationId, { organization, revision: read.revision });
    if (loaded.size > maximumLoaded) loaded.delete(loaded.keys().next().value ?? '');
    return organization;
  };

  const catchUp = async (scope: Authorized, known: Loaded, db: Storage['db']): Promise<Organization | null> => {
    const from = known.revision;
    const changes = await readChanges(db, scope, from, maximumBehind + 1);
    if (changes.length > maximumBehind) return load(scope, db);
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

  const read = async (organizationId: string, revision: number, db: Storage['db']): Promise<Organization | null> => {
    const scope = authorizedPlatform(organizationId);
    for (;;) {
      const known = loaded.get(organizationId);
      if (!known) return load(scope, db);
      if (known.revision >= revision) return known.organization;
      const from = known.revision;
      const organization = await catchUp(scope, known, db);
      // An organization that was deleted and never comes as far as asked for.
      if (organization === null || known.revision === from) return load(scope, db);
    }
  };

  return {
    now,
    at: async (organizationId, revision, db) => {
      const known = now(organizationId, revision);
      if (known) return known;
      // A change holds the lock on the organization: whoever waits for a turn may wait for that lock.
      if (db) return read(organizationId, revision, db);
      return inTurn(organizationId, () => storage.snapshot((snapshot) => read(organizationId, revision, snapshot)));
    },
    take: async (organizationId, revision, fact) => {
      const known = loaded.get(organizationId);
      // Not in memory: the next question reads it as it is then.
      if (!known || known.revision >= revision) return;
      if (known.revision === revision - 1) {
        if (fact) applyChange(known.organization, fact);
        known.revision = revision;
        return;
      }
      await inTurn(organizationId, () => storage.snapshot((snapshot) => read(organizationId, revision, snapshot)));
    },
    revision: (organizationId) => loaded.get(organizationId)?.revision ?? 0,
    useCatalogue: (next) => {
      catalogue = next;
      for (const { organization } of loaded.values()) replaceCatalogue(organization, next);
    },
  };
}
