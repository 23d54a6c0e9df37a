import { accessKeyBytesOf, createKeyRows, numberOfAccessKey, numberOfSecret, secretBytes } from './key-rows.ts';
import { createRowIndex } from './row-index.ts';

/** Whose an API key is, for as long as nothing changes it. */
export interface KnownKey {
  readonly accessKey: string;
  readonly organizationId: string;
  readonly kind: 'user' | 'application';
  readonly bearerId: string;
  /** Microseconds since 1970. */
  readonly expiresAt: number | null;
}

/** A key with the keyed hash of its secret. */
export interface HeldKey {
  readonly secretHash: string;
  readonly key: KnownKey;
}

/**
 * API keys of the organizations in memory, by the keyed hash of their secrets. They come and go with the facts of their
 * organization, so what is here is as true as those.
 */
export interface KnownKeys {
  find(secretHash: string): KnownKey | undefined;
  /** True until the key is changed or its organization leaves memory. */
  isKnown(key: KnownKey): boolean;
  set(secretHash: string, key: KnownKey): void;
  forget(key: Pick<KnownKey, 'organizationId' | 'accessKey'>): void;
  forgetAll(organizationId: string): void;
  /** Begins to take in the keys of an organization as of a revision, in place of those that are here. */
  takeIn(organizationId: string, revision: number): TakingIn;
  /** How many of an organization there are. */
  count(organizationId: string): number;
  /** Those of an organization, with the keyed hashes of their secrets. */
  of(organizationId: string): readonly HeldKey[];
}

/**
 * Keys of an organization as they come from the database, while others go on. It brings back none that has changed or gone in
 * the meantime: it is without effect once the organization has left, or is taken in anew as of the same or a later revision.
 */
export interface TakingIn {
  take(held: HeldKey): void;
  /** All of them are here. */
  end(): void;
}

/** The keys of one organization: a list through their rows. */
interface Holder {
  readonly organizationId: string;
  /** As of which its keys were taken in; 0 where they are those that were used. */
  readonly revision: number;
  first: number;
  count: number;
  isGone: boolean;
  /** Access keys that have changed while keys are taken in; null when none are. */
  changed: Set<string> | null;
  /** Keys that somebody holds, by their rows. */
  readonly handedOut: Map<number, KnownKey>;
}

/** Keys of one organization that are handed out as objects; beyond, all are found anew. */
const mostHandedOut = 100_000;
/** Rows of organizations that have left which each new one clears: leaving itself takes no time. */
const clearedByEach = 4;

export function createKnownKeys(): KnownKeys {
  const rows = createKeyRows<Holder>();
  const bySecret = createRowIndex(rows.secretNumber);
  const byAccessKey = createRowIndex(rows.accessKeyNumber);
  const holders = new Map<string, Holder>();
  const gone: Holder[] = [];
  const known = new WeakMap<KnownKey, Holder>();

  const isHere = (row: number) => rows.ownerOf(row)?.isGone === false;
  const rowOfSecret = (secretHash: string): number => {
    const secret = secretBytes(secretHash);
    if (!secret) return -1;
    return bySecret.find(numberOfSecret(secret), (row) => isHere(row) && rows.hasSecret(row, secret));
  };
  const rowOfAccessKey = (accessKey: string): number => {
    const bytes = accessKeyBytesOf(accessKey);
    if (!bytes) return -1;
    return byAccessKey.find(numberOfAccessKey(bytes), (row) => isHere(row) && rows.hasAccessKey(row, bytes));
  };

  const takeOut = (holder: Holder, row: number) => {
    const [next, previous] = [rows.next.get(row), rows.previous.get(row)];
    if (previous === -1) holder.first = next;
    else rows.next.set(previous, next);
    if (next !== -1) rows.previous.set(next, previous);
    holder.count -= 1;
    bySecret.remove(rows.secretNumber(row), row);
    byAccessKey.remove(rows.accessKeyNumber(row), row);
    rows.clear(row);
  };
  const clearSome = () => {
    for (let cleared = 0; cleared < clearedByEach; cleared += 1) {
      const holder = gone.at(-1);
      if (!holder) return;
      if (holder.first === -1) gone.pop();
      else takeOut(holder, holder.first);
    }
  };
  const letGo = (key: KnownKey | undefined) => {
    if (key) known.delete(key);
  };
  const remove = (accessKey: string) => {
    const row = rowOfAccessKey(accessKey);
    const holder = row === -1 ? undefined : rows.ownerOf(row);
    if (!holder) return;
    letGo(holder.handedOut.get(row));
    holder.handedOut.delete(row);
    takeOut(holder, row);
  };
  const forgetAll = (organizationId: string) => {
    const holder = holders.get(organizationId);
    if (!holder) return;
    holder.isGone = true;
    holder.handedOut.clear();
    holders.delete(organizationId);
    gone.push(holder);
  };
  const createHolder = (organizationId: string, revision: number): Holder => {
    forgetAll(organizationId);
    const handedOut = new Map<number, KnownKey>();
    const holder: Holder = { organizationId, revision, first: -1, count: 0, isGone: false, changed: null, handedOut };
    holders.set(organizationId, holder);
    return holder;
  };
  const put = (holder: Holder, secretHash: string, key: KnownKey): number => {
    clearSome();
    remove(key.accessKey);
    const row = rows.write(secretHash, key, holder);
    if (row === -1) return row;
    rows.previous.set(row, -1);
    rows.next.set(row, holder.first);
    if (holder.first !== -1) rows.previous.set(holder.first, row);
    holder.first = row;
    holder.count += 1;
    bySecret.add(rows.secretNumber(row), row);
    byAccessKey.add(rows.accessKeyNumber(row), row);
    return row;
  };
  const handOut = (holder: Holder, row: number, key: KnownKey): KnownKey => {
    if (holder.handedOut.size >= mostHandedOut) {
      for (const each of holder.handedOut.values()) known.delete(each);
      holder.handedOut.clear();
    }
    holder.handedOut.set(row, key);
    known.set(key, holder);
    return key;
  };

  return {
    find(secretHash) {
      const row = rowOfSecret(secretHash);
      const holder = row === -1 ? undefined : rows.ownerOf(row);
      if (!holder) return undefined;
      return holder.handedOut.get(row) ?? handOut(holder, row, rows.keyOf(row, holder.organizationId));
    },
    isKnown: (key) => known.get(key)?.isGone === false,
    set(secretHash, key) {
      const holder = holders.get(key.organizationId) ?? createHolder(key.organizationId, 0);
      holder.changed?.add(key.accessKey);
      const row = put(holder, secretHash, key);
      if (row !== -1) handOut(holder, row, key);
    },
    forget({ organizationId, accessKey }) {
      holders.get(organizationId)?.changed?.add(accessKey);
      remove(accessKey);
    },
    forgetAll,
    takeIn(organizationId, revision) {
      const before = holders.get(organizationId);
      if (before && before.revision > revision) return { take: () => {}, end: () => {} };
      const holder = createHolder(organizationId, revision);
      holder.changed = new Set();
      return {
        take({ secretHash, key }) {
          if (!holder.isGone && !holder.changed?.has(key.accessKey)) put(holder, secretHash, key);
        },
        end() {
          holder.changed = null;
        },
      };
    },
    count: (organizationId) => holders.get(organizationId)?.count ?? 0,
    of(organizationId) {
      const found: HeldKey[] = [];
      let row = holders.get(organizationId)?.first ?? -1;
      for (; row !== -1; row = rows.next.get(row))
        found.push({ secretHash: rows.secretHashOf(row), key: rows.keyOf(row, organizationId) });
      return found;
    },
  };
}
