import { createHmac, createPrivateKey, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';

/** Keys derived from the server key, which is kept outside the database. */
export interface Secrets {
  /** Keyed hash under which a secret is looked up, hexadecimal. The same work for known and unknown secrets. */
  hash(secret: string): string;
  /** Signs session tokens. */
  readonly signingKey: KeyObject;
}

/** Bytes of a server key. */
export const serverKeyLength = 32;

/** PKCS #8 header of an Ed25519 private key (RFC 8410, section 7), before its 32 bytes. */
const ed25519Header = Buffer.from('302e020100300506032b657004220420', 'hex');

export function deriveSecrets(serverKey: Buffer): Secrets {
  if (serverKey.length !== serverKeyLength) throw new Error(`a server key has ${serverKeyLength} bytes`);
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', serverKey, '', `bailiwick ${purpose}`, 32));
  // A key object is made ready once; bytes would be at every request, at eight times the cost of the hash itself.
  const lookupKey = createSecretKey(derive('secret lookup'));
  return {
    hash: (secret) => createHmac('sha256', lookupKey).update(secret).digest('hex'),
    signingKey: createPrivateKey({
      key: Buffer.concat([ed25519Header, derive('session signing')]),
      format: 'der',
      type: 'pkcs8',
    }),
  };
}

export const newServerKey = (): Buffer => randomBytes(serverKeyLength);
