import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  applyChange,
  type Catalogue,
  createOrganization,
  factsOf,
  type Organization,
  replaceCatalogue,
} from '@bailiwick/authz';
import type { KnownKeys } from '../api-keys/known-keys.ts';
import type { Follower } from '../storage/follow.ts';
import type { Storage } from '../storage/storage.ts';
import { createTurns } from '../storage/turns.ts';
import { type Authorized, authorizedPlatform } from './authorized.ts';
import { type MemoryLimits, ordinaryMemory, weightOf } from './memory.ts';
import { readSlices } from './slices.ts';
import { type Fact, type FactsAtRevision, type LoggedChange, readChanges, readFact, readRevision } from './store.ts';

/**
 * What every organization may do, in memory, at a known revision. Decisions are made here; what is here is never older
 * than what the one who asks already knows.
 */
export interface Decisions extends Follower {
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
  /** Takes in a change that has been committed, here or elsewhere. What decisions do not depend on only moves the revision. */
  take(organizationId: string, change: TakenChange): Promise<void>;
  /** The last revision that is known here; 0 for an organization that was never asked for. */
  revision(organizationId: string): number;
  /** Puts another catalogue into force, in all organizations at once. */
  useCatalogue(catalogue: Catalogue): void;
  /** What is in memory, each organization as it is when it is asked for. */
  contents(): Iterable<FactsAtRevision>;
  /** Puts into memory what was in that of a server before. */
  restore(contents: FactsAtRevision): void;
  /** Lets go of what nobody has asked for in so long, and of what weighs too much. */
  tidy(now: number): void;
}

/** A change as it comes into memory: what it leaves there is the last state of the thing that it changed. */
export interface TakenChange extends LoggedChange {
  readonly fact: Fact | null;
}

interface Loaded {
  readonly organization: Organization;
  /** INVARIANT: never more than what is committed; a change that is acknowledged would be taken for one that is known. */
  revision: number;
  /** The audit entry of that revision; null for none. Another one there means that the database was set back. */
  entryId: string | null;
  /** When it was asked for last, in questions. */
  asked: number;
  /** The same when memory was tidied up, and the first time at which it was so, in microseconds since 1970. */
  seen: { readonly asked: number; readonly since: number } | null;
  /** Bytes that it takes, as far as they can be told, when that was worked out last. */
  weight: number;
}

/** Where to read, and the last revision that is committed there; null where nothing else is seen. */
interface Source {
  readonly db: Storage['db'];
  readonly committed: number | null;
}

/** So many changes behind, reading everything anew is less work than reading each. */
const maximumBehind = 500;

/** Keys that come with an organization from a database that may be away later; more are looked up one by one. */
const keysAhead = 2_000_000;

/** What an organization without anything in it is made from. */
const noFacts = { projects: [], users: [], applications: [], groups: [], policies: [] };

/**
 * Nothing is in memory at first: what is asked for is read, and then kept up to date by each change.
 *
 * @param keys hears whose keys are, in step with decisions
 */
