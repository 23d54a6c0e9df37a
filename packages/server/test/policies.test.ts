import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { type Json, serverOn } from './support/server.ts';

const policiesPath = '/iam/v1alpha1/policies';
const rulesPath = '/iam/v1alpha1/rules';

for (const database of databases()) {
  describe(`policies on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_policies: 1000 } });
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    const create = async (body: Json = {}): Promise<Json> => {
      const answer = await server.call('POST', policiesPath, { body: { name: 'readers', ...body } });
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    };
    const rulesOf = async (id: string): Promise<Json[]> =>
      (await server.call('GET', `${rulesPath}?policy_id=${id}`)).body.rules;

    it('the answer that creates a policy counts nothing, the next one counts its rules', async () => {
      const rules = [
        { permission_set_names: ['IAMReadOnly', 'ProjectReadOnly'], organization_id: organization },
        { permission_set_names: ['AllProductsReadOnly'], organization_id: organization },
        { permission_set_names: ['AllProductsFullAccess'], condition: '1 == 1', project_ids: [organization] },
      ];
      const policy = await create({ rules });
      expect([policy.nb_rules, policy.nb_scopes, policy.nb_permission_sets, policy.no_principal]).toEqual([
        0,
        0,
        0,
        true,
      ]);
      const { body } = await server.call('GET', `${policiesPath}/${policy.id}`);
      expect([body.nb_rules, body.nb_scopes, body.nb_permission_sets]).toEqual([3, 3, 4]);
    });

    it('rules that reach the same place with sets of one scope type count one scope', async () => {
      const rules = ['ContainerRegistryReadOnly', 'AllProductsFullAccess'].map((name) => ({
        permission_set_names: [name],
        organization_id: organization,
      }));
      const policy = await create({ rules });
      const { body } = await server.call('GET', `${policiesPath}/${policy.id}`);
      expect([body.nb_rules, body.nb_scopes, body.nb_permission_sets]).toEqual([2, 1, 2]);
    });

    it('rules keep their order and content, and replacing them gives every one a new id', async () => {
      const specifications = [
        { permission_set_names: ['IAMManager'], condition: '', organization_id: organization },
        {
          permission_set_names: ['VPCReadOnly', 'IPAMReadOnly'],
          condition: 'request.user_agent == "x"',
          project_ids: [organization],
        },
      ];
      const policy = await create({ rules: specifications });
      const before = await rulesOf(policy.id);
      const { status, body } = await server.call('PUT', rulesPath, {
        body: { policy_id: policy.id, rules: specifications },
      });
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['rules']);
      expect(body.rules.map(({ id, permission_sets_scope_type, ...rule }: Json) => rule)).toEqual(specifications);
      expect(body.rules.map((rule: Json) => rule.permission_sets_scope_type)).toEqual(['organization', 'projects']);
      expect(Object.keys(body.rules[1])).toEqual([
        'id',
        'permission_set_names',
        'permission_sets_scope_type',
        'condition',
        'project_ids',
      ]);
      for (const rule of before) expect(body.rules.map(({ id }: Json) => id)).not.toContain(rule.id);
    });

    it('replacing rules moves updated_at, changing the policy does not', async () => {
      const policy = await create();
      const patched = await server.call('PATCH', `${policiesPath}/${policy.id}`, {
        body: { tags: ['a'], description: 'b' },
      });
      expect(patched.body.updated_at).toBe(policy.updated_at);
      await server.call('PUT', rulesPath, { body: { policy_id: policy.id, rules: [] } });
      const { body } = await server.call('GET', `${policiesPath}/${policy.id}`);
      expect(body.updated_at > policy.updated_at).toBe(true);
    });

    it('setting a principal replaces the former one', async () => {
      const application = (await server.call('POST', '/iam/v1alpha1/applications', { body: { name: 'web' } })).body.id;
      const group = (
        await server.call('POST', '/iam/v1alpha1/groups', { body: { name: 'ops', organization_id: organization } })
      ).body.id;
      const policy = await create({ application_id: application });
      expect(policy.application_id).toBe(application);
      expect('no_principal' in policy).toBe(false);
      const grouped = await server.call('PATCH', `${policiesPath}/${policy.id}`, { body: { group_id: group } });
      expect([grouped.body.group_id, grouped.body.application_id]).toEqual([group, undefined]);
      const detached = await server.call('PATCH', `${policiesPath}/${policy.id}`, { body: { no_principal: true } });
      expect([detached.body.no_principal, detached.body.group_id]).toEqual([true, undefined]);
    });

    it('a deleted principal leaves its policies attached to nobody', async () => {
      const application = (await server.call('POST', '/iam/v1alpha1/applications', { body: { name: 'gone' } })).body.id;
      const policy = await create({ application_id: application });
      expect((await server.call('DELETE', `/iam/v1alpha1/applications/${application}`)).status).toBe(204);
      const { body } = await server.call('GET', `${policiesPath}/${policy.id}`);
      expect(body.no_principal).toBe(true);
    });

    it('a clone has the rules, no tags, nobody attached and a name that fits', async () => {
      const name = 'n'.repeat(64);
      const rules = [{ permission_set_names: ['IAMManager'], condition: '1 == 1', organization_id: organization }];
      const policy = await create({ name, tags: ['a'], rules, user_id: server.organization.ownerId });
      const { body: copy } = await server.call('POST', `${policiesPath}/${policy.id}/clone`, { body: {} });
      expect(copy.name).toBe(`Copy of ${name}`.slice(0, 64));
      expect([copy.tags, copy.no_principal, copy.nb_rules]).toEqual([[], true, 0]);
      const [copied] = await rulesOf(copy.id);
      const [original] = await rulesOf(policy.id);
      expect({ ...copied, id: '' }).toEqual({ ...original, id: '' });
      expect(copied.id).not.toBe(original.id);
    });

    it('a default organization has its groups and policies', async () => {
      const { body } = await server.call('GET', `${policiesPath}?page_size=100`);
      const counted = (name: string) => {
        const policy = body.policies.find((each: Json) => each.name === name);
        return [policy.nb_rules, policy.nb_scopes, policy.nb_permission_sets, policy.editable, policy.managed];
      };
      expect(counted('Group - Editors')).toEqual([2, 2, 4, true, false]);
      expect(counted('Group - Billing Administrators')).toEqual([1, 1, 2, true, false]);
      expect(counted('Group - Administrators')).toEqual([2, 2, 2, true, false]);
    });

    const refusals: readonly (readonly [string, () => Json, Json])[] = [
      [
        'a rule without a scope',
        () => ({ rules: [{ permission_set_names: ['IAMManager'] }] }),
        {
          argument_name: 'rules[0]',
          reason: 'format',
          help_message: expect.stringContaining('embedded message failed validation'),
        },
      ],
      [
        'a rule with two scopes',
        () => ({
          rules: [{ permission_set_names: ['IAMManager'], project_ids: [organization], organization_id: organization }],
        }),
        { argument_name: 'rules[0]', reason: 'format', help_message: expect.any(String) },
      ],
      [
        'sets of different scope types in one rule',
        () => ({
          rules: [{ permission_set_names: ['IAMManager', 'AllProductsReadOnly'], organization_id: organization }],
        }),
        {
          argument_name: 'rules[0].permission_set_names',
          reason: 'constraint',
          help_message: 'permission sets must be of the same scope type',
        },
      ],
      [
        'an organization set in projects',
        () => ({ rules: [{ permission_set_names: ['IAMManager'], project_ids: [organization] }] }),
        { argument_name: 'rules[0].project_ids', reason: 'constraint', help_message: expect.any(String) },
      ],
      [
        'an unknown permission set',
        () => ({ rules: [{ permission_set_names: ['NoSuchSet'], organization_id: organization }] }),
        {
          argument_name: 'rules[0].permission_set_names',
          reason: 'constraint',
          help_message: expect.stringContaining('NoSuchSet'),
        },
      ],
      [
        'a retired permission set',
        () => ({
          rules: [{ permission_set_names: ['ResellerCustomerBillingManager'], organization_id: organization }],
        }),
        {
          argument_name: 'rules[0].permission_set_names',
          reason: 'constraint',
          help_message: expect.stringContaining('retired'),
        },
      ],
      [
        'an unknown project',
        () => ({
          rules: [{ permission_set_names: ['VPCReadOnly'], project_ids: ['6f0c0000-0000-4000-8000-000000000009'] }],
        }),
        { argument_name: 'rules[0].project_ids[0]', reason: 'constraint', help_message: expect.any(String) },
      ],
      [
        'two principals',
        () => ({ no_principal: true, user_id: server.organization.ownerId }),
        { argument_name: 'principal', reason: 'constraint', help_message: expect.any(String) },
      ],
      [
        'a condition of 2049 characters',
        () => ({ rules: [{ condition: ' '.repeat(2049), organization_id: organization }] }),
        { argument_name: 'rules[0].condition', reason: 'constraint', help_message: expect.any(String) },
      ],
    ];
    for (const [what, body, detail] of refusals) {
      it(`policies.create refuses ${what} and keeps nothing`, async () => {
        const before = (await server.call('GET', `${policiesPath}?page_size=1`)).body.total_count;
        const answer = await server.call('POST', policiesPath, { body: { name: 'refused', ...body() } });
        expect(answer.status, answer.text).toBe(400);
        expect(answer.body).toEqual({ type: 'invalid_arguments', message: 'invalid argument(s)', details: [detail] });
        expect((await server.call('GET', `${policiesPath}?page_size=1`)).body.total_count).toBe(before);
      });
    }

    it('a hundred rules with a thousand projects each are kept', async () => {
      const projects: string[] = [];
      for (let index = 0; index < 20; index += 1) {
        const { body, status } = await server.call('POST', '/account/v3/projects', {
          body: { name: `p${index}`, organization_id: organization },
        });
        expect(status).toBe(200);
        projects.push(body.id);
      }
      const rules = Array.from({ length: 100 }, () => ({
        permission_set_names: ['VPCReadOnly'],
        condition: '',
        project_ids: Array.from({ length: 1000 }, (_, index) => projects[index % projects.length]),
      }));
      const policy = await create({ rules });
      const { body } = await server.call('GET', `${rulesPath}?policy_id=${policy.id}&page_size=100`);
      expect(body.total_count).toBe(100);
      expect(body.rules.every((rule: Json) => rule.project_ids.length === 1000)).toBe(true);
    });
  });
}
