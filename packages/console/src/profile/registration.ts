import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';

/** Nobody has more than twenty (docs/decisions/0017-second-factors.md). */
const pageSize = 100;

/** Security keys and passkeys of somebody. */
export const authenticatorsOf = (userId: string) =>
  queryOptions({
    queryKey: ['authenticators', userId],
    queryFn: async () => (await call('webauthn.list', { user_id: userId, page_size: pageSize })).authenticators,
  });

/** Lets the browser ask an authenticator, and registers what it answers. */
export async function registerAuthenticator(
  user: { readonly user_id: string; readonly username: string },
  name: string,
): Promise<void> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const { user_id } = user;
  const { origin, hostname } = location;
  const asked = await call('webauthn.startRegistration', { user_id, origin });
  const { response, rawId } = await startRegistration({
    optionsJSON: {
      rp: { name: 'Bailiwick', id: hostname },
      user: { id: urlBase64(btoa(user_id)), name: user.username, displayName: user.username },
      challenge: urlBase64(asked.challenge),
      pubKeyCredParams: asked.public_key_algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: asked.exclude_credentials.map((id) => ({ type: 'public-key', id: urlBase64(id) })),
      authenticatorSelection: { userVerification: 'discouraged' },
      timeout: Number.parseInt(asked.timeout, 10) * 1000,
    },
  });
  await call('webauthn.finishRegistration', {
    user_id,
    origin,
    ceremony_id: asked.ceremony_id,
    authenticator_name: name,
    raw_id: base64(rawId),
    client_data_json: base64(response.clientDataJSON),
    attestation_object: base64(response.attestationObject),
  });
}

/** The API has base 64 with its padding, browsers the one for URLs without (RFC 4648, sections 4 and 5). */
const urlBase64 = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const base64 = (text: string): string =>
  text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(Math.ceil(text.length / 4) * 4, '=');
