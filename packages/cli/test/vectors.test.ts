import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { organization, type Reply, type Request, scw } from './support/cli.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const iam = '/iam/v1alpha1';

/** The single request of a line that works. */
async function requestOf(line: string | readonly string[], reply?: (request: Request) => Reply): Promise<Request> {
  const { code, stderr, requests } = await scw(line, reply && { reply });
  expect([code, stderr]).toEqual([0, '']);
  expect(requests).toHaveLength(1);
  return requests[0]!;
}

describe('create commands', () => {
  it('an application without a name gets one, and the default organization', async () => {
    const { method, url, body } = await requestOf('iam application create');
    expect([method, url]).toEqual(['POST', `${iam}/applications`]);
    expect(body).toEqual({
      name: expect.stringMatching(/^cli-app-[a-z]+-[a-z]+$/),
      organization_id: organization,
      description: '',
      tags: null,
    });
  });

  it('list elements are sent in the order of their indices', async () => {
    const { body } = await requestOf('iam application create name=x tags.0=a tags.1=b');
    expect(body).toMatchObject({ name: 'x', tags: ['a', 'b'] });
  });

  it('a value keeps everything after the first equals sign', async () => {
    expect((await requestOf('iam application create name=a=b')).body.name).toBe('a=b');
  });

  it('the member of a new user has all its fields, and the deprecated address is left out', async () => {
    const { body } = await requestOf('iam user create member.username=x');
    expect(body.member).toMatchObject({
      email: '',
      send_password_email: false,
      send_welcome_email: false,
      username: 'x',
      password: '',
    });
    expect(body).not.toHaveProperty('email');
  });

  it('an empty member is sent as an empty object', async () => {
    expect((await requestOf('iam user create member={}')).body).toHaveProperty('member');
  });

  it('a policy holds its rules', async () => {
    const line = 'iam policy create name=p rules.0.permission-set-names.0=A rules.0.project-ids.0=P no-principal=true';
    const { body } = await requestOf(line);
    expect(body.rules).toEqual([{ permission_set_names: ['A'], condition: '', project_ids: ['P'] }]);
    expect(body.no_principal).toBe(true);
    expect(body).not.toHaveProperty('user_id');
  });

  it('a policy without rules sends null, and several principals as typed', async () => {
    const { body } = await requestOf('iam policy create user-id=A group-id=B');
    expect(body).toMatchObject({ rules: null, user_id: 'A', group_id: 'B' });
  });

  it('an expiry in 30 days is counted from now', async () => {
    const { body } = await requestOf('iam api-key create application-id=a expires-at=+30d');
    expect(Date.parse(body.expires_at)).toBe(Date.UTC(2026, 0, 31, 12, 30, 45, 678) + 30 * 86_400_000);
  });

  it('a public key comes from its file, unchanged', async () => {
    const file = join(temporaryFolder('scw-key'), 'key.pub');
    writeFileSync(file, 'ssh-ed25519 AAAA me\n');
    const { body } = await requestOf(['iam', 'ssh-key', 'create', `public-key=@${file}`]);
    expect(body.public_key).toBe('ssh-ed25519 AAAA me\n');
    expect(body.name).toMatch(/^cli-key-/);
  });
});

describe('update commands', () => {
  it('`none` sends an empty list', async () => {
    const { method, url, body } = await requestOf('iam application update A tags=none');
    expect([method, url, body]).toEqual(['PATCH', `${iam}/applications/A`, { tags: [] }]);
  });

  it('an empty value sends an empty text', async () => {
    expect((await requestOf('iam application update A name=')).body).toEqual({ name: '' });
  });

  it('nothing to update sends an empty object', async () => {
    expect((await requestOf('iam application update A')).body).toEqual({});
  });

  it('members that are not typed are sent as null', async () => {
    const { method, url, body } = await requestOf('iam group set-members group-id=G user-ids.0=a');
    expect([method, url]).toEqual(['PUT', `${iam}/groups/G/members`]);
    expect(body).toEqual({ user_ids: ['a'], application_ids: null });
  });

  it('a duration is sent as seconds with nine decimals', async () => {
    const { body } = await requestOf('iam security-settings update max-login-session-duration=1h30m');
    expect(body.max_login_session_duration).toBe('5400.000000000s');
  });

  it('an id cannot leave its place in the path', async () => {
    expect((await requestOf(['iam', 'application', 'update', 'a/b?c%zz'])).url).toBe(
      `${iam}/applications/a%2Fb%3Fc%25zz`,
    );
    expect((await requestOf('iam application update ..')).url).toBe(`${iam}/applications/%2E%2E`);
  });

  it('locking sends an empty object', async () => {
    const { method, url, body } = await requestOf('iam user lock U');
    expect([method, url, body]).toEqual(['POST', `${iam}/users/U/lock`, {}]);
  });
});

