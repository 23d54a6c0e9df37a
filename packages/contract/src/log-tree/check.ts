import type { KeyObject } from 'node:crypto';
import { canonicalJson } from './entry.ts';
import { append, emptyFrontier, type Frontier, type OnSubtree, rootOf } from './frontier.ts';
import { type Hash, hashLeaf, noHash, parseHash } from './hashes.ts';
import { isSignedBy, rootOfHead, type SignedLogHead } from './head.ts';
import type { SeenTree } from './proofs.ts';

/** An entry as it is stored or was sent. */
export interface StoredEntry {
  /** Its canonical text; null for one that was removed for its age. */
  readonly content: string | null;
  /** The hash that was stored with it, if one was. */
  readonly leafHash: string | null;
}

/** The leaf of an entry: the hash of what it says, or that which was kept of it; null where neither is there. */
export function leafOf({ content, leafHash }: StoredEntry): Hash | null {
  return content === null ? parseHash(leafHash) : hashLeaf(content);
}

/** Something that does not fit, and at which entry; null where it is about the log as a whole. */
export interface Fault {
  readonly revision: number | null;
  readonly problem: string;
}

export interface LogCheckOptions {
  readonly organizationId: string;
  readonly head: SignedLogHead;
  /** What heads must be signed with. */
  readonly key: KeyObject;
  /** The log as it was when it was verified before: still its beginning, or something is wrong. */
  readonly remembered: SeenTree | null;
  /** Entries up to here were verified before and are not given again. */
  readonly from?: Frontier;
  readonly onSubtree?: OnSubtree;
}

/** A log under examination: all entries are given in their order, and in the end what is wrong is told. */
export interface LogCheck {
  take(entry: StoredEntry): void;
  /** Faults in the order of the entries, those about the whole log last, and the frontier at the size of the head. */
  finish(): { readonly faults: readonly Fault[]; readonly frontier: Frontier };
}

/** Of a log that is wrong from one entry on nobody reads more. */
const mostFaults = 20;

/**
 * Recomputes a log and holds it against the signed head. Where contents and stored hashes differ, whichever of the two gives the
 * signed root is the one that was not changed, so that the entry can be named.
 */
export function createLogCheck(options: LogCheckOptions): LogCheck {
  const { organizationId, head, key, remembered, from = emptyFrontier, onSubtree } = options;
  const faults: Fault[] = [];
  const whole: Fault[] = [];
  const differing: number[] = [];
  const note = (revision: number | null, problem: string) => {
    if (revision === null) whole.push({ revision, problem });
    else if (faults.length < mostFaults) faults.push({ revision, problem });
  };
  let contents = from;
  let hashes = from;
  let expected = from.size + 1;
  let beyond = 0;

  const compareRemembered = () => {
    if (remembered === null || contents.size !== remembered.size || rootOf(contents).equals(remembered.root)) return;
    note(null, `the first ${remembered.size} entries are not those that were verified before`);
  };
  compareRemembered();

  const takeRemoved = (entry: StoredEntry) => {
    if (expected > head.removed_size) note(expected, 'it was removed, and no signed head says so');
    const leaf = leafOf(entry);
    if (leaf === null) note(expected, 'it was removed, and its hash is missing');
    contents = append(contents, leaf ?? noHash, onSubtree);
    hashes = append(hashes, leaf ?? noHash);
    expected += 1;
    compareRemembered();
  };

  const checkPlace = (content: string) => {
    const place = placeOf(content);
    if (place === null) note(expected, 'it is no entry in canonical form');
    else {
      if (place.organizationId !== organizationId)
        note(place.revision, `it belongs to another organization, ${place.organizationId}`);
      if (place.revision > expected) note(expected, missing(expected, place.revision - 1));
      if (place.revision < expected) note(place.revision, `it stands where entry ${expected} should be`);
    }
    expected = Math.max(expected, place?.revision ?? 0) + 1;
    return place?.revision ?? expected - 1;
  };

  return {
    take: (entry) => {
      const { content, leafHash } = entry;
      if (contents.size >= head.tree_size) {
        beyond += 1;
        return;
      }
      if (content === null) return takeRemoved(entry);
      const revision = checkPlace(content);
      if (revision <= head.removed_size) note(revision, 'it was removed for its age, and is there again');
      const leaf = hashLeaf(content);
      const stored = leafHash === null ? leaf : parseHash(leafHash);
      // Adopted entries have none.
      if (leafHash === null && revision > head.adopted_size) note(revision, 'its hash is missing');
      if (!stored?.equals(leaf)) differing.push(revision);
      contents = append(contents, leaf, onSubtree);
      hashes = append(hashes, stored ?? leaf);
      compareRemembered();
    },
    finish: () => {
      if (head.organization_id !== organizationId) note(null, 'the head is that of another organization');
      if (!isSignedBy(head, key)) note(null, 'the head is not signed with the key of the service');
      if (remembered !== null && remembered.size > head.tree_size)
        note(null, `the log was cut: it has ${head.tree_size} entries, ${remembered.size} were verified before`);
      if (contents.size < head.tree_size)
        note(null, `the signed head has ${head.tree_size} entries, only ${contents.size} are there`);
      if (beyond > 0) note(null, `no signed head holds the last ${beyond} entries`);
      const root = rootOfHead(head);
      const areContentsSigned = rootOf(contents).equals(root);
      const blame = blameOf(areContentsSigned, rootOf(hashes).equals(root));
      for (const revision of differing) note(revision, blame);
      if (!areContentsSigned) note(null, 'the entries do not give the root of the signed head');
      return { faults: [...faults, ...whole], frontier: contents };
    },
  };
}

function blameOf(areContentsSigned: boolean, areHashesSigned: boolean): string {
  if (areContentsSigned) return 'its stored hash was changed; the entry itself is as signed';
  if (areHashesSigned) return 'it was changed: it is not what was signed';
  return 'it does not fit the hash that was stored with it';
}

function missing(first: number, last: number): string {
  return first === last ? 'it is missing' : `it is missing, and all up to ${last}`;
}

/** Where an entry says that it belongs; null when the text is not in canonical form. */
function placeOf(content: string): { readonly organizationId: string; readonly revision: number } | null {
  try {
    const entry: unknown = JSON.parse(content);
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null;
    if (canonicalJson({ ...entry }) !== content) return null;
    const { organization_id: organizationId, revision }: { organization_id?: unknown; revision?: unknown } = entry;
    if (typeof organizationId !== 'string' || typeof revision !== 'number' || !Number.isSafeInteger(revision))
      return null;
    return { organizationId, revision };
  } catch {
    return null;
  }
}
