import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databases } from '../test-support/databases.ts';
import { anotherTenant, firstTenant, type Tenant } from './support/organization.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json } from './support/server-process.ts';

const root = join(import.meta.dirname, '..');
const iam = '/iam/v1alpha1';
const empty = { version: 1, projects: [], applications: [], groups: [], policies: [] };
const example = readFileSync(join(root, 'examples/organization.yaml'), 'utf8');

for (const database of databases()) {
  describe(`iam apply and iam export, on ${database.name}`, () => {
    const running = serverOn(database);
    let first: Tenant;
    const call = async (method: string, path: string, body?: unknown): Promise<Json> => {
      const answer = await callApi(running.server, method, path, body);
      expect([answer.status, answer.body]).toEqual([expect.toSatisfy((status: number) => status < 300), answer.body]);
      return answer.body;
    };
    const apply = async (tenant: Tenant, file: unknown, ...more: readonly string[]): Promise<Json> => {
      const text = typeof file === 'string' ? file : stringify(file);
      const words = ['iam', 'apply', '-f', '-', '--yes', '-o', 'json', ...more];
      const { code, stdout, stderr } = await tenant.scw(words, text);
      expect([code, stderr]).toEqual([0, '']);
      return JSON.parse(stdout);
    };
    const names = (list: readonly Json[]) => list.map(({ name }) => name);

    beforeAll(() => {
      first = firstTenant(running.server);
    });
    afterEach(async () => {
      await apply(first, empty, '--prune');
    });

    it('makes what the file says, and the second time there is nothing to change', async () => {
      const report = await apply(first, example);
      expect(report).toMatchObject({ applied: true, created: 8, changed: 0, deleted: 0 });
      expect(report.changes).toHaveLength(8);
      for (const { outcome, id } of report.changes) expect([outcome, id]).toEqual(['done', expect.stringMatching(/-/)]);
      const again = await first.scw(['iam', 'apply', '-f', first.file(example)]);
      expect([again.code, again.stdout, again.stderr]).toEqual([
        0,
        expect.stringContaining('Nothing to change.\n'),
        '',
      ]);
      const { policies } = await call('GET', `${iam}/policies?policy_name=backup`);
      const { rules } = await call('GET', `${iam}/rules?policy_id=${policies[0].id}`);
      expect(rules).toMatchObject([
        {
          permission_set_names: ['ObjectStorageReadOnly'],
          condition: 'request.ip.inIpRange("192.0.2.0/24")',
          organization_id: first.id,
        },
      ]);
    });

    it('rebuilds an organization elsewhere, from what it exported', async () => {
      await apply(first, example);
      const second = await anotherTenant(running.server, running.databaseUrl);
      const { stdout } = await first.scw(['iam', 'export']);
      expect(stdout).not.toContain(running.server.secretKey);
      expect(stdout).not.toContain(running.server.accessKey);
      await apply(second, stdout, '--prune');
      expect((await second.scw(['iam', 'export'])).stdout).toBe(stdout);
      expect(await second.planned(second.file(stdout), '--prune')).toMatchObject({ applied: true, changes: [] });
    });

    it('changes field by field, and says from what to what', async () => {
      await apply(first, example);
      const file = (await first.exported()) as Json;
      file.projects.find(({ name }: Json) => name === 'shop').description = 'The shop';
      const group = file.groups.find(({ name }: Json) => name === 'releasers');
      group.applications = ['backup'];
      group.tags = ['x'];
      const policy = file.policies.find(({ name }: Json) => name === 'releases');
      Object.assign(policy, { group: undefined, application: 'deploy', description: undefined });
      policy.rules[0].projects = ['shop'];
      const report = await apply(first, JSON.parse(JSON.stringify(file)));
      expect(report.changes.map(({ action, kind, fields }: Json) => [action, kind, fields])).toEqual([
        ['change', 'project', [{ field: 'description', old: ['What customers see'], new: ['The shop'] }]],
        [
          'change',
          'group',
          [
            { field: 'tags', old: [], new: ['x'] },
            { field: 'applications', old: ['deploy'], new: ['backup'] },
          ],
        ],
        [
          'change',
          'policy',
          [
            { field: 'description', old: ['Roll out to both'], new: [] },
            { field: 'attached_to', old: ['group releasers'], new: ['application deploy'] },
            {
              field: 'rules',
              old: ['ContainersFullAccess, ObjectStorageFullAccess in shop, shop-staging'],
              new: ['ContainersFullAccess, ObjectStorageFullAccess in shop'],
            },
          ],
        ],
      ]);
      expect(await first.exported()).toEqual(JSON.parse(JSON.stringify(file)));
    });

    it('asks at a terminal, and does nothing on anything but a yes', async () => {
      const file = first.file(example);
      for (const answer of ['n', '', 'perhaps']) {
        const refused = await first.scw(['iam', 'apply', '-f', file], { answers: [answer] });
        expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Do this? [y/N]')]);
        expect(refused.stdout).toContain('+ project shop\n');
      }
      expect((await first.planned(file)).changes).toHaveLength(8);
      const done = await first.scw(['iam', 'apply', '-f', file], { answers: ['y'] });
      expect([done.code, done.stdout]).toEqual([
        0,
        expect.stringMatching(/Done: 8 created, 0 changed, 0 deleted\.\n$/),
      ]);
    });

    it('shows how far it is when it takes long, at a terminal only', async () => {
      let seconds = 0;
      const now = () => {
        seconds += 1;
        return seconds * 1_000;
      };
      const file = first.file(example);
      const { code, stdout, stderr } = await first.scw(['iam', 'apply', '-f', file, '--yes'], { answers: [], now });
      expect(code).toBe(0);
      expect(stderr).toMatch(/\[#+\.+\] [1-7] of 8/);
      expect(stderr.endsWith('\r\u001b[K')).toBe(true);
      expect(stdout).not.toContain('of 8');
    });

    it('shows the plan and refuses where nobody can say yes', async () => {
      const file = first.file(example);
      const human = await first.scw(['iam', 'apply', '-f', file]);
      expect([human.code, human.stdout]).toEqual([1, expect.stringContaining('Plan: 8 to create')]);
      expect(human.stderr).toContain('--yes');
      const json = await first.scw(['iam', 'apply', '-f', file, '-o', 'json']);
      expect([json.code, JSON.parse(json.stdout)]).toMatchObject([1, { applied: false, created: 8 }]);
      expect(JSON.parse(json.stderr).message).toContain('nobody to say yes');
      expect((await first.exported()).applications).toEqual([]);
    });

    it('deletes with --prune only, only kinds that the file has, and never what belongs to the platform', async () => {
      await apply(first, example);
      expect(await apply(first, empty)).toMatchObject({ deleted: 0 });
      expect(await apply(first, { version: 1, groups: [] }, '--prune')).toMatchObject({ deleted: 1 });
      expect(names((await first.exported()).applications)).toEqual(['backup', 'deploy']);
      const { deleted } = await apply(first, empty, '--prune');
      expect(deleted).toBe(3 + 2 + 2);
      const { projects } = await call('GET', '/account/v3/projects');
      expect(projects.map(({ id }: Json) => id)).toEqual([first.id]);
      const { groups } = await call('GET', `${iam}/groups?order_by=name_asc`);
      expect(names(groups)).toEqual(['All Applications', 'All Users']);
      const { users } = await call('GET', `${iam}/users`);
      expect(users).toHaveLength(1);
    });

    it('refuses a name that two things have, tells both ids, and takes an id instead', async () => {
      const ids: string[] = [];
      for (const description of ['a', 'b']) {
        ids.push((await call('POST', `${iam}/applications`, { name: 'twin', description })).id);
      }
      const group = { name: 'g', applications: ['twin'] };
      const refused = await first.scw(['iam', 'apply', '-f', '-', '--yes'], stringify({ version: 1, groups: [group] }));
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('groups[0].applications[0]')]);
      for (const id of ids) expect(refused.stderr).toContain(id);
      const entry = { version: 1, applications: [{ name: 'twin' }] };
      const both = await first.scw(['iam', 'apply', '-f', '-', '--yes'], stringify(entry));
      for (const id of ids) expect(both.stderr).toContain(id);
      await apply(first, { version: 1, groups: [{ ...group, applications: [{ id: ids[0] }] }] });
      const file = await first.exported();
      expect(file.applications.map(({ id }: Json) => id).toSorted()).toEqual(ids.toSorted());
      expect(file.groups.at(-1).applications).toEqual([{ id: ids[0] }]);
      expect(await first.planned(first.file(JSON.stringify(file)), '--prune')).toMatchObject({ changes: [] });
    });

    it('renames what an id names; without it a new name is a new thing', async () => {
      const { id } = await call('POST', `${iam}/applications`, { name: 'old' });
      expect(await apply(first, { version: 1, applications: [{ id, name: 'new' }] })).toMatchObject({ changed: 1 });
      expect((await call('GET', `${iam}/applications/${id}`)).name).toBe('new');
      expect(await apply(first, { version: 1, applications: [{ name: 'newer' }] })).toMatchObject({ created: 1 });
      const unknown = { version: 1, applications: [{ id: first.id, name: 'x' }] };
      const refused = await first.scw(['iam', 'apply', '-f', '-', '--yes'], stringify(unknown));
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('line 3: applications[0].id')]);
    });

    it('takes away the access of whoever applies only after a second yes', async () => {
      const organization = { organization_id: first.id };
      const me = await call('POST', `${iam}/applications`, { name: 'me', ...organization });
      const policy = {
        name: 'mine',
        application: 'me',
        rules: [{ permission_sets: ['IAMManager', 'ProjectManager'], scope: 'organization' }],
      };
      await apply(first, { version: 1, policies: [policy] });
      const mine = first.as(await call('POST', `${iam}/api-keys`, { application_id: me.id }));
      const file = mine.file(
        stringify({ version: 1, applications: [{ name: 'me' }, { name: 'other' }], policies: [] }),
      );
      const words = ['iam', 'apply', '-f', file, '--prune'];
      const before = await first.exported();
      const alone = await mine.scw([...words, '--yes']);
      expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('own-access=true')]);
      for (const answers of [['y', 'n'], ['y', ''], ['n']]) {
        expect((await mine.scw(words, { answers })).code, answers.join()).toBe(1);
      }
      expect(await first.exported()).toEqual(before);
      const second = await mine.scw(words, { answers: ['y', 'y'] });
      expect(second.code, second.stderr).toBe(0);
      expect((await first.exported()).policies).toEqual([]);
      await apply(first, { version: 1, applications: [{ name: 'me' }], policies: [policy] });
      expect((await mine.scw([...words, '--yes', 'own-access=true'])).code).toBe(0);
      expect((await first.exported()).policies).toEqual([]);
    });

    it('tells every fault with its line before anything is changed', async () => {
      const text = example.replace('- deploy', '- deploi').replace('IAMReadOnly', 'IAMReadNothing');
      const { code, stderr } = await first.scw(['iam', 'apply', '-f', '-', '--yes'], text);
      expect([code, stderr]).toEqual([1, expect.stringContaining('has 2 faults')]);
      expect(stderr).toMatch(/- line \d+: groups\[0\]\.applications\[0\]: no application is called "deploi"/);
      expect(stderr).toMatch(/- line \d+: policies\[1\]\.rules\[0\]\.permission_sets: .*"IAMReadNothing"/);
      const stale = { version: 1, applications: [], groups: [{ name: 'g', applications: ['x'] }] };
      await call('POST', `${iam}/applications`, { name: 'x' });
      const pruned = await first.scw(['iam', 'apply', '-f', '-', '--yes', '--prune'], stringify(stale));
      expect(pruned.stderr).toContain('--prune would delete it');
      expect(names((await first.exported()).applications)).toEqual(['x']);
    });

    it('stops at a failure, tells what is done and what is left, and does the rest when it is mended', async () => {
      const broken = example.replace('request.ip.inIpRange(', 'request.ip.inIpRange((');
      const { code, stdout, stderr } = await first.scw(['iam', 'apply', '-f', '-', '--yes', '-o', 'json'], broken);
      expect(code).toBe(1);
      expect(JSON.parse(stderr)).toMatchObject({
        message: expect.stringContaining('not everything worked'),
        details: expect.stringContaining('policy backup'),
      });
      const report = JSON.parse(stdout);
      expect(report.applied).toBe(false);
      const outcomes = new Map(report.changes.map(({ kind, name, outcome }: Json) => [`${kind} ${name}`, outcome]));
      expect(outcomes.get('policy backup')).toBe('failed');
      expect(outcomes.get('group releasers')).toBe('done');
      const rest = await apply(first, example);
      expect(rest.created + report.created).toBe(8);
      expect(await first.planned(first.file(example))).toMatchObject({ changes: [] });
    });

    it('applies the example of its documentation', async () => {
      const page = readFileSync(join(root, 'docs/organization-file.md'), 'utf8');
      const text = /```yaml\n(version: 1\n[\s\S]*?)```/.exec(page)?.[1] ?? '';
      await call('POST', `${iam}/users`, { member: { email: 'ada@example.org', username: 'ada' } });
      const report = await apply(first, text);
      expect(report.created).toBeGreaterThan(5);
      expect(await first.planned(first.file(text))).toMatchObject({ changes: [] });
    });
  });
}
