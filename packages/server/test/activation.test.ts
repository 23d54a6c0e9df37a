import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createMember } from './support/bearers.ts';
import { lastMail, mailsOf } from './support/mail.ts';
import { help, invalid, refusalOf, unauthenticated } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';
import { password, refused, signInOn } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const common = 'the password is one of the most common ones: choose another';

for (const database of databases()) {
  describe(`first passwords on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const tokenOfLastMail = async () => {
      const mail = await lastMail(server);
      expect(mail.kind).toBe('activation');
      return new URL(mail.values.link ?? '').searchParams.get('token') ?? '';
    };

    it('somebody invited by address gets a link, sets a password and signs in', async () => {
      const invited = await create(server, `${iam}/users`, { email: 'ada@example.org' });
      expect(invited.status).toBe('invitation_pending');
      const mail = await lastMail(server);
      expect(mail).toMatchObject({ kind: 'activation', to: 'ada@example.org', locale: 'en_US' });
      expect(mail.values).toMatchObject({
        link: expect.stringMatching(/^https:\/\/iam\.example\.org\/auth\/activate\?token=bwac_/),
        username: 'ada@example.org',
        organization: 'another',
      });
      const before = await auth.call('password', { attempt: await auth.begin('ada@example.org'), password });
      expect(refusalOf(before)).toEqual(refused);
      await auth.done('set-password', { token: await tokenOfLastMail(), password });
      expect((await auth.signIn('ada@example.org')).jwt.audience_id).toBe(invited.id);
      expect((await server.call('GET', `${iam}/users/${invited.id}`)).body.status).toBe('activated');
    });

    it('a member without a password gets a link with its welcome, others none', async () => {
      const before = (await mailsOf(server)).length;
      await createMember(server);
      await createMember(server, { password, send_welcome_email: true });
      expect((await mailsOf(server)).filter(({ kind }) => kind === 'activation').length).toBe(before);
      const { username } = await createMember(server, { send_welcome_email: true });
      await auth.done('set-password', { token: await tokenOfLastMail(), password });
      expect((await auth.signIn(username)).status).toBe('signed_in');
    });

    it('the link works for seven days', async () => {
      await createMember(server, { send_welcome_email: true });
      const token = await tokenOfLastMail();
      server.clock.advance(604_801);
      expect(refusalOf(await auth.call('set-password', { token, password }))).toEqual(
        unauthenticated('unknown_method', 'expired'),
      );
    });

    it('short, common and own names are refused as passwords wherever one is set, and the link stays', async () => {
      const { id, email } = await createMember(server, { username: 'ada.lovelace', email: 'lovelace@example.org' });
      await createMember(server, { username: 'grace.hopper', email: 'hopper@example.org', send_welcome_email: true });
      const token = await tokenOfLastMail();
      const wrong: readonly (readonly [string, string])[] = [
        ['eleven chars', ''],
        ['short', help.atLeast(12)],
        ['elevenchars', help.atLeast(12)],
        ['😀'.repeat(11), help.atLeast(12)],
        ['motherfucker', common],
        ['MotherFucker', common],
        ['password1234', common],
        ['!!Password!!2030', common],
        ['123456654321', common],
      ];
      for (const [shown, why] of wrong.slice(1)) {
        const member = { username: 'katherine', email: 'katherine@example.org', password: shown };
        const created = await server.call('POST', `${iam}/users`, { body: { member } });
        expect(refusalOf(created), shown).toEqual(invalid(['member.password', 'constraint', why]));
        const requests: readonly (readonly [string, Json])[] = [
          [`${iam}/users/${id}/update-password`, { password: shown }],
          ['/auth/v1/set-password', { token, password: shown }],
        ];
        for (const [path, body] of requests)
          expect(refusalOf(await server.call('POST', path, { body })), shown).toEqual(
            invalid(['password', 'constraint', why]),
          );
      }
      for (const shown of ['Ada.Lovelace', email.toUpperCase()])
        expect(
          refusalOf(await server.call('POST', `${iam}/users/${id}/update-password`, { body: { password: shown } })),
        ).toEqual(invalid(['password', 'constraint', 'the password must not be the name it is for']));
      await auth.done('set-password', { token, password: 'eleven chars' });
    });
  });
}
