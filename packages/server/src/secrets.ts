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

/** Keys derived from the server key, which is kept outside the database. */
export interface Secrets {
  /** Keyed hash under which a secret is looked up, hexadecimal. The same work for known and unknown secrets. */
  hash(secret: string): string;
  /** The key of a generation, which signs session tokens (docs/decisions/0016-sign-in.md). */
  signingKey(generation: number): SigningKey;
  /** The key that signs what the log is (docs/log-tree.md). */
  readonly logKey: SigningKey;
  /** A text that only this server key opens again (AES-256-GCM): for what must be shown once more. */
  seal(text: string): string;
  /** @throws when it was sealed under another key or changed since */
  open(sealed: string): string;
}

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

export function deriveSecrets(serverKey: Buffer): Secrets {
  if (serverKey.length !== serverKeyLength) throw new Error(`a server key has ${serverKeyLength} bytes`);
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', serverKey, '', `bailiwick ${purpose}`, 32));
  // A key object is made ready once; bytes would be at every request, at eight times the cost of the hash itself.
  const sealingKey = createSecretKey(derive('sealing'));
  const lookupKey = createSecretKey(derive('secret lookup'));
  const logKey = signingKeyOf(derive('log signing'));
  const signingKeys = new Map<number, SigningKey>();
  return {
    hash: (secret) => createHmac('sha256', lookupKey).update(secret).digest('hex'),
    signingKey: (generation) => {
      const known = signingKeys.get(generation);
      if (known) return known;
      const made = signingKeyOf(derive(generation === 0 ? 'session signing' : `session signing ${generation}`));
      signingKeys.set(generation, made);
      return made;
    },
    logKey,
    seal: (text) => {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(sealing, sealingKey, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open: (text) => {
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv(sealing, sealingKey, bytes.subarray(0, nonceLength), {
        authTagLength: tagLength,
      });
      decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
      return decipher.update(bytes.subarray(nonceLength + tagLength), undefined, 'utf8') + decipher.final('utf8');
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
