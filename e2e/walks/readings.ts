import { callApi, type ServerProcess } from '../support/server-process.ts';

const lists = [
  ...['api-key', 'application', 'group', 'permission-set', 'policy', 'ssh-key', 'user'].map(
    (name) => `iam ${name} list`,
  ),
  'account project list',
  'iam security-settings get',
];

/** Something of everything, and the lines that show it. */
export async function readings(server: ServerProcess): Promise<readonly string[]> {
  const made = async (path: string, body: object) => (await callApi(server, 'POST', path, body)).body;
  const iam = '/iam/v1alpha1';
  const application = await made(`${iam}/applications`, { name: 'web', description: '', tags: ['a', 'b'] });
  const user = await made(`${iam}/users`, { member: { username: 'ada', email: 'ada@example.org' } });
  const group = await made(`${iam}/groups`, { name: 'ops', user_ids: [], application_ids: [] });
  await callApi(server, 'PUT', `${iam}/groups/${group.id}/members`, {
    user_ids: [user.id],
    application_ids: [application.id],
  });
  const policy = await made(`${iam}/policies`, {
    name: 'readers',
    application_id: application.id,
    rules: [
      { permission_set_names: ['IAMReadOnly'], organization_id: server.organizationId },
      {
        permission_set_names: ['ObjectStorageReadOnly'],
        project_ids: [server.organizationId],
        condition: 'request.user_agent == "<x> & y"',
      },
    ],
  });
  const key = await made(`${iam}/api-keys`, {
    application_id: application.id,
    description: 'for a test',
    expires_at: new Date(Date.now() + 10.5 * 86_400_000).toISOString(),
  });
  return [
    ...lists,
    `iam application get ${application.id}`,
    `iam user get ${user.id}`,
    `iam group get ${group.id}`,
    `iam policy get ${policy.id}`,
    `iam rule list ${policy.id}`,
    `iam api-key get ${key.access_key}`,
    `account project get project-id=${server.organizationId}`,
  ];
}

const nobody = '0c0ffee0-0000-4000-8000-000000000001';
/** Lines that are refused, by the command line or by the service. */
export const refusedLines = [
  `iam user get ${nobody}`,
  `iam group delete ${nobody}`,
  `iam policy get ${nobody}`,
  'iam user get',
  'iam user get U foo=bar',
  'iam application create tags.1=b',
  'iam application create name=x tags=none',
  'iam application create organization-id=bad',
  'iam application list editable=yes',
  'iam application list order-by=bad',
  `iam application create name=${'x'.repeat(65)}`,
  'iam application create name=x name=y',
  'iam application create Name=x',
  'iam api-key create expires-at=2030-01-02',
  `iam user update-password ${nobody}`,
  'iam policy create rules.1.organization-id=o',
  `iam rule delete ${nobody} rule-id=zzz`,
  'iam ssh-key create',
  'iam ssh-key create public-key=@/nowhere/key.pub',
  'iam ssh-key create public-key=nonsense',
  'iam group create name=bad/name',
  'iam user create email=nonsense',
];
