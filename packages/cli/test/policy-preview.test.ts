import { describe, expect, it } from 'vitest';
import { type Reply, scw } from './support/cli.ts';

const policy = '0c0ffee0-0000-4000-8000-000000000071';
const user = (name: string) => ({ type: 'user', id: `id of ${name}`, name });
const change = (more: object) => ({
  permissions: ['iam:ssh_key:list', 'iam:ssh_key:read'],
  permission_count: 2,
  where: 'all_projects',
  projects: [],
  project_count: 0,
  except_projects: [],
  except_count: 0,
  before: { when: 'never' },
  after: { when: 'always' },
  ...more,
});
const group = (more: object) => ({
  principals: [user('ada'), user('bob'), user('cem'), user('')],
  principal_count: 12,
  gains: [],
  gain_count: 0,
  losses: [],
  loss_count: 0,
  ...more,
});
const answer =
  (...changes: readonly object[]) =>
  (): Reply => ({ body: { changes, total_count: changes.length, gaining_count: 12, losing_count: 1 } });
const line = `iam policy preview policy-id=${policy} remove=true`;

describe('iam policy preview', () => {
  it('shows who gains and who loses what where, together where it is the same', async () => {
    const { code, stdout, requests } = await scw(line, {
      reply: answer(
        group({ gains: [change({})], gain_count: 1 }),
        group({
          principals: [user('dan')],
          principal_count: 1,
          losses: [
            change({
              permissions: ['iam:policy:read'],
              permission_count: 30,
              where: 'organization',
              before: { when: 'always' },
              after: { when: 'condition', condition: 'request.ip == "192.0.2.1"' },
            }),
          ],
          loss_count: 11,
        }),
      ),
    });
    expect([code, stdout]).toEqual([
      0,
      `12 gain  1 loses

ada, bob, cem and 9 more:
CHANGE   PERMISSION        WHERE         BEFORE  AFTER
+ gains  iam:ssh_key:list  all projects  never   always
+ gains  iam:ssh_key:read  all projects  never   always

dan:
CHANGE   PERMISSION       WHERE         BEFORE  AFTER
- loses  iam:policy:read  organization  always  if request.ip == "192.0.2.1"
- loses  and 29 more      organization  always  if request.ip == "192.0.2.1"
- loses  and 10 more changes
`,
    ]);
    expect(requests.map(({ url, body }) => [url, body])).toEqual([
      ['/iam/v1alpha1/preview-policy', { policy_id: policy, remove: true, rules: null }],
    ]);
  });

  it('names projects, and those where it is not so', async () => {
    const projects = {
      projects: [
        { id: 'p', name: 'web' },
        { id: 'q', name: '' },
      ],
      project_count: 2,
    };
    const excepted = { except_projects: [{ id: 'p', name: 'web' }], except_count: 1 };
    const gains = [change({ where: 'projects', ...projects }), change(excepted)];
    const { stdout } = await scw(line, { reply: answer(group({ gains, gain_count: 2 })) });
    expect(stdout).toContain('web and q ');
    expect(stdout).toContain('all projects but web ');
  });

  it('says so when nothing changes', async () => {
    expect((await scw(line, { reply: answer() })).stdout).toBe('Nothing changes.\n');
    expect(JSON.parse((await scw(`${line} -o json`, { reply: answer() })).stdout)).toMatchObject({ changes: [] });
  });
});
