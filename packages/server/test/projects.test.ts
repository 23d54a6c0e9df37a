import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import { longestDescription, ordersBy, refusedDescriptions, refusedPaging } from './support/limits.ts';
import { expectOrder, idsOf, repeated } from './support/lists.ts';
import { publicKeys } from './support/public-keys.ts';
import { expectRefused, type Fault, forestalled, help, invalid, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/account/v3/projects';
const list = { path, items: 'projects' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';
const unqualified = { architecture_type: 'unknown_architecture_type' };
const namePattern = help.pattern('^[a-zA-Z0-9._\\- ]+$');

for (const database of databases()) {
  describe(`projects on ${database.name}`, () => {
    const quotas = { account_projects: null };
    const server = serverOn(database, { quotas });
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    const createProject = (body: Json = {}): Promise<Json> => create(server, path, { name: 'web', ...body });

    it('a new project has only its name, in the order of the wire, and is qualified from the next answer on', async () => {
      const answer = await server.call('POST', path, { body: { name: 'web' } });
      const { id, created_at } = answer.body;
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const expected = {
        id,
        name: 'web',
        organization_id: organization,
        created_at,
        updated_at: created_at,
        description: '',
        qualification: null,
        status: 'active',
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
      const shown = JSON.stringify({ ...expected, qualification: unqualified });
      expect((await server.call('GET', `${path}/${id}`)).text).toBe(shown);
      const listed = await server.call('GET', `${path}?project_ids=${id}`);
      expect(listed.text).toBe(`{"total_count":1,"projects":[${shown}]}`);
    });

    it('a change replaces what it names, moves updated_at at once and answers without qualification', async () => {
      const made = await createProject({ description: longestDescription, organization_id: organization });
      const changed = await server.call('PATCH', `${path}/${made.id}`, { body: { name: 'Web 2', description: null } });
      const { updated_at } = changed.body;
      expect(changed.text).toBe(JSON.stringify({ ...made, name: 'Web 2', updated_at }));
      expect(updated_at > made.updated_at).toBe(true);
      const { body } = await server.call('GET', `${path}/${made.id}`);
      expect(body).toEqual({ ...changed.body, qualification: unqualified });
      const emptied = await server.call('PATCH', `${path}/${made.id}`, { body: { description: '' } });
      expect([emptied.body.name, emptied.body.description]).toEqual(['Web 2', '']);
    });

    it('names may be as long as the limits and need not be unique', async () => {
      for (const name of ['n', 'n'.repeat(64), ' a-Z_0.9 ', 'n'])
        expect((await createProject({ name })).name).toBe(name);
    });

    it('the default project has the id of the organization; it is described, but neither renamed nor deleted', async () => {
      const { body } = await server.call('GET', `${path}/${organization}`);
      expect([body.id, body.name, body.organization_id]).toEqual([organization, 'default', organization]);
      const change = { name: 'default', description: 'the first' };
      const described = await server.call('PATCH', `${path}/${organization}`, { body: change });
      expect([described.status, described.body.description]).toEqual([200, 'the first']);
      const renamed = forestalled('protected_resource', 'the default project cannot be renamed');
      await expectRefused(server, ['PATCH', `${path}/${organization}`, { body: { name: 'main' } }], renamed);
      const deleted = forestalled('protected_resource', 'the default project cannot be deleted');
      await expectRefused(server, ['DELETE', `${path}/${organization}`], deleted);
    });

    it('a deleted project takes its SSH keys along and leaves rules and API keys that named it', async () => {
      const { id } = await createProject();
      const kept = await createProject();
      const [type = '', key = ''] = publicKeys[0] ?? [];
      const sshKey = { public_key: `${type} ${key}`, project_id: id };
      const gone = await create(server, '/iam/v1alpha1/ssh-keys', sshKey);
      const staying = await create(server, '/iam/v1alpha1/ssh-keys', { ...sshKey, project_id: kept.id });
      const application = await createApplication(server);
      const apiKey = { application_id: application.id, default_project_id: id };
      const { access_key } = await create(server, '/iam/v1alpha1/api-keys', apiKey);
      const sets = { permission_set_names: ['VPCReadOnly'] };
      const rules = [
        { ...sets, project_ids: [id] },
        { ...sets, project_ids: [id, kept.id] },
      ];
      const policy = await create(server, '/iam/v1alpha1/policies', { name: 'vpc', rules });

      const answer = await server.call('DELETE', `${path}/${id}`);
      expect([answer.status, answer.text]).toEqual([204, '']);
      for (const method of ['GET', 'PATCH', 'DELETE'])
        await expectRefused(server, [method, `${path}/${id}`, { body: {} }], unknown('project_id', id));
      await expectRefused(server, ['GET', `/iam/v1alpha1/ssh-keys/${gone.id}`], unknown('ssh_key', gone.id));
      expect((await server.call('GET', `/iam/v1alpha1/ssh-keys/${staying.id}`)).body).toEqual(staying);
      const fallen = await server.call('GET', `/iam/v1alpha1/api-keys/${access_key}`);
      expect(fallen.body.default_project_id).toBe(organization);
      const { body } = await server.call('GET', `/iam/v1alpha1/rules?policy_id=${policy.id}`);
      expect(body.rules.map((rule: Json) => rule.project_ids)).toEqual([[], [kept.id]]);
      const counted = await server.call('GET', `/iam/v1alpha1/policies/${policy.id}`);
      expect([counted.body.nb_rules, counted.body.nb_scopes]).toEqual([2, 1]);
    });

    it('lists filter by name and by id', async () => {
      const [a, b] = [await createProject({ name: 'Filtered one' }), await createProject({ name: 'filtered one' })];
      const ids = repeated('project_ids', [a.id, b.id.toUpperCase(), nobody]);
      const expected: Readonly<Record<string, readonly Json[]>> = {
        'name=Filtered%20one': [a],
        'name=Filtered': [],
        [ids]: [a, b],
        [`${ids}&name=filtered+one`]: [b],
        [`${ids}&organization_id=${organization}`]: [a, b],
        [`${ids}&organization_id=`]: [a, b],
        [`project_ids=${nobody}`]: [],
      };
      for (const [query, found] of Object.entries(expected))
        expect(await idsOf(server, list, query), query).toEqual(found.map(({ id }) => id));
    });

    it('lists are ordered by creation and by name, and ids decide between equals', async () => {
      const made: string[] = [];
      for (const name of ['delta', 'Alpha', 'alpha', 'Bravo', 'bravo', 'bravo'])
        made.push((await createProject({ name })).id);
      const [delta, ...others] = made;
      const filter = repeated('project_ids', made);
      expect(await idsOf(server, list, filter)).toEqual(made);
      await expectOrder(server, list, 'created_at', made, filter);
      await expectOrder(
        server,
        list,
        'name',
        [...others.slice(0, 3), ...others.slice(3).toSorted(), delta ?? ''],
        filter,
      );
      const { db } = server.services.storage;
      await db.updateTable('projects').set({ created_at: 1 }).where('id', 'in', made).execute();
      await expectOrder(server, list, 'created_at', made.toSorted(), filter);
    });

    it('a list has pages of 50, or of up to 100, and counts all, also on a page past the end', async () => {
      for (let index = 0; index < 51; index += 1) await createProject({ name: 'paged' });
      const page = async (query: string) => {
        const { body } = await server.call('GET', `${path}?name=paged&${query}`);
        return [body.projects.length, body.total_count];
      };
      expect(await page('')).toEqual([50, 51]);
      expect(await page('page=2')).toEqual([1, 51]);
      expect(await page('page_size=100')).toEqual([51, 51]);
      const beyond = await server.call('GET', `${path}?name=paged&page=10000`);
      expect([beyond.status, beyond.text]).toEqual([200, '{"total_count":51,"projects":[]}']);
      const all = await server.call('GET', `${path}?page_size=1`);
      expect((await server.call('GET', `${path}?page=10000`)).body.total_count).toBe(all.body.total_count);
    });

    const faults: readonly (readonly [what: string, body: Json, fault: Fault])[] = [
      ['an empty name', { name: '' }, ['name', 'constraint', help.atLeast(1)]],
      ['a name of 65 characters', { name: 'n'.repeat(65) }, ['name', 'constraint', help.atMost(64)]],
      ['a name with parentheses', { name: 'web (1)' }, ['name', 'format', namePattern]],
      ['a name with a letter beyond ASCII', { name: 'café' }, ['name', 'format', namePattern]],
      ['a name that ends in a new line', { name: 'web\n' }, ['name', 'format', namePattern]],
      ['a number as its name', { name: 1 }, ['name', 'format', help.type('string')]],
      ...refusedDescriptions.map(
        ([what, description, fault]) => [what, { description }, fault] as readonly [string, Json, Fault],
      ),
    ];
    for (const [what, body, fault] of faults) {
      it(`projects.create and projects.update refuse ${what}`, async () => {
        const { id } = await createProject();
        await expectRefused(server, ['POST', path, { body: { name: 'web', ...body } }], invalid(fault));
        await expectRefused(server, ['PATCH', `${path}/${id}`, { body }], invalid(fault));
      });
    }

    it('projects.create needs a name', async () => {
      await expectRefused(server, ['POST', path, { body: {} }], invalid(['name', 'required', help.required]));
    });

    it('projects.list refuses filters and pages that are wrong', async () => {
      const refused: readonly (readonly [query: string, fault: Fault])[] = [
        ...refusedPaging(ordersBy('created_at', 'name')),
        ['name=', ['name', 'constraint', help.atLeast(1)]],
        ['project_ids=web', ['project_ids[0]', 'format', help.uuid]],
        ['organization_id=web', ['organization_id', 'format', help.uuid]],
      ];
      for (const [query, fault] of refused) await expectRefused(server, ['GET', `${path}?${query}`], invalid(fault));
    });

    it('a project that is not there, or of another organization, is not found', async () => {
      const other = await server.anotherOrganization();
      for (const id of [nobody, other.organizationId]) {
        for (const method of ['GET', 'PATCH', 'DELETE'])
          await expectRefused(server, [method, `${path}/${id}`, { body: {} }], unknown('project_id', id));
      }
      expect(await idsOf(server, list, `project_ids=${other.organizationId}`)).toEqual([]);
      const foreign = unknown('organization', other.organizationId);
      await expectRefused(server, ['GET', `${path}?organization_id=${other.organizationId}`], foreign);
      const body = { name: 'web', organization_id: other.organizationId };
      await expectRefused(server, ['POST', path, { body }], foreign);
      await expectRefused(server, ['GET', `${path}/default`], invalid(['project_id', 'format', help.uuid]));
    });

    itIsGuarded(
      'projects',
      () => server,
      async () => (await createProject()).id,
      {
        'projects.list': [`GET ${path}?project_ids={id}`, 'list project'],
        'projects.create': [`POST ${path}`, 'create project', { name: 'mine' }],
        'projects.get': [`GET ${path}/{id}`, 'read project'],
        'projects.update': [`PATCH ${path}/{id}`, 'write project', { name: 'mine' }],
        'projects.delete': [`DELETE ${path}/{id}`, 'delete project'],
      },
    );
  });
}
