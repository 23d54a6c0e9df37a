import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import type { BornOrganization } from '../src/organizations/create.ts';
import { auditEntries } from './support/audit.ts';
import { withSession } from './support/bearers.ts';
import { forbidden, forestalled, refusalOf, taken, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';
import { password, signInOn } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const noToken = forestalled(
  'unknown_precondition',
  'the token is unknown, was used, is too old, or its session has ended',
);

for (const database of databases()) {
  describe(`connections on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    interface Person {
      readonly id: string;
      readonly username: string;
      readonly jti: string;
      call(method: string, rest: string, body?: Json): ReturnType<typeof server.call>;
      connections(): Promise<Json[]>;
    }
    const signedIn = async (id: string, username: string, organization: string): Promise<Person> => {
      const attempt = await auth.begin(username, organization);
      const { token, jwt } = await auth.done('password', { attempt, password });
      const call: Person['call'] = (method, rest, body) =>
        server.call(method, `${iam}/users/${id}${rest}`, {
          ...withSession(token),
          ...(body !== undefined && { body }),
        });
      const connections = async () => (await call('GET', '/connections')).body.connections;
      return { id, username, jti: jwt.jti, call, connections };
    };
    let made = 0;
    const memberOf = async ({ organizationId, secretKey: key }: BornOrganization): Promise<Person> => {
      made += 1;
      const member = { username: `person-${made}`, email: `person-${made}@example.org`, password };
      const { body } = await server.call('POST', `${iam}/users`, { key, body: { member } });
      return signedIn(body.id, member.username, organizationId);
    };
    const tokenOf = async (person: Person): Promise<string> =>
      (await person.call('POST', '/initiate-connection', {})).body.token;
    const join = (person: Person, token: string) => person.call('POST', '/join-connection', { token });

    it('two users of one person in two organizations see each other until one ends it', async () => {
      const other = await server.anotherOrganization();
      const [here, there] = [await memberOf(server.organization), await memberOf(other)];
      const token = await tokenOf(here);
      expect(token).toMatch(/^bwcn_/);
      expect((await join(there, token)).status).toBe(204);
      const shown = ({ id, username }: Person, of: string) => ({
        organization: { id: of, name: 'another', locked: false },
        user: { id, username, type: 'member' },
      });
      expect(await here.connections()).toEqual([shown(there, other.organizationId)]);
      expect(await there.connections()).toEqual([shown(here, server.organization.organizationId)]);
      expect(refusalOf(await join(there, await tokenOf(here)))).toEqual(
        taken('connection', here.id, 'these users are connected already'),
      );
      const remove = (person: Person, target: Person) =>
        person.call('POST', '/remove-connection', { target_user_id: target.id });
      expect((await remove(here, there)).status).toBe(204);
      expect([await here.connections(), await there.connections()]).toEqual([[], []]);
      expect(refusalOf(await remove(there, here))).toEqual(unknown('connection', here.id));
      const operations = (await auditEntries(server)).map(({ operation }) => operation);
      expect(operations).toEqual(expect.arrayContaining(['connections.initiate', 'connections.remove']));
    });

    it('a token works once, for ten minutes, only the newest, while its session goes on, and not for its maker', async () => {
      const [one, two] = [await memberOf(server.organization), await memberOf(server.organization)];
      const former = await tokenOf(one);
      const newest = await tokenOf(one);
      expect(refusalOf(await join(two, former))).toEqual(noToken);
      for (const bad of ['x', `${newest}x`, newest.replace('bwcn', 'bwrt')])
        expect(refusalOf(await join(two, bad))).toEqual(noToken);
      expect(refusalOf(await join(one, newest))).toEqual(
        forestalled('unknown_precondition', 'nobody is connected to itself'),
      );
      expect((await join(two, newest)).status).toBe(204);
      expect(refusalOf(await join(two, newest))).toEqual(noToken);
      const three = await memberOf(server.organization);
      const late = await tokenOf(one);
      server.clock.advance(601);
      expect(refusalOf(await join(three, late))).toEqual(noToken);
      const ended = await tokenOf(one);
      await server.services.storage.db.deleteFrom('jwts').where('jti', '=', one.jti).execute();
      expect(refusalOf(await join(three, ended))).toEqual(noToken);
    });

    it('of a hundred that show one token at once, one is connected', async () => {
      const other = await server.anotherOrganization();
      const [here, ...people] = await Promise.all([
        memberOf(server.organization),
        ...Array.from({ length: 9 }, () => memberOf(server.organization)),
        memberOf(other),
      ]);
      const token = await tokenOf(here);
      const calls = Array.from({ length: 100 }, (_, number) => people[number % people.length]!);
      const answers = await Promise.all(calls.map((person) => join(person, token)));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(99);
      expect(await here.connections()).toHaveLength(1);
    });

    it('two that join each other at once are connected once', async () => {
      const other = await server.anotherOrganization();
      const [here, there] = [await memberOf(server.organization), await memberOf(other)];
      const [ours, theirs] = [await tokenOf(here), await tokenOf(there)];
      const answers = await Promise.all([join(here, theirs), join(there, ours)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
      expect([await here.connections(), await there.connections()]).toMatchObject([
        [{ user: { id: there.id } }],
        [{ user: { id: here.id } }],
      ]);
    });

    it('an API key stands for no person, nobody connects another, and the end of a user ends its connections', async () => {
      const [one, two] = [await memberOf(server.organization), await memberOf(server.organization)];
      const { ownerId } = server.organization;
      const session = forestalled(
        'unknown_precondition',
        'sign in: users are connected in a session, not with an API key',
      );
      const token = await tokenOf(one);
      const owner = `${iam}/users/${ownerId}`;
      expect(refusalOf(await server.call('POST', `${owner}/initiate-connection`, { body: {} }))).toEqual(session);
      expect(refusalOf(await server.call('POST', `${owner}/join-connection`, { body: { token } }))).toEqual(session);
      const foreign = await server.call('POST', `${iam}/users/${two.id}/join-connection`, { body: { token } });
      expect(refusalOf(foreign)).toEqual(forbidden(['create', 'self_connection']));
      expect((await join(two, token)).status).toBe(204);
      await server.call('DELETE', `${iam}/users/${one.id}`);
      expect(await two.connections()).toEqual([]);
    });
  });
}
