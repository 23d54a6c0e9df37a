import type { KeyObject } from 'node:crypto';
import { publicKeyOf, readHead, type SignedLogHead, type StoredEntry, thumbprint } from '@bailiwick/contract/log-tree';
import type { Api } from '../client/api.ts';
import { itemsOf, unreadableAnswer } from '../client/unreadable-answer.ts';
import type { JsonObject } from '../output/result.ts';

/** An entry as it was sent, and the number that it says it has; 0 where it says none. */
export interface SentEntry extends StoredEntry {
  readonly revision: number;
}

/** What the service tells of a log. Nothing of it is believed. */
export interface LogService {
  head(): Promise<SignedLogHead>;
  /** Public keys by their thumbprints, which are computed here. */
  keys(): Promise<ReadonlyMap<string, KeyObject>>;
  /** Some of the entries after this one, and how many there are in all. */
  entries(after: number): Promise<{ readonly entries: readonly SentEntry[]; readonly total: number }>;
  inclusionProof(revision: number, size: number): Promise<readonly string[]>;
  consistencyProof(first: number, second: number): Promise<readonly string[]>;
}

/** The log of an organization behind an API. All of it throws CommandError where an answer is no such answer. */
export function createLogService(api: Api, organizationId: string): LogService {
  const get = (path: string, query: Readonly<Record<string, string>> = {}): Promise<JsonObject> =>
    api.call({ method: 'GET', path, query: new URLSearchParams(query), body: undefined });
  const tree = (path: string, query: Readonly<Record<string, number>> = {}): Promise<JsonObject> => {
    const numbers = Object.entries(query).map(([name, value]) => [name, String(value)]);
    return get(`/iam/v1alpha1/log-tree/${path}`, { organization_id: organizationId, ...Object.fromEntries(numbers) });
  };
  return {
    head: async () => {
      const head = readHead(await tree('head'));
      if (head === null) throw unreadableAnswer('it is no head of a log');
      return head;
    },
    keys: async () => {
      const keys = new Map<string, KeyObject>();
      for (const { kty, crv, x } of itemsOf(await get('/.well-known/log-keys.json'), 'keys')) {
        if (typeof kty !== 'string' || typeof crv !== 'string' || typeof x !== 'string') continue;
        const key = publicKeyOf({ kty, crv, x });
        if (key !== null) keys.set(thumbprint({ kty, crv, x }), key);
      }
      return keys;
    },
    entries: async (after) => {
      const answer = await tree('entries', { after });
      const { total_count: total } = answer;
      if (typeof total !== 'number') throw unreadableAnswer('total_count is no number');
      return { entries: itemsOf(answer, 'entries').map(toEntry), total };
    },
    inclusionProof: async (revision, size) => pathOf(await tree('inclusion-proof', { revision, tree_size: size })),
    consistencyProof: async (first, second) =>
      pathOf(await tree('consistency-proof', { first_size: first, second_size: second })),
  };
}

function toEntry({ content, leaf_hash: leafHash, revision }: JsonObject): SentEntry {
  if (typeof content !== 'string' && content !== null) throw unreadableAnswer('an entry has no content');
  if (typeof leafHash !== 'string' && leafHash !== null) throw unreadableAnswer('the hash of an entry is no text');
  // What is removed has a number only beside it.
  if (content === null) return { content, leafHash, revision: typeof revision === 'number' ? revision : 0 };
  return { content, leafHash, revision: revisionOf(content) };
}

function revisionOf(content: string): number {
  try {
    const { revision } = JSON.parse(content);
    return Number.isSafeInteger(revision) ? revision : 0;
  } catch {
    return 0;
  }
}

function pathOf({ hashes }: JsonObject): readonly string[] {
  if (!Array.isArray(hashes)) throw unreadableAnswer('there is no path in it');
  return hashes.filter((hash) => typeof hash === 'string');
}
