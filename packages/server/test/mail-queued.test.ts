import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { announceEndingKeys } from '../src/api-keys/expiry-notices.ts';
import { queuedMail } from './support/mailing.ts';
import { type Json, serverOn } from './support/server.ts';

const day = 86_400;
const signInUrl = (id: string) => `https://iam.example.org/auth/sign-in?organization_id=${id}`;

for (const database of databases()) {
  describe(`mail of users on ${database.name}`, () => {
    const server = serverOn(database);
    let members = 0;
    beforeEach(async () => {
      await server.services.storage.db.deleteFrom('outbox').execute();
    });

    const createMember = async (member: Json, key?: string): Promise<Json> => {
      members += 1;
      const body = { member: { email: 'ada@example.org', username: `ada${members}`, ...member } };
      const options = { body, ...(key !== undefined && { key }) };
      const answer = await server.call('POST', '/iam/v1alpha1/users', options);
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    };

    it('a member gets a welcome when it is asked for, by name, with a link to the own organization', async () => {
      const names = { first_name: 'Ada', last_name: 'Lovelace', locale: 'fr_FR' };
      await createMember({ send_welcome_email: true, password: 'correct horse battery staple', ...names });
      const { organizationId } = server.organization;
      expect(await queuedMail(server.services)).toEqual([
        {
          kind: 'welcome',
          to: 'ada@example.org',
          locale: 'fr_FR',
          values: { name: 'Ada Lovelace', organization: 'another', signInUrl: signInUrl(organizationId) },
        },
      ]);
    });

    it('a password is mailed apart, when it was given and asked for, and stands nowhere else', async () => {
      const password = 'correct horse battery staple';
      const { username } = await createMember({ send_welcome_email: true, send_password_email: true, password });
      const mails = await queuedMail(server.services);
      expect(mails.map(({ kind }) => kind)).toEqual(['password', 'welcome']);
      expect(mails[0]?.values).toMatchObject({ username, password, organization: 'another' });
      expect(JSON.stringify(mails[1])).not.toContain(password);
      const rows = await server.services.storage.db.selectFrom('outbox').selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(password);
    });

    it('a member without a password is welcomed by the link to choose one, and by nothing else', async () => {
      await createMember({ send_welcome_email: true, send_password_email: true });
      expect((await queuedMail(server.services)).map(({ kind }) => kind)).toEqual(['activation']);
    });

    for (const asked of [
      {},
      { send_welcome_email: false, send_password_email: false },
      { send_password_email: true },
      { send_password_email: true, password: '' },
      { password: 'correct horse battery staple' },
    ]) {
      it(`a member made with ${JSON.stringify(asked)} gets no welcome and no password`, async () => {
        await createMember(asked);
        const kinds = (await queuedMail(server.services)).map(({ kind }) => kind);
        expect(kinds).not.toContain('welcome');
        expect(kinds).not.toContain('password');
      });
    }

    it('a member that is refused gets no mail', async () => {
      const { username } = await createMember({});
      const body = { member: { email: 'ada@example.org', username, send_welcome_email: true } };
      expect((await server.call('POST', '/iam/v1alpha1/users', { body })).status).toBe(409);
      expect(await queuedMail(server.services)).toEqual([]);
    });

    it('a member that is locked is told, once', async () => {
      const { id, username } = await createMember({});
      for (const _ of [1, 2]) await server.call('POST', `/iam/v1alpha1/users/${id}/lock`, { body: {} });
      expect(await queuedMail(server.services)).toEqual([
        {
          kind: 'locked',
          to: 'ada@example.org',
          locale: 'en_US',
          values: { name: username, reason: 'an administrator has locked it' },
        },
      ]);
    });

    describe('about keys that end', () => {
      const createKey = async (seconds: number, bearer: Json): Promise<string> => {
        const expires_at = new Date(server.clock.now() / 1000 + seconds * 1000).toISOString();
        const body = { ...bearer, expires_at, description: 'nightly backup' };
        const answer = await server.call('POST', '/iam/v1alpha1/api-keys', { body });
        expect(answer.status, answer.text).toBe(200);
        return answer.body.access_key;
      };
      const ofApplication = async (): Promise<Json> => {
        members += 1;
        const { body } = await server.call('POST', '/iam/v1alpha1/applications', { body: { name: `web${members}` } });
        return { application_id: body.id };
      };
      const told = async () =>
        (await queuedMail(server.services)).map(({ kind, to, values }) => [kind, to, values.accessKey]);

      it('the user of a key, and the owner for an application, are told once, a week before', async () => {
        const { organizationId, ownerId } = await born();
        const ofUser = await createKey(30 * day, { user_id: ownerId });
        const ofProgram = await createKey(30 * day + 60, await ofApplication());
        expect(organizationId).not.toBe('');
        server.clock.advance(23 * day - 60);
        await announceEndingKeys(server.services);
        expect(await told()).toEqual([]);
        server.clock.advance(120);
        await announceEndingKeys(server.services);
        await announceEndingKeys(server.services);
        expect((await told()).sort()).toEqual(
          [
            ['key_expiry', 'owner@example.org', ofUser],
            ['key_expiry', 'owner@example.org', ofProgram],
          ].sort(),
        );
        const [first] = await queuedMail(server.services);
        expect(first?.values).toMatchObject({ description: 'nightly backup' });
        expect(first?.values.endsAt).toMatch(/^2030-02-01T/);
      });

      it('servers that look at once tell once', async () => {
        await createKey(8 * day, await ofApplication());
        server.clock.advance(2 * day);
        await Promise.all(Array.from({ length: 8 }, () => announceEndingKeys(server.services)));
        expect(await told()).toHaveLength(1);
      });

      it('a key of less than a week, one that has ended and one without an end bring no mail', async () => {
        await createKey(7 * day - 60, await ofApplication());
        await announceEndingKeys(server.services);
        await createKey(8 * day, await ofApplication());
        server.clock.advance(9 * day);
        await announceEndingKeys(server.services);
        expect(await told()).toEqual([]);
      });

      it('a notice that the database lost is not lost: both are kept, or neither', async () => {
        await createKey(8 * day, await ofApplication());
        server.clock.advance(2 * day);
        const secrets = {
          ...server.services.secrets,
          seal: () => {
            throw new Error('killed');
          },
        };
        await expect(announceEndingKeys({ ...server.services, secrets })).rejects.toThrow('killed');
        expect(await told()).toEqual([]);
        await announceEndingKeys(server.services);
        expect(await told()).toHaveLength(1);
      });

      const born = async () => {
        const { organizationId } = server.organization;
        const { id } = await server.services.storage.db
          .selectFrom('users')
          .select('id')
          .where('organization_id', '=', organizationId)
          .where('type', '=', 'owner')
          .executeTakeFirstOrThrow();
        return { organizationId, ownerId: id };
      };
    });
  });
}
