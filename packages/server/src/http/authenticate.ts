import { ApiError, type ErrorDetails } from '@bailiwick/contract';
import { findKeyBearer } from '../api-keys/store.ts';
import type { Actor, Services } from '../context.ts';
import { findSession } from '../jwts/sessions.ts';
import { findDirectory, type ScimCredentials } from '../scim/directory.ts';

/** The headers a caller may identify itself with. */
export interface Credentials {
  readonly authToken: string | undefined;
  readonly sessionToken: string | undefined;
  /** Below the paths of SCIM it counts alone. */
  readonly scim?: ScimCredentials;
}

/** Who calls, and the revision of its organization when it was looked up. */
export interface Authentication {
  readonly actor: Actor;
  readonly revision: number;
  /** The session that the caller identified itself with; none for an API key. */
  readonly session?: string;
}

/** The same for an API key, with its end in microseconds since 1970. */
export interface KeyAuthentication extends Authentication {
  readonly actor: Actor & { readonly kind: 'user' | 'application' };
  readonly accessKey: string;
  readonly expiresAt: number | null;
}

const secretKey = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Finds out who calls from the secret key or the session token. A locked bearer is known too: what it may do is
 * decided later.
 *
 * @throws ApiError `denied_authentication`
 */
export async function authenticate(services: Services, credentials: Credentials): Promise<Authentication> {
  if (credentials.scim !== undefined) return findDirectory(services, credentials.scim);
  if (credentials.authToken !== undefined) return authenticateKey(services, credentials.authToken);
  if (credentials.sessionToken !== undefined) return findSession(services, credentials.sessionToken);
  throw denied('api_key', 'invalid_argument');
}

/**
 * The same for whoever calls from an address: once too many credentials of it were wrong, none is looked up any more that is
 * not in memory.
 *
 * @throws ApiError `denied_authentication`, `too_many_requests`
 */
export async function authenticateFrom(
  ip: string,
  services: Services,
  credentials: Credentials,
): Promise<Authentication> {
  const { limits } = services;
  const isKnown = credentials.authToken !== undefined && services.credentials.find(credentials.authToken) !== undefined;
  if (!isKnown) limits.mayFail(ip);
  try {
    return await authenticate(services, credentials);
  } catch (failure) {
    if (failure instanceof ApiError && isWrong(failure.details)) limits.failed(ip);
    throw failure;
  }
}

/** What is no credential at all was not looked up. */
const isWrong = (details: ErrorDetails): boolean =>
  details.type === 'denied_authentication' && details.reason !== 'invalid_argument';

async function authenticateKey(services: Services, token: string): Promise<Authentication> {
  if (!secretKey.test(token)) throw denied('api_key', 'invalid_argument');
  const found = services.credentials.find(token) ?? (await lookUpKey(services, token));
  if (found.expiresAt !== null && found.expiresAt <= services.clock.now()) throw denied('api_key', 'expired');
  services.lastUse.note(found.accessKey);
  return found;
}

async function lookUpKey(
  { storage, secrets, credentials, rehash }: Services,
  token: string,
): Promise<KeyAuthentication> {
  const hashes = secrets.hashes(token);
  const [newest = ''] = hashes;
  const kept = await findKeyBearer(storage, hashes);
  if (!kept) throw denied('api_key', 'not_found');
  const { secretHash, ...found } = kept;
  if (secretHash !== newest) rehash.note(secretHash, newest);
  await credentials.keep(token, found, secretHash);
  return found;
}

type Denial = Extract<ErrorDetails, { type: 'denied_authentication' }>;

export function denied(method: Denial['method'], reason: Denial['reason']): ApiError {
  return new ApiError({ type: 'denied_authentication', method, reason });
}
