import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { itIsGuarded } from './support/guard.ts';
import { expectRefused, overQuota, taken, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const microsecondsOf = (text: string) => Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26));
const day = 86_400_000_000;

for (const database of databases()) {
  describe(`scim on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let path: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      path = `${iam}/organizations/${organization}/scim`;
    });

    const ask = async (method: string, at: string, body?: Json): Promise<Json> => {
      const answer = await server.call(method, at, body === undefined ? {} : { body });
      expect(answer.status, `${method} ${at}: ${answer.text}`).toBeLessThan(300);
      return answer.body;
    };
    const enable = () => ask('POST', path, {});
    const end = ({ id }: Json) => ask('DELETE', `${iam}/scim/${id}`);
    const tokensOf = ({ id }: Json) => `${iam}/scim/${id}/tokens`;

    it('is not there until it is enabled, and only once', async () => {
      await expectRefused(server, ['GET', path], unknown('organization_scim', organization));
      const scim = await enable();
      expect(scim).toEqual({ id: expect.any(String), created_at: expect.any(String) });
      expect(await ask('GET', path)).toEqual(scim);
      const held = taken('organization_scim', organization, 'SCIM is enabled already');
      await expectRefused(server, ['POST', path, { body: {} }], held);
      await end(scim);
      await expectRefused(server, ['GET', path], unknown('organization_scim', organization));
      await expectRefused(server, ['DELETE', `${iam}/scim/${scim.id}`], unknown('scim', scim.id));
      for (const method of ['GET', 'POST'])
        await expectRefused(server, [method, tokensOf(scim)], unknown('scim', scim.id));
    });

    it('a token is shown once, and good for a year', async () => {
      const scim = await enable();
      expect(await ask('GET', tokensOf(scim))).toEqual({ scim_tokens: [], total_count: 0 });
      const { token, bearer_token, ...rest } = await ask('POST', tokensOf(scim));
      expect(rest).toEqual({});
      expect(token).toEqual({
        id: expect.any(String),
        scim_id: scim.id,
        created_at: expect.any(String),
        expires_at: expect.any(String),
      });
      const [named, secret] = bearer_token.split('.');
      expect(named).toHaveLength(48);
      expect(Buffer.from(named, 'base64').toString()).toBe(token.id);
      expect(secret).toMatch(/^[\w-]{72}$/);
      const year = microsecondsOf(token.expires_at) - microsecondsOf(token.created_at);
      // The end is reckoned from before the change, and a year has a day more now and then.
      expect(year).toBeLessThan(366 * day);
      expect(year).toBeGreaterThan(365 * day - 60_000_000);
      const listed = await server.call('GET', tokensOf(scim));
      expect(listed.body).toEqual({ scim_tokens: [token], total_count: 1 });
      expect(listed.text).not.toContain(secret);
      await ask('DELETE', `${iam}/scim-tokens/${token.id}`);
      await expectRefused(server, ['DELETE', `${iam}/scim-tokens/${token.id}`], unknown('scim_token', token.id));
      await end(scim);
    });

    it('has at most two tokens that have not ended, listed in their order', async () => {
      const scim = await enable();
      const made = [await ask('POST', tokensOf(scim)), await ask('POST', tokensOf(scim))].map(({ token }) => token);
      await expectRefused(server, ['POST', tokensOf(scim)], overQuota('scim_token', 2, organization));
      const listed = async (query: string) => (await ask('GET', `${tokensOf(scim)}?${query}`)).scim_tokens;
      expect(await listed('')).toEqual(made);
      expect(await listed('order_by=created_at_desc')).toEqual(made.toReversed());
      expect(await listed('page=2&page_size=1')).toEqual(made.slice(1));
      await ask('DELETE', `${iam}/scim-tokens/${made[0].id}`);
      await ask('POST', tokensOf(scim));
      server.clock.advance(366 * 86_400);
      const renewed = await ask('POST', tokensOf(scim));
      expect((await listed('')).at(-1)).toEqual(renewed.token);
      await end(scim);
      await expectRefused(
        server,
        ['DELETE', `${iam}/scim-tokens/${renewed.token.id}`],
        unknown('scim_token', renewed.token.id),
      );
    });

    it('of another organization is not there, whoever asks', async () => {
      const foreign = { key: (await server.anotherOrganization()).secretKey };
      const scim = await enable();
      await expectRefused(server, ['DELETE', `${iam}/scim/${scim.id}`, foreign], unknown('scim', scim.id));
      await expectRefused(server, ['POST', tokensOf(scim), foreign], unknown('scim', scim.id));
      await end(scim);
    });

    const configuration = async () =>
      (await server.call('POST', path, { body: {} })).body.id ?? (await ask('GET', path)).id;
    // Whoever may do nothing is told so before the organization in the path is looked at.
    const own = `${iam}/organizations/{id}/scim`;
    itIsGuarded('scim', () => server, configuration, {
      'scim.get': [`GET ${own}`, 'read scim'],
      'scim.enable': [`POST ${own}`, 'create scim', {}],
      'scim.delete': [`DELETE ${iam}/scim/{id}`, 'delete scim'],
    });
    itIsGuarded('scimTokens', () => server, configuration, {
      'scimTokens.list': [`GET ${iam}/scim/{id}/tokens`, 'list scim_token'],
      'scimTokens.create': [`POST ${iam}/scim/{id}/tokens`, 'create scim_token'],
      'scimTokens.delete': [`DELETE ${iam}/scim-tokens/{id}`, 'delete scim_token'],
    });
  });
}
