import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createMember, keyFor } from './support/bearers.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`giving on ${database.name}`, () => {
    const quotas = {
      iam_policies: null,
      iam_applications: null,
      iam_api_keys: null,
      iam_users: null,
      iam_groups: null,
    };
    const server = serverOn(database, { quotas });
    let organization: string;
    /** Holds the rights to manage identities and policies, and to see billing; nothing else. */
    let manager: { readonly id: string; readonly key: string };
    /** Things that hold more: all products. */
    let strong: {
      readonly group: string;
      readonly application: string;
      readonly member: string;
      readonly policy: string;
    };

    const rule = (set: string, condition = ''): Json => ({
      permission_set_names: [set],
      condition,
      organization_id: organization,
    });
    const setting = (no_escalation: boolean, key?: string) =>
      server.call('PATCH', `${iam}/organizations/${organization}/security-settings`, {
        body: { no_escalation },
        ...(key !== undefined && { key }),
      });

    beforeAll(async () => {
      organization = server.organization.organizationId;
      const member = await createMember(server);
      const sets = ['IAMUserManager', 'IAMGroupManager', 'IAMApplicationManager', 'IAMPolicyManager'];
      const rules = [
        ...sets.map((set) => rule(set)),
        rule('SSHKeysReadOnly'),
        rule('SSHKeysFullAccess', 'request.user_agent == "ok"'),
      ];
      await create(server, `${iam}/policies`, { name: 'manager', user_id: member.id, rules });
      await create(server, `${iam}/policies`, {
        name: 'settings',
        user_id: member.id,
        rules: [rule('IAMManager', 'resource.name == "none"')],
      });
      manager = { id: member.id, key: await keyFor(server, { user_id: member.id }) };
      const group = await create(server, `${iam}/groups`, { name: 'strong', organization_id: organization });
      await create(server, `${iam}/policies`, {
        name: 'strong',
        group_id: group.id,
        rules: [rule('AllProductsFullAccess')],
      });
      const application = await createApplication(server);
      const powerful = await createMember(server);
      await server.call('PUT', `${iam}/groups/${group.id}/members`, {
        body: { user_ids: [powerful.id], application_ids: [application.id] },
      });
      const policy = await create(server, `${iam}/policies`, { name: 'loose', rules: [rule('AllProductsFullAccess')] });
      strong = { group: group.id, application: application.id, member: powerful.id, policy: policy.id };
    });

    /** Ways to more than the manager holds. */
    const attacks: readonly (readonly [string, () => readonly [string, string, Json]])[] = [
      [
        'a policy for itself',
        () => ['POST', '/policies', { name: 'x', user_id: manager.id, rules: [rule('AllProductsFullAccess')] }],
      ],
      ['a policy for nobody yet', () => ['POST', '/policies', { name: 'x', rules: [rule('IAMManager')] }]],
      [
        'the condition of a right taken away',
        () => ['POST', '/policies', { name: 'x', rules: [rule('SSHKeysFullAccess')] }],
      ],
      [
        'a condition of its own',
        () => ['POST', '/policies', { name: 'x', rules: [rule('SSHKeysFullAccess', 'true')] }],
      ],
      ['other rules for a policy', () => ['PUT', '/rules', { policy_id: strong.policy, rules: [rule('IAMManager')] }]],
      ['a policy that lies about', () => ['PATCH', `/policies/${strong.policy}`, { user_id: manager.id }]],
      ['membership for itself', () => ['POST', `/groups/${strong.group}/add-member`, { user_id: manager.id }]],
      [
        'membership for many',
        () => ['POST', `/groups/${strong.group}/add-members`, { user_ids: [manager.id], application_ids: [] }],
      ],
      [
        'membership by setting it',
        () => ['PUT', `/groups/${strong.group}/members`, { user_ids: [manager.id], application_ids: [] }],
      ],
      ['a key of an application that may more', () => ['POST', '/api-keys', { application_id: strong.application }]],
      [
        'the password of a user who may more',
        () => ['POST', `/users/${strong.member}/update-password`, { password: 'correct horse battery' }],
      ],
      ['the address of a user who may more', () => ['PATCH', `/users/${strong.member}`, { email: 'mine@example.org' }]],
    ];
    const attempt = (method: string, path: string, body: Json) =>
      server.call(method, `${iam}${path}`, { key: manager.key, body });

    for (const [what, attack] of attacks) {
      it(`an organization without escalation refuses ${what}, and keeps nothing of it`, async () => {
        expect((await setting(true)).body.no_escalation).toBe(true);
        const { revision } = await state();
        const answer = await attempt(...attack());
        expect(answer.status, answer.text).toBe(403);
        expect(answer.body.type).toBe('permissions_denied');
        expect(answer.body.details.length).toBeGreaterThan(0);
        expect((await state()).revision).toBe(revision);
      });
    }

    it('an organization without escalation lets everybody give what they hold', async () => {
      await setting(true);
      const application = await createApplication(server);
      const allowed: readonly (readonly [string, string, Json])[] = [
        [
          'POST',
          '/policies',
          { name: 'fine', application_id: application.id, rules: [rule('IAMUserReadOnly'), rule('SSHKeysReadOnly')] },
        ],
        [
          'POST',
          '/policies',
          { name: 'same condition', rules: [rule('SSHKeysFullAccess', 'request.user_agent == "ok"')] },
        ],
        ['POST', '/api-keys', { application_id: application.id }],
        [
          'POST',
          '/users',
          {
            member: { username: 'newcomer', email: 'n@example.org', password: 'correct horse battery' },
            organization_id: organization,
          },
        ],
        ['PUT', `/groups/${strong.group}/members`, { user_ids: [], application_ids: [] }],
      ];
      for (const call of allowed) {
        const answer = await attempt(...call);
        expect(answer.status, answer.text).toBe(200);
      }
      await server.call('PUT', `${iam}/groups/${strong.group}/members`, {
        body: { user_ids: [strong.member], application_ids: [strong.application] },
      });
    });

    it('a new user is as much as all users are', async () => {
      await setting(true);
      const groups = (await server.call('GET', `${iam}/groups?page_size=100`)).body.groups;
      const everybody = groups.find((group: Json) => group.all_users).id;
      const body = {
        name: 'everybody',
        group_id: everybody,
        rules: [rule('BillingReadOnly'), rule('OrganizationReadOnly')],
      };
      const policy = await create(server, `${iam}/policies`, body);
      const member = { username: 'puppet', email: 'p@example.org', password: 'correct horse battery' };
      // The manager is a user too, so it holds all that every user has.
      expect((await attempt('POST', '/users', { member, organization_id: organization })).status).toBe(200);
      const { id } = await createApplication(server);
      await create(server, `${iam}/policies`, { name: 'x', application_id: id, rules: [rule('IAMUserManager')] });
      const key = await keyFor(server, { application_id: id });
      const again = { member: { ...member, username: 'puppet-2' }, organization_id: organization };
      expect((await server.call('POST', `${iam}/users`, { key, body: again })).status).toBe(403);
      await server.call('DELETE', `${iam}/policies/${policy.id}`);
      expect((await server.call('POST', `${iam}/users`, { key, body: again })).status).toBe(200);
    });

    it('only the owner turns it on or off', async () => {
      await setting(true);
      const { id } = await createApplication(server);
      await create(server, `${iam}/policies`, { name: 'x', application_id: id, rules: [rule('OrganizationManager')] });
      const key = await keyFor(server, { application_id: id });
      const answer = await setting(false, key);
      expect([answer.status, answer.body.details]).toEqual([403, [{ action: 'write', resource: 'security_settings' }]]);
    });

    it('without the setting everything is as the reference has it, and the answer does not show it', async () => {
      const { body } = await setting(false);
      expect('no_escalation' in body).toBe(false);
      for (const [what, attack] of attacks) {
        const answer = await attempt(...attack());
        expect(answer.status, what).toBe(200);
      }
    });

    it('nobody sets the password or the address of the owner but the owner', async () => {
      await setting(false);
      const owner = `/users/${server.organization.ownerId}`;
      for (const [method, path, body] of [
        ['POST', `${owner}/update-password`, { password: 'correct horse battery' }],
        ['PATCH', owner, { email: 'mine@example.org' }],
      ] as const) {
        const answer = await attempt(method, path, body);
        expect([answer.status, answer.body]).toEqual([
          412,
          {
            help_message: 'only the owner changes how the owner signs in',
            message: 'precondition is not respected',
            precondition: 'protected_resource',
            type: 'precondition_failed',
          },
        ]);
      }
    });

    const state = async () => {
      const { decisions } = server.services;
      return { revision: decisions.revision(organization) };
    };
  });
}