describe('list commands', () => {
  it('the query has its keys in order, the default organization and the first page', async () => {
    const { url } = await requestOf('iam application list editable=true application-ids.0=a application-ids.1=b');
    expect(url).toBe(
      `${iam}/applications?application_ids=a&application_ids=b&editable=true&order_by=created_at_asc&organization_id=${organization}&page=1`,
    );
  });

  it('times in a query are to the second', async () => {
    const { url } = await requestOf('iam log list created-after=-7d');
    expect(new URL(url, 'http://x').searchParams.get('created_after')).toBe('2026-01-24T12:30:45Z');
  });

  it('all pages are fetched, in order', async () => {
    const reply = ({ url }: Request): Reply => {
      const page = Number(new URL(url, 'http://x').searchParams.get('page'));
      return {
        body: { groups: [{ id: `${page}a` }, { id: `${page}b` }].slice(0, page === 3 ? 1 : 2), total_count: 5 },
      };
    };
    const { stdout, requests } = await scw('iam group list -o json', { reply });
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(['1a', '1b', '2a', '2b', '3a']);
    expect(requests).toHaveLength(3);
  });

  it('an empty page ends a list that has become shorter', async () => {
    const reply = (_request: Request, count: number): Reply => ({
      body: { groups: count === 1 ? [{ id: 'a' }] : [], total_count: 9 },
    });
    expect((await scw('iam group list -o json', { reply: (request) => reply(request, 1) })).requests).toHaveLength(9);
    const { requests } = await scw('iam group list', { reply });
    expect(requests).toHaveLength(2);
  });

  it('nothing found is a heading row, and an empty list for programs', async () => {
    const reply = (): Reply => ({ body: { api_keys: [], total_count: 0 } });
    expect((await scw('iam api-key list', { reply })).stdout).toBe(
      'ACCESS KEY  SECRET KEY  CREATED AT  EXPIRES AT  DEFAULT PROJECT ID  DESCRIPTION\n',
    );
    expect((await scw('iam api-key list -o json', { reply })).stdout).toBe('[]\n');
    expect((await scw('iam api-key list -o yaml', { reply })).stdout).toBe('[]\n');
  });

  it('a deprecated argument works and is told of, people only', async () => {
    const told = await scw('iam api-key list application-id=x');
    expect([told.code, told.requests.length]).toEqual([0, 1]);
    expect(told.stderr).toBe(
      "The argument 'application-id' is deprecated, more info with: scw iam api-key list --help\n",
    );
    expect((await scw('iam api-key list application-id=x -o json')).stderr).toBe('');
  });
});

