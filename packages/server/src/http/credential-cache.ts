import { hash } from 'node:crypto';
import type { KnownKey, KnownKeys } from '../api-keys/known-keys.ts';
import type { Rehash } from '../api-keys/rehash.ts';
import type { Decisions } from '../authorization/decisions.ts';
import type { Secrets } from '../secrets.ts';
import type { Storage } from '../storage/storage.ts';
import type { KeyAuthentication } from './authenticate.ts';

/**
 * Who calls with a key whose bearer is in memory. What is found here is what a look-up in the database would find: keys are
 * known in step with the facts of their organization, and nothing is kept for a time.
 */
export interface CredentialCache {
  find(secret: string): KeyAuthentication | undefined;
  /** Keeps what was looked up, under the hash it has there, beside the facts of its organization, if nothing has changed there since. */
  keep(secret: string, found: KeyAuthentication, secretHash: string): Promise<void>;
}

/** Entries of some 200 bytes; beyond it all start anew. */
const maximumEntries = 100_000;

interface Entry {
  readonly key: KnownKey;
  /** Of the last question. */
  authentication: KeyAuthentication | undefined;
}

export function createCredentialCache(
  {
    storage,
    secrets,
    rehash,
  }: {
    readonly storage: Pick<Storage, 'changesOfOthers' | 'mayBeAway'>;
    readonly secrets: Pick<Secrets, 'hash' | 'hashes' | 'timesReplaced'>;
    readonly rehash: Pick<Rehash, 'note'>;
  },
  keys: KnownKeys,
  decisions: Pick<Decisions, 'at' | 'now' | 'revision'>,
): CredentialCache {
  // A digest is much cheaper than the keyed hash.
  const entries = new Map<string, Entry>();
  let changesSeen = storage.changesOfOthers();
  let keysSeen = secrets.timesReplaced();

  const entryOf = (secret: string): Entry | undefined => {
    const digested = digest(secret);
    const entry = entries.get(digested);
    if (entry && keys.isKnown(entry.key)) return entry;
    entries.delete(digested);
    // Where the keys of an organization come with it.
    const key = storage.mayBeAway ? findKept(secrets.hashes(secret)) : undefined;
    return key && enter(digested, key);
  };
  const findKept = (hashes: readonly string[]): KnownKey | undefined => {
    const kept = hashes.find((each) => keys.find(each));
    const [newest = ''] = hashes;
    if (kept === undefined) return undefined;
    if (kept !== newest) rehash.note(kept, newest);
    return keys.find(kept);
  };
  const enter = (digested: string, key: KnownKey): Entry => {
    if (entries.size >= maximumEntries) entries.clear();
    const entry = { key, authentication: undefined };
    entries.set(digested, entry);
    return entry;
  };

  return {
    find(secret) {
      const changes = storage.changesOfOthers();
      if (changes === null) return undefined;
      if (changes !== changesSeen) {
        changesSeen = changes;
        for (const { key } of entries.values()) keys.forget(key);
        entries.clear();
        return undefined;
      }
      if (keysSeen !== secrets.timesReplaced()) {
        keysSeen = secrets.timesReplaced();
        entries.clear();
      }
      const entry = entryOf(secret);
      if (entry === undefined) return undefined;
      const { key } = entry;
      const revision = decisions.revision(key.organizationId);
      if (entry.authentication?.revision === revision) return entry.authentication;
      const bearer = decisions.now(key.organizationId, revision)?.principals.get(key.bearerId);
      if (!bearer) return undefined;
      entry.authentication = {
        accessKey: key.accessKey,
        actor: {
          kind: key.kind,
          id: key.bearerId,
          organizationId: key.organizationId,
          owner: bearer.owner,
          locked: bearer.locked,
        },
        revision,
        expiresAt: key.expiresAt,
      };
      return entry.authentication;
    },
    async keep(secret, { accessKey, actor, expiresAt, revision }, secretHash) {
      const { kind, id: bearerId, organizationId } = actor;
      // The next step of the road asks for them anyhow.
      await decisions.at(organizationId, revision);
      if (changesSeen === null || decisions.revision(organizationId) !== revision) return;
      const key = { accessKey, organizationId, kind, bearerId, expiresAt };
      keys.set(secretHash, key);
      enter(digest(secret), key);
    },
  };
}

/** No cache: every credential is looked up. */
export const noCredentialCache: CredentialCache = { find: () => undefined, keep: async () => {} };

const digest = (secret: string): string => hash('sha256', secret, 'base64');
