import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createGroup, createMember, keyFor } from './support/bearers.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const path = `${iam}/preview-policy`;
const office = 'request.ip == "192.0.2.1"';
const nobody = '0c0ffee0-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`policies.preview on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_groups: 1000, iam_users: 1000 } });
    let organization: string;
    let ada: Json;
    let bob: Json;
    let group: Json;
    let policy: Json;
    const reading = () => [{ permission_set_names: ['SSHKeysReadOnly'], organization_id: organization }];

    beforeAll(async () => {
      organization = server.organization.organizationId;
      [ada, bob] = [await createMember(server), await createMember(server)];
      group = await createGroup(server);
      await server.call('PUT', `${iam}/groups/${group.id}/members`, { body: { user_ids: [ada.id, bob.id] } });
      policy = await create(server, `${iam}/policies`, { name: 'readers', group_id: group.id, rules: reading() });
    });

    const preview = async (body: Json): Promise<Json> => {
      const answer = await server.call('POST', path, { body });
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    };
    const nothing = { changes: [], total_count: 0, gaining_count: 0, losing_count: 0 };
    const idsOf = ({ principals }: Json): readonly string[] => principals.map(({ id }: Json) => id);

    it('tells what the members of a group lose when a policy goes, together and by name', async () => {
      const answer = await preview({ policy_id: policy.id, remove: true });
      expect(answer).toMatchObject({ total_count: 1, gaining_count: 0, losing_count: 2 });
      const [change] = answer.changes;
      expect(idsOf(change)).toEqual([ada.id, bob.id].sort());
      expect(change.principals.find(({ id }: Json) => id === ada.id)).toEqual({
        type: 'user',
        id: ada.id,
        name: ada.username,
      });
      expect(change).toMatchObject({ principal_count: 2, gains: [], gain_count: 0, loss_count: 1 });
      expect(change.losses).toEqual([
        {
          permissions: ['iam:ssh_key:list', 'iam:ssh_key:read'],
          permission_count: 2,
          where: 'all_projects',
          projects: [],
          project_count: 0,
          except_projects: [],
          except_count: 0,
          before: { when: 'always' },
          after: { when: 'never' },
        },
      ]);
    });

    it('shows where, by the names of projects, and under which condition', async () => {
      const rules = [{ permission_set_names: ['SSHKeysFullAccess'], project_ids: [organization], condition: office }];
      const { changes } = await preview({ user_id: ada.id, rules });
      const [{ gains, losses, gain_count }] = changes;
      expect([gain_count, losses]).toEqual([1, []]);
      expect(gains[0]).toMatchObject({
        where: 'projects',
        projects: [{ id: organization, name: 'default' }],
        project_count: 1,
        before: { when: 'never' },
        after: { when: 'condition', condition: office },
      });
      // What the group gives her already is not told.
      expect(gains[0].permissions).not.toContain('iam:ssh_key:read');
      expect(gains[0].permissions).toContain('iam:ssh_key:create');
    });

    it('shows a condition in place of always as a loss', async () => {
      const rules = reading().map((rule) => ({ ...rule, condition: office }));
      const { changes, losing_count } = await preview({ policy_id: policy.id, rules });
      expect(losing_count).toBe(2);
      expect(changes[0].losses).toMatchObject([
        { before: { when: 'always' }, after: { when: 'condition', condition: office } },
      ]);
    });

    it('follows a policy to another principal', async () => {
      const application = await createApplication(server);
      const answer = await preview({ policy_id: policy.id, application_id: application.id });
      expect(answer).toMatchObject({ total_count: 2, gaining_count: 1, losing_count: 2 });
      expect(idsOf(answer.changes[1])).toEqual([application.id]);
    });

    it('tells nothing where nothing changes, also for a policy of nobody', async () => {
      expect(await preview({ policy_id: policy.id })).toEqual(nothing);
      expect(await preview({ policy_id: policy.id, rules: reading() })).toEqual(nothing);
      expect(await preview({ group_id: group.id, rules: reading() })).toEqual(nothing);
      expect(await preview({ rules: reading() })).toEqual(nothing);
      expect(await preview({})).toEqual(nothing);
    });

    it('changes nothing', async () => {
      const before = await server.call('GET', `${iam}/rules?policy_id=${policy.id}`);
      await preview({ policy_id: policy.id, rules: [] });
      await preview({ policy_id: policy.id, remove: true });
      expect((await server.call('GET', `${iam}/rules?policy_id=${policy.id}`)).body).toEqual(before.body);
      expect((await preview({ policy_id: policy.id, rules: [] })).losing_count).toBe(2);
    });

    it('says what came true after it is saved', async () => {
      const kept = await create(server, `${iam}/policies`, { name: 'own', user_id: bob.id, rules: [] });
      const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: organization }];
      const told = await preview({ policy_id: kept.id, rules });
      const may = async () => {
        const { body } = await server.call('POST', `${iam}/what-can`, {
          body: { subject: { principal_id: bob.id }, page_size: 100 },
        });
        return body.permissions.map(({ permission }: Json) => permission);
      };
      const before = await may();
      await server.call('PUT', `${iam}/rules`, { body: { policy_id: kept.id, rules } });
      const gained = (await may()).filter((permission: string) => !before.includes(permission));
      expect(told.changes[0].gains.flatMap(({ permissions }: Json) => permissions)).toEqual(gained);
      expect(await preview({ policy_id: kept.id, rules })).toEqual(nothing);
    });

    it('stays small for a large group, and counts all of them', async () => {
      const large = await createGroup(server);
      const members: string[] = [];
      for (let index = 0; index < 25; index += 1) members.push((await createMember(server)).id);
      await server.call('PUT', `${iam}/groups/${large.id}/members`, { body: { user_ids: members } });
      const { changes, gaining_count } = await preview({ group_id: large.id, rules: reading() });
      expect(changes).toHaveLength(1);
      expect(changes[0].principal_count).toBe(25);
      expect(idsOf(changes[0])).toEqual(members.sort().slice(0, 10));
      expect(gaining_count).toBe(25);
    });

    it('cuts what it shows and counts the rest', async () => {
      const condition = (index: number) => `request.user_agent != "${'x'.repeat(1500)}${index}"`;
      const rules = [0, 1, 2, 3].map((index) => ({ ...reading()[0], condition: condition(index) }));
      const projects: string[] = [];
      for (let index = 0; index < 12; index += 1)
        projects.push((await create(server, '/account/v3/projects', { name: `cut-${index}` })).id);
      const application = await createApplication(server);
      const somewhere = [{ permission_set_names: ['SSHKeysReadOnly'], project_ids: projects }];
      const [{ gains }] = (await preview({ application_id: application.id, rules: somewhere })).changes;
      expect(gains[0]).toMatchObject({ where: 'projects', project_count: 12 });
      expect(gains[0].projects.map(({ id }: Json) => id)).toEqual(projects.sort().slice(0, 10));
      const [bound] = (await preview({ application_id: application.id, rules })).changes[0].gains;
      expect(bound.after.condition).toHaveLength(4096);
      expect(bound.after.condition.endsWith(' …')).toBe(true);
    });

    const refusals: readonly (readonly [what: string, save: 'create' | 'update' | 'rules', body: () => Json])[] = [
      ['an unknown set', 'rules', () => ({ rules: [{ permission_set_names: ['No'], organization_id: organization }] })],
      [
        'sets of two scope types',
        'rules',
        () => ({
          rules: [{ permission_set_names: ['IAMReadOnly', 'SSHKeysReadOnly'], organization_id: organization }],
        }),
      ],
      [
        'a set in the wrong place',
        'rules',
        () => ({ rules: [{ permission_set_names: ['IAMReadOnly'], project_ids: [organization] }] }),
      ],
      [
        'a broken condition',
        'rules',
        () => ({ rules: [{ condition: 'request.ip ==', organization_id: organization }] }),
      ],
      ['a rule without a place', 'rules', () => ({ rules: [{ permission_set_names: ['IAMReadOnly'] }] })],
      ['a project of nobody', 'rules', () => ({ rules: [{ project_ids: [nobody] }] })],
      ['too many rules', 'rules', () => ({ rules: Array.from({ length: 101 }, () => reading()[0]) })],
      ['two principals', 'update', () => ({ user_id: ada.id, no_principal: true })],
      ['a user of nobody', 'update', () => ({ user_id: nobody })],
      ['a group of nobody', 'create', () => ({ group_id: nobody })],
      ['an application of nobody', 'create', () => ({ application_id: nobody })],
    ];
    for (const [what, save, body] of refusals) {
      it(`refuses ${what} as saving does`, async () => {
        const id = { policy_id: policy.id };
        const saved = {
          create: () => server.call('POST', `${iam}/policies`, { body: { name: 'refused', ...body() } }),
          update: () => server.call('PATCH', `${iam}/policies/${policy.id}`, { body: body() }),
          rules: () => server.call('PUT', `${iam}/rules`, { body: { ...id, ...body() } }),
        };
        const answer = await server.call('POST', path, { body: { ...(save !== 'create' && id), ...body() } });
        const expected = await saved[save]();
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect([answer.status, answer.body]).toEqual([expected.status, expected.body]);
      });
    }

    it('refuses to say of a policy that is not there, or must stay as it is, what cannot be', async () => {
      const unknown = await server.call('POST', path, { body: { policy_id: nobody, remove: true } });
      expect([unknown.status, unknown.body.resource]).toEqual([404, 'policy']);
      const unnamed = await server.call('POST', path, { body: { remove: true } });
      expect(unnamed.body.details).toMatchObject([{ argument_name: 'policy_id', reason: 'required' }]);
      for (const more of [{ rules: [] }, { user_id: ada.id }]) {
        const both = await server.call('POST', path, { body: { policy_id: policy.id, remove: true, ...more } });
        expect(both.body).toMatchObject({ type: 'invalid_arguments', details: [{ reason: 'constraint' }] });
      }
    });

    it('is for those who may ask about others and see policies, groups and users', async () => {
      const ask = async (sets: readonly string[]) => {
        const member = await createMember(server);
        const rules = sets.map((name) => ({ permission_set_names: [name], organization_id: organization }));
        await create(server, `${iam}/policies`, { name: 'asking', user_id: member.id, rules });
        const key = await keyFor(server, { user_id: member.id });
        return server.call('POST', path, { key, body: { policy_id: policy.id, remove: true } });
      };
      expect((await ask(['IAMDecisionPoint'])).status).toBe(403);
      expect((await ask(['IAMReadOnly'])).body).toMatchObject({
        type: 'permissions_denied',
        details: [{ resource: 'decision', action: 'check' }],
      });
      const answer = await ask(['IAMDecisionPoint', 'IAMReadOnly']);
      expect(answer.body.changes[0].losses[0].permissions).toEqual(['iam:ssh_key:list', 'iam:ssh_key:read']);
    });
  });
}
