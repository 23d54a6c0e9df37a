import { expect } from 'vitest';
import { oneTimePasswordAt } from '../../packages/server/src/second-factors/one-time-passwords.ts';
import { callApi, type Json, type ServerProcess } from '../support/server-process.ts';
import { date, member, ownerOf, type Walks } from './expected.ts';
import { sdkInSession } from './sdk.ts';

/** Second factors, the time to set them up, and users of one person. */
export const people: Walks = {
  'one-time passwords': async ({ iam }) => {
    const { id: userId } = await ownerOf(iam);
    const { secret } = await iam.createUserMFAOTP({ userId });
    const oneTimePassword = oneTimePasswordAt(secret, Date.now() * 1000);
    const { recoveryCodes } = await iam.validateUserMFAOTP({ userId, oneTimePassword });
    expect(recoveryCodes).toHaveLength(10);
    expect(await iam.getUser({ userId })).toMatchObject({ mfa: true, twoFactorEnabled: true });
    expect(await iam.deleteUserMFAOTP({ userId })).toBeUndefined();
    expect(await iam.getUser({ userId })).toMatchObject({ mfa: false });
  },

  'grace periods': async ({ iam, server }) => {
    const { id: userId } = await member(iam, 'hurried');
    expect(await iam.listGracePeriods()).toEqual({ gracePeriods: [] });
    await iam.updateOrganizationSecuritySettings({ enforcePasswordRenewal: true });
    await signIn(server, 'hurried');
    const { gracePeriods } = await iam.listGracePeriods({ userId });
    expect(gracePeriods).toEqual([{ type: 'update_password', createdAt: date, expiresAt: date }]);
    await iam.updateOrganizationSecuritySettings({ enforcePasswordRenewal: false });
    expect(await iam.listGracePeriods({ userId })).toEqual({ gracePeriods: [] });
    await iam.deleteUser({ userId });
  },

  connections: async ({ iam, server, organizationId }) => {
    const owner = await ownerOf(iam);
    const { id: userId } = await member(iam, 'double');
    const double = sdkInSession(server, await signIn(server, 'double')).iam;
    const { token } = await double.initiateUserConnection({ userId });
    const session = await iam.createJWT({ userId: owner.id, referrer: '' });
    // With a key, the owner is nobody who has signed in.
    await expect(iam.joinUserConnection({ userId: owner.id, token })).rejects.toMatchObject({ status: 412 });
    const inSession = sdkInSession(server, session.token).iam;
    expect(await inSession.joinUserConnection({ userId: owner.id, token })).toBeUndefined();
    await expect(iam.initiateUserConnection({ userId: owner.id })).rejects.toMatchObject({ status: 412 });
    const { connections } = await iam.getUserConnections({ userId: owner.id });
    expect(connections).toEqual([
      {
        organization: { id: organizationId, name: expect.any(String), locked: false },
        user: { id: userId, username: 'double', type: 'member' },
      },
    ]);
    expect(await iam.removeUserConnection({ userId: owner.id, targetUserId: userId })).toBeUndefined();
    expect((await double.getUserConnections({ userId })).connections).toEqual([]);
    await iam.deleteUser({ userId });
  },
};

/** @returns the token of the session */
async function signIn(server: ServerProcess, username: string): Promise<string> {
  const step = async (name: string, body: Json): Promise<Json> =>
    (await callApi(server, 'POST', `/auth/v1/${name}`, body)).body;
  const { attempt } = await step('start', { organization: server.organizationId, username });
  const { token } = await step('password', { attempt, password: 'correct horse battery' });
  expect(token).toEqual(expect.any(String));
  return token;
}
