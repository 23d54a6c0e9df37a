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
  forget(accessKey: string): void;
  forgetAll(organizationId: string): void;
  /** Those of an organization, with the keyed hashes of their secrets. */
  of(organizationId: string): readonly HeldKey[];
}

/** Entries of some 400 bytes; beyond it the one that came first goes. */
const most = 200_000;

export function createKnownKeys(): KnownKeys {
  const byHash = new Map<string, KnownKey>();
  const hashes = new Map<string, string>();
  const ofOrganization = new Map<string, Set<string>>();
  const known = new WeakSet<KnownKey>();

  const forget = (accessKey: string) => {
    const secretHash = hashes.get(accessKey);
    if (secretHash === undefined) return;
    const key = byHash.get(secretHash);
    if (key) {
      known.delete(key);
      ofOrganization.get(key.organizationId)?.delete(accessKey);
    }
    byHash.delete(secretHash);
    hashes.delete(accessKey);
  };
  return {
    find: (secretHash) => byHash.get(secretHash),
    isKnown: (key) => known.has(key),
    set: (secretHash, key) => {
      forget(key.accessKey);
      const [first] = hashes.keys();
      if (hashes.size >= most && first !== undefined) forget(first);
      byHash.set(secretHash, key);
      hashes.set(key.accessKey, secretHash);
      known.add(key);
      const itsKeys = ofOrganization.get(key.organizationId);
      if (itsKeys) itsKeys.add(key.accessKey);
      else ofOrganization.set(key.organizationId, new Set([key.accessKey]));
    },
    forget,
    forgetAll: (organizationId) => {
      for (const accessKey of ofOrganization.get(organizationId) ?? []) forget(accessKey);
      ofOrganization.delete(organizationId);
    },
    of: (organizationId) =>
      [...(ofOrganization.get(organizationId) ?? [])].flatMap((accessKey) => {
        const secretHash = hashes.get(accessKey) ?? '';
        const key = byHash.get(secretHash);
        return key ? [{ secretHash, key }] : [];
      }),
  };
}
