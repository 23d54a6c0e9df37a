import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createMember, keyFor } from './support/bearers.ts';
import { type Answer, type Json, serverOn } from './support/server.ts';

const applications = '/iam/v1alpha1/applications';
const policies = '/iam/v1alpha1/policies';

for (const database of databases()) {
  describe(`policies decide on ${database.name}`, () => {
    const quotas = { iam_policies: null, iam_applications: null, iam_api_keys: null, iam_users: null };
    const server = serverOn(database, { quotas });
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    const rule = (set: string, condition = '', scope: Json = { organization_id: organization }): Json => ({
      permission_set_names: [set],
      condition,
      ...scope,
    });
    const grant = (principal: Json, ...rules: readonly Json[]): Promise<Json> =>
      create(server, policies, { name: 'grant', ...principal, rules });
    /** An application with these rules, and its key. */
    const bearerWith = async (...rules: readonly Json[]) => {
      const { id } = await createApplication(server);
      const policy = rules.length > 0 ? await grant({ application_id: id }, ...rules) : undefined;
      return { id, policy, key: await keyFor(server, { application_id: id }) };
    };
    const list = (key: string): Promise<Answer> => server.call('GET', applications, { key });

    describe('conditions', () => {
      it('see the object that an operation is about', async () => {
        const own = await createApplication(server, { name: 'team-a' });
        const other = await createApplication(server, { name: 'team-b' });
        const { key } = await bearerWith(rule('IAMApplicationManager', 'resource.name.startsWith("team-a")'));
        const get = (id: string) => server.call('GET', `${applications}/${id}`, { key });
        expect((await get(own.id)).status).toBe(200);
        expect((await get(other.id)).status).toBe(403);
        // Without a right that needs no condition it is not told what exists.
        expect((await get('6f0c0000-0000-4000-8000-000000000009')).status).toBe(403);
        // A list is about no object, so its name is an error, which grants nothing.
        expect((await list(key)).status).toBe(403);
        const make = (name: string) => server.call('POST', applications, { key, body: { name } });
        expect((await make('team-a-2')).status).toBe(200);
        expect((await make('team-b-2')).status).toBe(403);
        const rename = await server.call('PATCH', `${applications}/${own.id}`, { key, body: { name: 'team-b' } });
        expect(rename.status).toBe(200);
        // A rename moves an object out of a condition at once.
        expect((await get(own.id)).status).toBe(403);
      });

      it('leave lists open where they say so', async () => {
        const condition = 'resource.name.startsWith("team-a") || !has(resource.id)';
        expect((await list((await bearerWith(rule('IAMApplicationReadOnly', condition))).key)).status).toBe(200);
      });

      it('see the client and the address of the request', async () => {
        const agent = await bearerWith(rule('IAMApplicationReadOnly', 'request.user_agent == "tests"'));
        expect((await list(agent.key)).status).toBe(200);
        const headers = { 'user-agent': 'other' };
        expect((await server.call('GET', applications, { key: agent.key, headers })).status).toBe(403);
        const near = await bearerWith(rule('IAMApplicationReadOnly', 'request.ip.inIpRange("127.0.0.0/8")'));
        expect((await list(near.key)).status).toBe(200);
        const far = await bearerWith(rule('IAMApplicationReadOnly', 'request.ip.inIpRange("192.0.2.0/24")'));
        expect((await list(far.key)).status).toBe(403);
      });

      it('see the time, and end with it', async () => {
        const { key } = await bearerWith(
          rule('IAMApplicationReadOnly', 'request.time < timestamp("2030-01-02T04:00:00Z")'),
        );
        expect((await list(key)).status).toBe(200);
        server.clock.advance(3600);
        expect((await list(key)).status).toBe(403);
      });

      const refused: readonly (readonly [string, string, string])[] = [
        ['request.ip ==', 'format', 'a value is missing after `==` (line 1, column 14)'],
        [
          'request.ipp == "a"',
          'constraint',
          '`request.ipp` does not exist: request has ip, time, user_agent (line 1, column 8)',
        ],
        ['"yes"', 'constraint', 'a condition is true or false, and this is neither (line 1, column 1)'],
      ];
      for (const [condition, reason, help_message] of refused) {
        it(`that cannot hold are refused when they are written: ${condition}`, async () => {
          const body = { name: 'broken', rules: [rule('IAMManager'), rule('IAMManager', condition)] };
          const answer = await server.call('POST', policies, { body });
          expect([answer.status, answer.body]).toEqual([
            400,
            {
              type: 'invalid_arguments',
              message: 'invalid argument(s)',
              details: [{ argument_name: 'rules[1].condition', help_message, reason }],
            },
          ]);
        });
      }
    });

    describe('SSH keys', () => {
      it('follow their project: a right in one is none in the organization', async () => {
        const project = await create(server, '/account/v3/projects', { name: 'shop', organization_id: organization });
        const { key } = await bearerWith(rule('SSHKeysReadOnly', '', { project_ids: [project.id] }));
        const keys = '/iam/v1alpha1/ssh-keys';
        expect((await server.call('GET', `${keys}?project_id=${project.id}`, { key })).status).toBe(200);
        expect((await server.call('GET', `${keys}?organization_id=${organization}`, { key })).status).toBe(403);
        expect((await server.call('GET', keys, { key })).status).toBe(403);
        expect((await server.call('GET', `${keys}?project_id=${organization}`, { key })).status).toBe(403);
      });
    });

    it('a refusal lists everything that is missing', async () => {
      const { key } = await bearerWith();
      const answer = await server.call('POST', policies, { key, body: { name: 'x', rules: [rule('IAMManager')] } });
      expect([answer.status, answer.body]).toEqual([
        403,
        {
          type: 'permissions_denied',
          message: 'insufficient permissions',
          details: [
            { action: 'create', resource: 'policy' },
            { action: 'write', resource: 'rule' },
          ],
        },
      ]);
    });

    it('whatever ends a right ends it at the next request', async () => {
      const { id, policy, key } = await bearerWith(rule('IAMApplicationReadOnly'));
      const allowed = async () => (await list(key)).status === 200;
      const { id: group } = await create(server, '/iam/v1alpha1/groups', {
        name: 'readers',
        organization_id: organization,
      });
      const policyPath = `${policies}/${policy.id}`;
      const change = async (method: string, path: string, body?: Json) =>
        expect((await server.call(method, path, { body })).status).toBeLessThan(300);
      expect(await allowed()).toBe(true);
      await change('PATCH', policyPath, { group_id: group });
      expect(await allowed()).toBe(false);
      await change('POST', `/iam/v1alpha1/groups/${group}/add-member`, { application_id: id });
      expect(await allowed()).toBe(true);
      await change('POST', `/iam/v1alpha1/groups/${group}/remove-member`, { application_id: id });
      expect(await allowed()).toBe(false);
      await change('PATCH', policyPath, { application_id: id });
      expect(await allowed()).toBe(true);
      await change('PUT', '/iam/v1alpha1/rules', { policy_id: policy.id, rules: [] });
      expect(await allowed()).toBe(false);
      await change('PUT', '/iam/v1alpha1/rules', { policy_id: policy.id, rules: [rule('IAMReadOnly')] });
      expect(await allowed()).toBe(true);
      await change('DELETE', policyPath);
      expect(await allowed()).toBe(false);
    });

    it('a policy of all users reaches a member that comes later', async () => {
      const groups = (await server.call('GET', '/iam/v1alpha1/groups')).body.groups;
      const everybody = groups.find((group: Json) => group.all_users).id;
      const policy = await grant({ group_id: everybody }, rule('IAMApplicationReadOnly'));
      const { id } = await createMember(server);
      const key = await keyFor(server, { user_id: id });
      expect((await list(key)).status).toBe(200);
      await server.call('DELETE', `${policies}/${policy.id}`);
      expect((await list(key)).status).toBe(403);
    });

    describe('check-permissions', () => {
      const ask = (key: string, body: Json) => server.call('POST', '/iam/v1alpha1/check-permissions', { key, body });
      const question = (action: string, scope: Json = { organization_id: organization }) => ({
        service: 'iam',
        name: 'application',
        action,
        ...scope,
      });

      it('answers in order, for the caller', async () => {
        const { key } = await bearerWith(rule('IAMApplicationReadOnly'));
        const { body } = await ask(key, {
          permissions: [question('list'), question('delete'), question('unknown'), question('read')],
        });
        expect(body).toEqual({ responses: ['allow', 'deny', 'deny', 'allow'].map((decision) => ({ decision })) });
      });

      it('needs a right of its own to ask about others, not about oneself', async () => {
        const asked = await bearerWith(rule('IAMApplicationReadOnly'));
        const { id, key } = await bearerWith();
        const about = (principal_id: string) => ({ permissions: [question('list')], subject: { principal_id } });
        expect((await ask(key, about(id))).body).toEqual({ responses: [{ decision: 'deny' }] });
        const refusal = await ask(key, about(asked.id));
        expect([refusal.status, refusal.body.details]).toEqual([403, [{ action: 'check', resource: 'decision' }]]);
        // The owner holds it, and may ask by principal and by credential.
        const { secretKey } = server.organization;
        for (const subject of [{ principal_id: asked.id }, { secret_key: asked.key }]) {
          const { body } = await ask(secretKey, { permissions: [question('list'), question('delete')], subject });
          expect(body).toEqual({ responses: [{ decision: 'allow' }, { decision: 'deny' }] });
        }
        const unknown = { secret_key: '6f0c0000-0000-4000-8000-000000000009' };
        const { body } = await ask(secretKey, { permissions: [question('list')], subject: unknown });
        expect(body).toEqual({ responses: [{ decision: 'deny' }] });
      });

      it('takes at most a hundred questions', async () => {
        const many = (count: number) => ({ permissions: Array.from({ length: count }, () => question('list')) });
        expect((await ask(server.organization.secretKey, many(100))).body.responses).toHaveLength(100);
        const refusal = await ask(server.organization.secretKey, many(101));
        expect([refusal.status, refusal.body.details[0].argument_name]).toEqual([400, 'permissions']);
      });
    });
  });
}
