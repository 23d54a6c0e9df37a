import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/**
 * Keys derived from the server keys, which are kept outside the database. The first of them makes what is new; what the
 * others have made is accepted (docs/decisions/0022-server-keys.md).
 */
export interface Secrets {
  /** Keyed hash to keep of a new secret: hexadecimal, after the id of its key where that has one. */
  hash(secret: string): string;
  /** The hashes under which a secret may be kept, that of the first key first. The same work for known and unknown secrets. */
  hashes(secret: string): readonly string[];
  /** The key of a generation, which signs session tokens (docs/decisions/0016-sign-in.md). */
  signingKey(generation: number): SigningKey;
  /** The key that signs what the log is (docs/log-tree.md). */ /** The keys that sign what the log is, that of the first server key first (docs/log-tree.md). */
  logKeys(): readonly [SigningKey, ...(readonly SigningKey[])];
  /** All keys of a generation whose signatures count. */
  signingKeys(generation: number): readonly SigningKey[];
  /** A text that only the first key opens again (AES-256-GCM): for what must be shown once more. */
  seal(text: string): string;
  /** @throws when it was sealed under a key that is not there, or changed since */
  open(sealed: string): string;
  /** Goes by other server keys from now on. */
  use(keys: ServerKeys): void;
  /** How often that was: what was found by former keys may be found no more. */
  timesReplaced(): number;
}

/** A server key, with what tells it from others in what it makes. */
export interface ServerKey {
  /** Null for the one that a server was born with: what that makes is not marked. */
  readonly id: string | null;
  readonly bytes: Buffer;
}

/** The first makes what is new. */
export type ServerKeys = readonly [ServerKey, ...(readonly ServerKey[])];

export interface SigningKey {
  /** Thumbprint of the public half (RFC 7638; RFC 8037, appendix A.3). */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Bytes of a server key. */
export const serverKeyLength = 32;

/** NIST SP 800-38D: a random nonce of 96 bits, a tag of 128. */
const sealing = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** PKCS #8 header of an Ed25519 private key (RFC 8410, section 7), before its 32 bytes. */
const ed25519Header = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What is kept begins with the id of its key and this; neither hexadecimal nor base 64 for URLs has it. */
export const keyMark = '.';

/** The id of the server key that made a hash or a seal; null for the one without. */
export function keyIdOf(kept: string): string | null {
  const mark = kept.indexOf(keyMark);
  return mark === -1 ? null : kept.slice(0, mark);
}

export function deriveSecrets(serverKeys: ServerKeys): Secrets {
  let first = derivedFrom(serverKeys[0]);
  let all = serverKeys.map(derivedFrom);
  let replaced = 0;
  return {
    hash: (secret) => first.hash(secret),
    hashes: (secret) => all.map(({ hash }) => hash(secret)),
    signingKey: (generation) => first.signingKey(generation),
    signingKeys: (generation) => all.map(({ signingKey }) => signingKey(generation)),
    logKeys: () => [first.logKey, ...all.slice(1).map(({ logKey }) => logKey)],
    seal: (text) => first.seal(text),
    open: (sealed) => {
      const id = keyIdOf(sealed);
      const key = all.find((each) => each.id === id);
      if (!key) throw new Error('it is sealed under another server key');
      return key.open(id === null ? sealed : sealed.slice(id.length + keyMark.length));
    },
    use: (keys) => {
      first = derivedFrom(keys[0]);
      all = keys.map(derivedFrom);
      replaced += 1;
    },
    timesReplaced: () => replaced,
  };
}

function derivedFrom({ id, bytes }: ServerKey) {
  if (bytes.length !== serverKeyLength) throw new Error(`a server key has ${serverKeyLength} bytes`);
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', bytes, '', `bailiwick ${purpose}`, 32));
  const mark = id === null ? '' : `${id}${keyMark}`;
  // A key object is made ready once; bytes would be at every request, at eight times the cost of the hash itself.
  const sealingKey = createSecretKey(derive('sealing'));
  const lookupKey = createSecretKey(derive('secret lookup'));
  const logKey = signingKeyOf(derive('log signing'));
  const signingKeys = new Map<number, SigningKey>();
  return {
    id,
    hash: (secret: string) => `${mark}${createHmac('sha256', lookupKey).update(secret).digest('hex')}`,
    signingKey: (generation: number) => {
      const known = signingKeys.get(generation);
      if (known) return known;
      const made = signingKeyOf(derive(generation === 0 ? 'session signing' : `session signing ${generation}`));
      signingKeys.set(generation, made);
      return made;
    },
    logKey,
    seal: (text: string) => {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(sealing, sealingKey, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${mark}${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
    },
    open: (text: string) => {
      const bytesOf = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv(sealing, sealingKey, bytesOf.subarray(0, nonceLength), {
        authTagLength: tagLength,
      });
      decipher.setAuthTag(bytesOf.subarray(nonceLength, nonceLength + tagLength));
      return decipher.update(bytesOf.subarray(nonceLength + tagLength), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

function signingKeyOf(seed: Buffer): SigningKey {
  const key = Buffer.concat([ed25519Header, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  return { kid, privateKey, publicKey };
}

export const newServerKey = (): Buffer => randomBytes(serverKeyLength);
