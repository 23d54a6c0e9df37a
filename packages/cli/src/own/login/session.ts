import type { Api } from '../../client/api.ts';
import { bareError } from '../../command-error.ts';
import type { JsonObject } from '../../output/result.ts';
import { isObject } from '../../output/result.ts';

/** A session that a sign-in has begun. */
export interface NewSession {
  readonly userId: string;
  readonly token: string;
  readonly renewToken: string;
}

/** @throws CommandError when the answer holds no session */
export function sessionOf(answer: JsonObject): NewSession {
  const { jwt, token, renew_token: renewToken } = answer;
  const userId = isObject(jwt) ? jwt.audience_id : undefined;
  if (typeof userId !== 'string' || typeof token !== 'string' || typeof renewToken !== 'string')
    throw bareError('the answer to the sign-in holds no session');
  return { userId, token, renewToken };
}

export const post = (api: Api, path: string, body: JsonObject): Promise<JsonObject> =>
  api.call({ method: 'POST', path, query: new URLSearchParams(), body });
