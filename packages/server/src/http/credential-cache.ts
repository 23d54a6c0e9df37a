import { hash } from 'node:crypto';
import type { Decisions } from '../authorization/decisions.ts';
import type { Storage } from '../storage/storage.ts';
import type { KeyAuthentication } from './authenticate.ts';

/**
 * Who bears the keys that were used lately, by a digest of the secret. What is found here is what a look-up in the
 * database would find: an entry holds only while its organization is at the revision at which it was looked up, and no
 * other process has changed the database. Nothing is kept for a time.
 */
export interface CredentialCache {
  find(secret: string): KeyAuthentication | undefined;
  keep(secret: string, found: KeyAuthentication): void;
}

/** Entries of some 400 bytes; beyond it all start anew. */
const maximumEntries = 100_000;

export function createCredentialCache(
  storage: Pick<Storage, 'changesOfOthers'>,
  decisions: Pick<Decisions, 'revision'>,
): CredentialCache {
  const entries = new Map<string, KeyAuthentication>();
  let changesSeen = storage.changesOfOthers();

  return {
    find(secret) {
      const changes = storage.changesOfOthers();
      if (changes === null || changes !== changesSeen) {
        changesSeen = changes;
        entries.clear();
        return undefined;
      }
      const key = digest(secret);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.revision === decisions.revision(entry.actor.organizationId)) return entry;
      entries.delete(key);
      return undefined;
    },
    keep(secret, found) {
      // Where changes of others are not seen, nothing that is kept could be trusted.
      if (changesSeen === null) return;
      if (entries.size >= maximumEntries) entries.clear();
      entries.set(digest(secret), found);
    },
  };
}

/** No cache: every credential is looked up. */
export const noCredentialCache: CredentialCache = { find: () => undefined, keep: () => {} };

const digest = (secret: string): string => hash('sha256', secret, 'base64');