describe('bare words', () => {
  const deleted = '✅ User has been successfully deleted.\n';

  it('each is a run of its own', async () => {
    const people = await scw('iam user delete U1 U2');
    expect(people.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE ${iam}/users/U1`,
      `DELETE ${iam}/users/U2`,
    ]);
    expect(people.stdout).toBe(deleted + deleted);
    const programs = await scw('iam user delete U1 U2 -o json');
    const done = { message: 'user has been successfully deleted.', details: '' };
    expect(JSON.parse(programs.stdout)).toEqual([done, done]);
  });

  it('the id by name makes them count for nothing', async () => {
    const { requests, stdout } = await scw('iam user delete X user-id=U1');
    expect(requests.map(({ url }) => url)).toEqual([`${iam}/users/U1`]);
    expect(stdout).toBe(deleted);
  });

  it('the id by name alone is one run', async () => {
    const { requests, stdout } = await scw('iam user delete user-id=U1');
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([`DELETE ${iam}/users/U1`]);
    expect(stdout).toBe(deleted);
  });

  it('one that fails keeps no other from being done and shown', async () => {
    const reply = ({ url }: Request): Reply =>
      url.endsWith('U2') ? { status: 404, body: { type: 'not_found', resource: 'user', resource_id: 'U2' } } : {};
    const people = await scw('iam user delete U1 U2 U3', { reply });
    expect([people.code, people.stdout, people.stderr]).toEqual([
      1,
      deleted.repeat(2),
      "Cannot find resource 'user' with ID 'U2'\n",
    ]);
    expect(people.requests.map(({ url }) => url).toSorted()).toEqual(
      ['U1', 'U2', 'U3'].map((id) => `${iam}/users/${id}`),
    );
    const nameless = ({ url }: Request): Reply =>
      url.endsWith('U-2') ? { status: 400, body: { type: 'x', message: 'no' } } : {};
    expect((await scw('iam user delete U-1 U-2', { reply: nameless })).stderr).toBe('U-2: no\n');
    const programs = await scw('iam user delete U1 U2 U3 -o json', { reply });
    expect(JSON.parse(programs.stdout)).toHaveLength(2);
    expect(JSON.parse(programs.stderr).error).toEqual({ resource: 'user', resource_id: 'U2' });
  });
});

/** Lines that end before anything is sent: what standard error begins with. */
const refused: readonly (readonly [line: string, error: string])[] = [
  [
    'iam application create tags.1=b',
    "Cannot unmarshal arg 'tags.1=b': missing index 0, all indices prior to 1 must be set as well\n",
  ],
  ['iam application create name=x tags=none', "Cannot unmarshal arg 'tags=none': missing index on the array\n"],
  ['iam application create name=x tags.1=b tags.0=a', "Cannot unmarshal arg 'tags.1=b': missing index 0"],
  [
    'iam application create tags.3=b',
    "Cannot unmarshal arg 'tags.3=b': missing indices, 0,1,2 all indices prior to 3 must be set as well\n",
  ],
  ['iam application create tags.x=b', "Cannot unmarshal arg 'tags.x=b': invalid index 'x' is not a positive integer\n"],
  [
    'iam application create tags.0.x=a',
    "Cannot unmarshal arg 'tags.0.x=a': cannot set nested field for unmarshalable type string\n",
  ],
  ['iam application create name=a name=b', "Cannot unmarshal arg 'name=b': duplicate argument\n"],
  ['iam application update A tags.0=a tags=none', "Arguments 'tags.0' and 'tags' cannot be used simultaneously\n"],
  ['iam application create name', "Argument 'name' needs a value\n"],
  [
    'iam application list editable=yes',
    "Invalid value for 'editable' argument: invalid boolean value\n\nHint:\nPossible values: true, false\n",
  ],
  ['iam application list editable', "Invalid value for 'editable' argument: invalid boolean value\n"],
  [
    'iam application list order-by=bad',
    "Invalid value 'bad' for arg 'order-by'\n\nHint:\nAccepted values for 'order-by' are [created_at_asc created_at_desc updated_at_asc updated_at_desc name_asc name_desc]\n",
  ],
  [
    'iam application create organization-id=bad',
    "Invalid organization-id 'bad'\n\nHint:\norganization-id should be a valid UUID, formatted as: XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX.\n",
  ],
  [
    'iam user delete',
    'A positional argument is required for this command\n\nHint:\nTry running: scw iam user delete <user-id>\n',
  ],
  ['iam user get U foo=bar', "Unknown argument 'foo'\n\nHint:\nValid arguments are: user-id\n"],
  [
    'iam user get U Foo=bar',
    "Invalid argument 'Foo': arg name must only contain lowercase letters, numbers or dashes\n",
  ],
  ['iam policy clone P', "Invalid argument 'P': arg name must only contain lowercase letters, numbers or dashes\n"],
  ['iam policy clone p', "Unknown argument 'p'\n\nHint:\nValid arguments are: policy-id\n"],
  ['iam user update-password U', "Missing required argument 'password'\n"],
  ['iam policy create rules.1.organization-id=o', "Cannot unmarshal arg 'rules.1.organization-id=o': missing index 0"],
  ['iam user create member=x', "Cannot unmarshal arg 'member=x': missing field name for type"],
  [
    'iam api-key create application-id=a expires-at=2030-01-02',
    'Could not parse +2030-01-02 as either an absolute time (RFC3339) nor a relative time (+/-)RFC3339\n\nDetails:\n',
  ],
  ['iam api-key create expires-at=', "Invalid value for 'expires-at' argument: empty time given\n"],
  ['iam api-key create expires-at=none', 'Could not parse +none as either'],
  [
    'iam security-settings update max-login-session-duration=1d',
    "Invalid value for 'max-login-session-duration' argument: failed to parse duration",
  ],
  [
    'iam jwt list',
    'A positional argument is required for this command\n\nHint:\nTry running: scw iam jwt list <audience-id> order-by=created_at_asc\n',
  ],
  ['iam ssh-key create', "Missing required argument 'public-key'\n"],
  [
    'iam ssh-key create public-key=@/nowhere/key.pub',
    'Could not open requested file: open /nowhere/key.pub: no such file or directory\n',
  ],
  ['iam policy list -o xml', 'Invalid output format: xml\n'],
  ['iam policy list -o json=foo', 'Invalid option foo for json output. Valid options are: pretty\n'],
  ['iam policy list -o', "Flag needs an argument: 'o' in -o\n"],
  ['iam policy list --foo', 'Unknown flag: --foo\n'],
  ['iam policy list -x', "Unknown shorthand flag: 'x' in -x\n"],
  ['iam policy list --wait', 'Unknown flag: --wait\n'],
  ['foo', 'Unknown command "foo" for "scw"\n'],
  ['iam policy list -o template=', 'Cannot use a template output with an empty template\n'],
  ['iam policy list -o human=Nope', "Unknown field 'Nope' in output options\n\nHint:\nValid fields are: ID, Name,"],
  [
    'iam policy delete P -o human=Name',
    'List of fields for human output is only supported for commands that return a list\n',
  ],
  ['account project delete', "Missing required argument 'project-id'\n"],
];

describe('lines that are refused before anything is sent', () => {
  it.each(refused)('%s', async (line, error) => {
    const { code, stdout, stderr, requests } = await scw(line);
    expect([code, stdout, requests]).toEqual([1, '', []]);
    expect(stderr.slice(0, error.length)).toBe(error);
  });

  it('an id as a bare word where none is taken is no argument name', async () => {
    const { code, stderr, requests } = await scw(`iam policy clone ${organization}`);
    expect([code, requests]).toEqual([1, []]);
    expect(stderr).toContain('arg name must only contain lowercase letters, numbers or dashes');
  });

  it('a near miss of the first word is told', async () => {
    const { stderr } = await scw('iem');
    expect(stderr).toBe('Unknown command "iem" for "scw"\n\nDid you mean this?\n\tiam\n');
  });

  it('an empty id is caught before the call', async () => {
    const { code, stderr, requests } = await scw('iam user get user-id=');
    expect([code, stderr, requests]).toEqual([1, 'Field UserID cannot be empty in request\n', []]);
  });

  it('in JSON an error is one object on one line', async () => {
    const { stderr } = await scw('iam user get U foo=bar -o json');
    expect(stderr).toBe(`{"message":"unknown argument 'foo'","error":{},"hint":"Valid arguments are: user-id"}\n`);
    expect((await scw('iam user get U foo=bar -o yaml')).stderr).toBe("error: unknown argument 'foo'\n");
  });
});

describe('help', () => {
  it('is shown for want of a command, on standard output, and fails', async () => {
    for (const line of ['iam', 'iam policy', 'iam policy foo']) {
      const { code, stdout, stderr } = await scw(line);
      expect([code, stderr]).toEqual([1, '']);
      expect(stdout).toContain(line.startsWith('iam policy') ? 'scw iam policy <command>' : 'scw iam <command>');
    }
    expect((await scw('iam policy foo -o json')).stderr).toBe('{}\n');
  });

  it('by -h works without credentials', async () => {
    const env = { SCW_ACCESS_KEY: undefined, SCW_SECRET_KEY: undefined };
    const { code, stdout, requests } = await scw('iam group delete -h', { env });
    expect([code, requests]).toEqual([0, []]);
    expect(stdout).toContain('scw iam group delete <group-id ...> [arg=value ...]');
    expect((await scw('help iam group delete', { env })).stdout).toBe(stdout);
  });

  it('lists the tree of commands', async () => {
    const { code, stdout } = await scw('iam rule --list-sub-commands');
    expect(code).toBe(0);
    expect(stdout.match(/^\w+ - /gm)).toEqual(['create - ', 'delete - ', 'list - ', 'update - ']);
  });
});
