import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { sweepGracePeriods } from '../src/grace-periods/sweep.ts';
import { auditEntries } from './support/audit.ts';
import { keyFor, withSession } from './support/bearers.ts';
import { mailsOf } from './support/mail.ts';
import { refusalOf } from './support/refusals.ts';
import { setUpOneTimePasswords } from './support/second-factors.ts';
import { type Json, serverOn } from './support/server.ts';
import { password, refused, signInOn } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const [hour, day] = [3600, 86_400];

for (const database of databases()) {
  describe(`grace periods on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    const off = { enforce_mfa: false, enforce_password_renewal: false, grace_period_duration: '259200s' };
    beforeEach(async () => {
      await auth.forgetTries();
      await settle(off);
    });

    const settle = async (body: Json): Promise<Json> => {
      const { organizationId, secretKey: key } = server.organization;
      const path = `${iam}/organizations/${organizationId}/security-settings`;
      return (await server.call('PATCH', path, { key, body })).body;
    };
    const periodsOf = async (id: string): Promise<Json[]> =>
      (await server.call('GET', `${iam}/grace-periods?user_id=${id}`)).body.grace_periods;
    const typesOf = async (id: string) => (await periodsOf(id)).map(({ type }) => type);
    const sweep = () => sweepGracePeriods(server.services);
    const mailsTo = async (id: string) => {
      const { email } = await auth.userRow(id);
      return (await mailsOf(server)).filter(({ to }) => to === email);
    };
    const lockedOf = async (id: string) => (await auth.userRow(id)).locked === 1;
    const user = (id: string, method: string, rest: string, body?: Json, key = server.organization.secretKey) =>
      server.call(method, `${iam}/users/${id}${rest}`, { key, ...(body !== undefined && { body }) });

    it('enforcement shows only where it is on', async () => {
      expect(Object.keys(await settle({}))).not.toContain('enforce_mfa');
      expect(await settle({ enforce_mfa: true })).toMatchObject({ enforce_mfa: true });
      expect(Object.keys(await settle({ enforce_mfa: false }))).not.toContain('enforce_mfa');
    });

    it('a second factor has three days from the first sign-in, a mail a day before their end, and then the lock', async () => {
      await settle({ enforce_mfa: true });
      const { id, username } = await auth.member();
      expect(await periodsOf(id)).toEqual([]);
      const { token } = await auth.signIn(username);
      const [period] = await periodsOf(id);
      expect(period.type).toBe('set_mfa');
      expect(Date.parse(period.expires_at) - Date.parse(period.created_at)).toBe(3 * day * 1000);
      server.clock.advance(hour);
      await auth.signIn(username);
      expect(await periodsOf(id)).toEqual([period]);
      await sweep();
      expect(await mailsTo(id)).toEqual([]);
      server.clock.advance(2 * day - hour);
      await Promise.all([sweep(), sweep(), sweep()]);
      const reminders = await mailsTo(id);
      expect(reminders.map(({ kind }) => kind)).toEqual(['mfa_reminder']);
      expect(reminders[0]?.values).toEqual({
        name: username,
        until: period.expires_at,
        link: 'https://iam.example.org/auth/second-factors',
      });
      server.clock.advance(day - 60);
      await sweep();
      expect(await lockedOf(id)).toBe(false);
      server.clock.advance(60);
      await Promise.all([sweep(), sweep(), sweep()]);
      expect(await lockedOf(id)).toBe(true);
      expect((await mailsTo(id)).map(({ kind }) => kind)).toEqual(['mfa_reminder', 'locked']);
      expect((await server.call('GET', `${iam}/users/${id}`, withSession(token))).status).toBe(401);
      const attempt = await auth.begin(username);
      expect(refusalOf(await auth.call('password', { attempt, password }))).toEqual(refused);
      const last = (await auditEntries(server)).filter(({ operation }) => operation === 'gracePeriods.end');
      expect(last.filter(({ resource_id }) => resource_id === id)).toMatchObject([
        { bearer_type: 'platform', resource_type: 'user', action: 'updated', reason: 'grace_period_set_mfa' },
      ]);
      expect(await periodsOf(id)).toEqual([]);
    });

    it('an unlock begins it anew', async () => {
      await settle({ enforce_mfa: true });
      const { id, username } = await auth.member();
      await auth.signIn(username);
      server.clock.advance(3 * day);
      await sweep();
      expect(await lockedOf(id)).toBe(true);
      await user(id, 'POST', '/unlock', {});
      const [period] = await periodsOf(id);
      expect(Date.parse(period.expires_at)).toBeGreaterThan(server.clock.now() / 1000 + 2 * day * 1000);
      await sweep();
      expect(await lockedOf(id)).toBe(false);
    });

    it('a second factor ends it, its loss begins a new one, and who never signed in has none', async () => {
      const [one, never] = [await auth.member(), await auth.member()];
      await auth.signIn(one.username);
      await settle({ enforce_mfa: true });
      expect([await typesOf(one.id), await typesOf(never.id)]).toEqual([['set_mfa'], []]);
      await setUpOneTimePasswords(server, one.id);
      expect(await periodsOf(one.id)).toEqual([]);
      await user(one.id, 'DELETE', '/mfa-otp');
      expect(await typesOf(one.id)).toEqual(['set_mfa']);
      await settle({ enforce_mfa: false });
      expect(await periodsOf(one.id)).toEqual([]);
      server.clock.advance(30 * day);
      await sweep();
      expect(await lockedOf(one.id)).toBe(false);
    });

    it('the owner has one too, is reminded and never locked', async () => {
      const { ownerId } = server.organization;
      await auth.done('password', { attempt: await auth.begin('owner@example.org'), password });
      await settle({ enforce_mfa: true });
      expect(await typesOf(ownerId)).toEqual(['set_mfa']);
      const before = (await mailsTo(ownerId)).length;
      server.clock.advance(2 * day);
      await sweep();
      server.clock.advance(day);
      await sweep();
      expect(await lockedOf(ownerId)).toBe(false);
      expect((await mailsTo(ownerId)).slice(before).map(({ kind }) => kind)).toEqual(['mfa_reminder', 'mfa_reminder']);
    });

    it('the owner is told when second factors are no longer wanted, and who decided that', async () => {
      const { ownerId } = server.organization;
      await settle({ enforce_mfa: true });
      const before = (await mailsTo(ownerId)).length;
      await settle({ enforce_mfa: true });
      await settle({ enforce_mfa: false });
      await settle({ enforce_mfa: false });
      const told = (await mailsTo(ownerId)).slice(before);
      expect(told.map(({ kind, values }) => [kind, values.by])).toEqual([['mfa_not_enforced', 'owner@example.org']]);
    });

    it('a password that somebody else chose is renewed in time, or the member is locked', async () => {
      await settle({ enforce_password_renewal: true, grace_period_duration: '3600s' });
      const [good, late, mailed] = [await auth.member(), await auth.member(), await auth.member()];
      for (const { username } of [good, late, mailed]) await auth.signIn(username);
      expect(await typesOf(good.id)).toEqual(['update_password']);
      const key = await keyFor(server, { user_id: good.id });
      const next = { password: 'another long password' };
      expect((await user(good.id, 'POST', '/update-password', next, key)).status).toBe(200);
      expect(await periodsOf(good.id)).toEqual([]);
      await auth.done('recover', { organization: server.organization.organizationId, username: mailed.username });
      const token = new URL((await mailsTo(mailed.id)).at(-1)?.values.link ?? '').searchParams.get('token');
      await auth.done('set-password', { token, ...next });
      expect(await periodsOf(mailed.id)).toEqual([]);
      server.clock.advance(hour);
      await sweep();
      expect([await lockedOf(good.id), await lockedOf(mailed.id), await lockedOf(late.id)]).toEqual([
        false,
        false,
        true,
      ]);
      // One that an administrator chooses is to be renewed again.
      await user(good.id, 'POST', '/update-password', { password: 'a third long password' });
      await auth.signIn(good.username, 'a third long password');
      expect(await typesOf(good.id)).toEqual(['update_password']);
    });

    it('both run side by side, and each ends by itself', async () => {
      await settle({ enforce_password_renewal: true, enforce_mfa: true });
      const { id, username } = await auth.member();
      await auth.signIn(username);
      expect(await typesOf(id)).toEqual(['set_mfa', 'update_password']);
      await setUpOneTimePasswords(server, id);
      expect(await typesOf(id)).toEqual(['update_password']);
    });

    it('one lists its own without naming itself; others need the right', async () => {
      await settle({ enforce_mfa: true });
      const { id, username } = await auth.member();
      await auth.signIn(username);
      const key = await keyFor(server, { user_id: id });
      const own = await server.call('GET', `${iam}/grace-periods`, { key });
      expect(own.body.grace_periods).toEqual(await periodsOf(id));
      expect(
        (await server.call('GET', `${iam}/grace-periods?user_id=${server.organization.ownerId}`, { key })).status,
      ).toBe(403);
      const { secretKey } = await server.anotherOrganization();
      expect((await server.call('GET', `${iam}/grace-periods?user_id=${id}`, { key: secretKey })).status).toBe(404);
    });

    it('the job of a server that starts again finds what ended meanwhile', async () => {
      await settle({ enforce_mfa: true, grace_period_duration: '3600s' });
      const members = await Promise.all(Array.from({ length: 5 }, () => auth.member()));
      for (const { username } of members) await auth.signIn(username);
      server.clock.advance(hour);
      const stopping = new AbortController();
      stopping.abort();
      await sweepGracePeriods(server.services, stopping.signal);
      for (const { id } of members) expect(await lockedOf(id)).toBe(false);
      await sweep();
      for (const { id } of members) expect(await lockedOf(id)).toBe(true);
    });
  });
}
