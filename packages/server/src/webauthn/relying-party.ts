import { isIP } from 'node:net';
import { preconditionFailed } from '@bailiwick/contract';
import type { Settings } from '../context.ts';

/** Who we are to authenticators: the domain that credentials are for, and the one origin that pages may have. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

/** How long somebody may take to touch an authenticator, in seconds: 5 minutes. */
export const ceremonyLifetime = 300;

/**
 * Both follow from `--public-url` and never from what a request says about its host.
 *
 * @throws ApiError `precondition_failed` where the address has no name: a credential belongs to a domain (Web Authentication,
 * section 5.1.2)
 */
export function relyingParty({ publicUrl }: Pick<Settings, 'publicUrl'>): RelyingParty {
  const { hostname, origin } = new URL(publicUrl());
  if (isIP(hostname) !== 0 || hostname.startsWith('['))
    throw preconditionFailed('attribute_must_be_set', 'authenticators need a public URL with a name, not an address');
  return { id: hostname, origin };
}

/** Base 64 of either alphabet as base 64 for URLs. */
export const toUrlBase64 = (bytes: string): string => Buffer.from(bytes, 'base64').toString('base64url');

/** Base 64 for URLs as the one that SDKs read. */
export const toBase64 = (bytes: string): string => Buffer.from(bytes, 'base64url').toString('base64');
