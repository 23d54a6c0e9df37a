import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  append,
  emptyFrontier,
  entryText,
  type Frontier,
  hashLeaf,
  headText,
  type LogEntry,
  type LogKey,
  leafOf,
  noHash,
  rootOf,
  type SignedLogHead,
  type StoredEntry,
  thumbprint,
} from '@bailiwick/contract/log-tree';

/** A key that signs heads, the same for the same number. */
export interface HeadKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: LogKey;
  readonly id: string;
}

export function headKey(number: number): HeadKey {
  // PKCS #8 header of an Ed25519 private key (RFC 8410, section 7).
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, number)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const { kty = '', crv = '', x = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey, publicKey, jwk: { kty, crv, x }, id: thumbprint({ kty, crv, x }) };
}

/** The n-th entry of an organization, in its own words. */
export function sampleEntry(organizationId: string, revision: number): LogEntry {
  return {
    organization_id: organizationId,
    revision,
    id: `0c0ffee0-0000-4000-9000-${String(revision).padStart(12, '0')}`,
    created_at: 1_760_000_000_000_000 + revision,
    operation: 'groups.update',
    action: 'updated',
    resource_type: 'group',
    resource_id: `0c0ffee0-0000-4000-a000-${String(revision % 7).padStart(12, '0')}`,
    bearer_type: 'user',
    bearer_id: '0c0ffee0-0000-4000-8000-000000000001',
    ip: '192.0.2.1',
    user_agent: 'scw',
    request_id: `request-${revision}`,
    reason: '',
  };
}

/** An entry with its hash, as a server stores it. */
export function stored(entry: LogEntry): StoredEntry & { readonly content: string } {
  const content = entryText(entry);
  return { content, leafHash: hashLeaf(content).toString('hex') };
}

export function frontierOf(entries: readonly StoredEntry[]): Frontier {
  return entries.reduce((frontier, entry) => append(frontier, leafOf(entry) ?? noHash), emptyFrontier);
}

/** What is left of the first entries once they are removed for their age. */
export const withoutFirst = (entries: readonly StoredEntry[], removed: number): readonly StoredEntry[] =>
  entries.map((entry, index) => (index < removed ? { ...entry, content: null } : entry));

/** What a server signs of these entries, the first of which may have been removed. */
export function signHead(organizationId: string, entries: readonly StoredEntry[], key: HeadKey): SignedLogHead {
  const head = {
    organization_id: organizationId,
    tree_size: entries.length,
    root_hash: rootOf(frontierOf(entries)).toString('hex'),
    adopted_size: 0,
    removed_size: entries.filter(({ content }) => content === null).length,
    signed_at: '2026-01-31T12:00:00Z',
    key_id: key.id,
  };
  return { ...head, signature: sign(null, Buffer.from(headText(head), 'utf8'), key.privateKey).toString('base64url') };
}