export function createDecisions(
  storage: Storage,
  initial: Catalogue,
  keys: KnownKeys,
  memory: MemoryLimits = ordinaryMemory(),
): Decisions {
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

  const drop = (organizationId: string) => {
    loaded.delete(organizationId);
    keys.forgetAll(organizationId);
  };

  const load = async (scope: Authorized, { db, committed }: Source): Promise<Organization | null> => {
    const { organizationId } = scope;
    const read = await readRevision(db, scope);
    if (read === null) {
      drop(organizationId);
      return null;
    }
    const revision = committed ?? read;
    const [last] = await readChanges(db, scope, revision - 1, 1);
    const entryId = last?.revision === revision ? last.entryId : null;
    // Somebody else was faster, and may be further by now.
    const ready = now(organizationId, revision);
    if (ready) return ready;
    const takingIn = keys.takeIn(organizationId, revision);
    const organization = createOrganization({ id: organizationId, ...noFacts }, catalogue);
    for await (const { facts, keys: some } of readSlices(db, scope, storage.mayBeAway ? keysAhead : 0)) {
      for (const fact of facts) applyChange(organization, fact);
      for (const { secretHash, key } of some) {
        // The text that is in memory already.
        const bearerId = organization.principals.get(key.bearerId)?.id ?? key.bearerId;
        takingIn.take({ secretHash, key: { ...key, bearerId } });
      }
      // Others have their turn.
      await nextTurn();
    }
    takingIn.end();
    if (organization.catalogue !== catalogue) replaceCatalogue(organization, catalogue);
    return now(organizationId, revision) ?? keep(organization, { revision, entryId });
  };

  const keep = (organization: Organization, at: Pick<Loaded, 'revision' | 'entryId'>): Organization => {
    questions += 1;
    const weight = weightOf(organization, keys.count(organization.id));
    loaded.set(organization.id, { organization, ...at, asked: questions, seen: null, weight });
    makeRoom();
    return organization;
  };

  /** The newest stays, whatever it weighs: somebody waits for it. */
  const makeRoom = () => {
    let total = 0;
    for (const { weight } of loaded.values()) total += weight;
    if (total <= memory.bytes) return;
    // More than has to go, so that the next one need not look through all of them again.
    const enough = memory.bytes * 0.95;
    const byAge = [...loaded].sort(([, one], [, other]) => one.asked - other.asked);
    for (const [organizationId, { weight }] of byAge.slice(0, -1)) {
      if (total <= enough) return;
      drop(organizationId);
      total -= weight;
    }
  };

  const apply = (organization: Organization, fact: Fact) => {
    if (fact.kind !== 'api_key') applyChange(organization, fact);
    else if (fact.held) keys.set(fact.held.secretHash, fact.held.key);
    else keys.forget({ organizationId: organization.id, accessKey: fact.accessKey });
  };

  const catchUp = async (scope: Authorized, known: Loaded, source: Source): Promise<Organization | null> => {
    const { db } = source;
    const { revision: from, entryId } = known;
    const [last, ...changes] = await readChanges(db, scope, from - 1, maximumBehind + 2);
    const isAnother = entryId === null || last?.revision !== from || last.entryId !== entryId;
    // What was deleted leaves no facts to read one by one.
    const mayBeGone = changes.some(({ resource }) => resource === 'organization');
    const isGone = mayBeGone && (await readRevision(db, scope)) === null;
    if (isAnother || isGone || changes.length > maximumBehind) return load(scope, source);
    // Each resource once: it is read as it is now, whichever of the changes made it so.
    const latest = new Map(changes.map((change) => [`${change.resource} ${change.resourceId}`, change]));
    const facts: Fact[] = [];
    for (const { resource, resourceId } of latest.values()) {
      const fact = await readFact(db, scope, resource, resourceId);
      if (fact) facts.push(fact);
    }
    // Somebody else has moved it on in the meantime: what was read may be older than what is there.
    if (known.revision !== from) return known.organization;
    for (const fact of facts) apply(known.organization, fact);
    moveTo(known, changes.at(-1) ?? last);
    return known.organization;
  };

  const isBehind = (organizationId: string, revision: number) =>
    (loaded.get(organizationId)?.revision ?? revision) < revision;

  /** Only what has changed is read, however far in the future the revision may be. */
  const catchUpTo = async (organizationId: string, revision: number, db: Storage['db']): Promise<void> => {
    const known = loaded.get(organizationId);
    if (known && known.revision < revision)
      await catchUp(authorizedPlatform(organizationId), known, { db, committed: null });
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
    inTurn(organizationId, () => storage.longSnapshot((db) => read(organizationId, revision, { db, committed: null })));

  return {
    now,
    at: async (organizationId, revision) => now(organizationId, revision) ?? readCommitted(organizationId, revision),
    // Not in turn: whoever has the turn may wait for the lock that the change holds.
    before: async (organizationId, revision, db) => read(organizationId, revision, { db, committed: revision }),
    take: async (organizationId, { fact, ...change }) => {
      const known = loaded.get(organizationId);
      // Not in memory: the next question reads it as it is then.
      if (!known || known.revision >= change.revision) return;
      // Of an organization that may be gone, only the database knows.
      if (known.revision === change.revision - 1 && change.resource !== 'organization') {
        if (fact) apply(known.organization, fact);
        moveTo(known, change);
        return;
      }
      await readCommitted(organizationId, change.revision);
    },
    revision: (organizationId) => loaded.get(organizationId)?.revision ?? 0,
    positions: () =>
      [...loaded].map(([organizationId, { revision, entryId }]) => ({ organizationId, revision, entryId })),
    reached: async (organizationId, revision) => {
      if (isBehind(organizationId, revision))
        await inTurn(organizationId, () => storage.snapshot((db) => catchUpTo(organizationId, revision, db)));
    },
    forget: drop,
    *contents() {
      for (const [organizationId, { organization, revision, entryId }] of loaded)
        yield { facts: factsOf(organization), keys: keys.of(organizationId), revision, entryId };
    },
    restore: ({ facts, keys: its, revision, entryId }) => {
      const takingIn = keys.takeIn(facts.id, revision);
      for (const held of its) takingIn.take(held);
      takingIn.end();
      keep(createOrganization(facts, catalogue), { revision, entryId });
    },
    tidy: (now) => {
      // What leaves could not come back.
      if (storage.standing.state() !== 'current') return;
      for (const [organizationId, known] of loaded) {
        known.weight = weightOf(known.organization, keys.count(organizationId));
        if (known.seen?.asked !== known.asked) known.seen = { asked: known.asked, since: now };
        else if (now - known.seen.since >= memory.idleSeconds * 1_000_000) drop(organizationId);
      }
      makeRoom();
    },
    useCatalogue: (next) => {
      catalogue = next;
      for (const { organization } of loaded.values()) replaceCatalogue(organization, next);
    },
  };
}

function moveTo(known: Loaded, { revision, entryId }: Pick<LoggedChange, 'revision' | 'entryId'>): void {
  known.revision = revision;
  known.entryId = entryId;
}
