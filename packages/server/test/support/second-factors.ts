import { expect } from 'vitest';
import { oneTimePasswordAt } from '../../src/second-factors/one-time-passwords.ts';
import { keyFor } from './bearers.ts';
import type { Json, TestServer } from './server.ts';

/** One-time passwords in force. */
export interface OneTimePasswords {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
  /** A password that was not used yet: the time moves on to it. */
  next(): string;
}

/** Sets up one-time passwords as the user itself does, with a key of its own unless one is given. */
export async function setUpOneTimePasswords(
  server: TestServer,
  userId: string,
  key?: string,
): Promise<OneTimePasswords> {
  const own = key ?? (await keyFor(server, { user_id: userId }));
  const path = `/iam/v1alpha1/users/${userId}`;
  const done = async (rest: string, body: Json): Promise<Json> => {
    const answer = await server.call('POST', `${path}/${rest}`, { key: own, body });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  const { secret } = await done('mfa-otp', {});
  const next = () => {
    server.clock.advance(30);
    return oneTimePasswordAt(secret, server.clock.now());
  };
  const { recovery_codes: recoveryCodes } = await done('validate-mfa-otp', { one_time_password: next() });
  return { secret, recoveryCodes, next };
}
