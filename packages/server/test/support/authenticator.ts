import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { expect } from 'vitest';
import type { Json, TestServer } from './server.ts';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
/** Flags of authenticator data: somebody is there; it holds a credential (Web Authentication, section 6.1). */
const present = 0x01;
const withCredential = 0x40;

export interface PageSays {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  /** Of the authenticator; one more than the time before when left out. */
  readonly count?: number;
  readonly flags?: number;
}

/** An authenticator in software, and the page that asks it: it answers whatever it is asked, right or wrong. */
export class SoftAuthenticator {
  readonly credentialId = randomBytes(32);
  readonly #key: KeyObject;
  readonly #publicKey: Buffer;
  #count = 0;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    // COSE: key type EC2, ES256, P-256 (RFC 9053, section 7.1.1).
    const cose = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]);
    this.#publicKey = Buffer.from(isoCBOR.encode(cose));
  }

  /** The body of `finish-webauthn-registration`. */
  register(start: Json, says: PageSays = {}): Json {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.credentialId, this.#publicKey]);
    const authData = this.#data({ flags: present | withCredential, ...says }, credential);
    const attestation = new Map<string, string | Map<string, string> | Uint8Array>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    return {
      ceremony_id: start.ceremony_id,
      authenticator_name: 'key ring',
      origin: 'https://iam.example.org',
      raw_id: this.credentialId.toString('base64'),
      client_data_json: this.#clientData(start.challenge, { type: 'webauthn.create', ...says }).toString('base64'),
      attestation_object: Buffer.from(isoCBOR.encode(attestation)).toString('base64'),
    };
  }

  /** What goes into `second-factor` as `webauthn`. */
  assert(challenge: string, says: PageSays = {}): Json {
    const clientData = this.#clientData(challenge, { type: 'webauthn.get', ...says });
    const data = this.#data({ flags: present, ...says });
    return {
      raw_id: this.credentialId.toString('base64'),
      client_data_json: clientData.toString('base64'),
      authenticator_data: data.toString('base64'),
      signature: sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#key).toString('base64'),
    };
  }

  #clientData(challenge: string, { type = '', origin = 'https://iam.example.org' }: PageSays): Buffer {
    const base64Url = Buffer.from(challenge, 'base64').toString('base64url');
    return Buffer.from(JSON.stringify({ type, challenge: base64Url, origin, crossOrigin: false }));
  }

  #data({ rpId = 'iam.example.org', flags = 0, count }: PageSays, credential = Buffer.alloc(0)): Buffer {
    this.#count = count ?? this.#count + 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#count);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, credential]);
  }
}

/** Begins a registration as the user itself. */
export async function startRegistration(
  { call }: Pick<TestServer, 'call'>,
  userId: string,
  key: string,
): Promise<Json> {
  const path = `/iam/v1alpha1/users/${userId}/start-webauthn-registration?origin=https://iam.example.org`;
  const answer = await call('POST', path, { key });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

/** Registers an authenticator for a user. */
export async function registerAuthenticator({ call }: Pick<TestServer, 'call'>, userId: string, key: string) {
  const authenticator = new SoftAuthenticator();
  const body = authenticator.register(await startRegistration({ call }, userId, key));
  const answer = await call('POST', `/iam/v1alpha1/users/${userId}/finish-webauthn-registration`, { key, body });
  expect(answer.status, answer.text).toBe(200);
  return { authenticator, id: answer.body.authenticator_id as string };
}
