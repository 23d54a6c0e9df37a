import { describe, expect, it } from 'vitest';
import { now, type Reply, scw, secretKey } from './support/cli.ts';

const errors: readonly (readonly [body: object, people: string, programs: object])[] = [
  [
    { type: 'not_found', resource: 'user', resource_id: 'U' },
    "Cannot find resource 'user' with ID 'U'\n",
    { message: "cannot find resource 'user' with ID 'U'", error: { resource: 'user', resource_id: 'U' } },
  ],
  [
    {
      type: 'invalid_arguments',
      details: [
        { argument_name: 'name', help_message: 'give one', reason: 'required' },
        { argument_name: 'tags', help_message: '', reason: 'constraint' },
        { argument_name: 'email', help_message: 'an address', reason: 'format' },
        { argument_name: 'x', help_message: '', reason: 'unknown' },
      ],
    },
    `Invalid arguments 'name', 'tags', 'email', 'x'

Details:
- 'name' is required
- 'tags' does not respect constraints
- 'email' is wrongly formatted
- 'x' is invalid for unexpected reasons

Hint:
Give one

an address

`,
    { message: "invalid arguments 'name', 'tags', 'email', 'x'" },
  ],
  [
    { type: 'quotas_exceeded', details: [{ resource: 'iam_groups', current: 10, quota: 10 }] },
    "Quota exceeded for resources 'iam_groups'\n\nDetails:\n- iam_groups has reached its quota (10/10)\n\nHint:\nQuotas hold for a whole organization; whoever operates the service can raise them.\n",
    { message: "quota exceeded for resources 'iam_groups'" },
  ],
  [
    {
      type: 'permissions_denied',
      details: [
        { action: 'create', resource: 'api_key' },
        { action: 'read', resource: 'user' },
      ],
    },
    'Insufficient permissions: create api_key; read user\n',
    { error: 'insufficient permissions: create api_key; read user' },
  ],
  [
    { type: 'denied_authentication', method: 'api_key', reason: 'expired' },
    'Denied authentication: API key is expired\n',
    { error: 'denied authentication: API key is expired' },
  ],
  [
    { type: 'denied_authentication', method: 'jwt', reason: 'invalid_argument' },
    'Denied authentication: invalid JWT format or empty value\n',
    { error: 'denied authentication: invalid JWT format or empty value' },
  ],
  [
    { type: 'precondition_failed', precondition: 'resource_still_in_use', help_message: 'it has keys' },
    'Precondition failed: resource is still in use, it has keys\n',
    { error: 'precondition failed: resource is still in use, it has keys' },
  ],
  [
    { type: 'locked', resource: 'user', resource_id: 'U' },
    'Resource user with ID U is locked\n',
    { error: 'resource user with ID U is locked' },
  ],
  [
    { type: 'already_exists', message: 'resource already exists', resource: 'x' },
    'Resource already exists\n',
    { message: 'resource already exists', error: { message: 'resource already exists', type: 'already_exists' } },
  ],
];

describe('errors of the API', () => {
  it.each(errors)('%j', async (body, people, programs) => {
    const reply = (): Reply => ({ status: 400, body });
    const shown = await scw('iam user get U', { reply });
    expect([shown.code, shown.stdout, shown.stderr]).toEqual([1, '', people]);
    expect(JSON.parse((await scw('iam user get U -o json', { reply })).stderr)).toMatchObject(programs);
  });

  it('one that the client does not know keeps what the official client shows of it, in its order', async () => {
    const json = async (body: object) =>
      (await scw('iam user get U -o json', { reply: () => ({ status: 409, body }) })).stderr;
    const all = {
      help_message: 'h',
      resource_id: 'R',
      resource: 'group',
      type: 'already_exists',
      message: 'it is there',
    };
    expect(await json(all)).toBe(
      '{"message":"it is there","error":{"message":"it is there","type":"already_exists","resource":"group"}}\n',
    );
    expect(await json({ message: 'no' })).toBe('{"message":"no","error":{"message":"no"}}\n');
  });

  it('a body that is no JSON gives the status line', async () => {
    const html = (): Reply => ({ status: 500, headers: { 'content-type': 'text/html' }, body: '<html>' });
    expect((await scw('iam user get U', { reply: html })).stderr).toBe('500 Internal Server Error\n');
    const broken = (): Reply => ({ status: 500, body: '{' });
    expect((await scw('iam user get U', { reply: broken })).stderr).toMatch(/^Could not parse error response body: /);
  });

  it('an answer that is no JSON is an error too', async () => {
    expect((await scw('iam user get U', { reply: () => ({ body: '{' }) })).stderr).toMatch(
      /^Could not parse response body/,
    );
  });

  it('commands to the terminal in an answer are shown, not obeyed', async () => {
    const reply = (): Reply => ({ status: 400, body: { type: 'x', message: '\u001b[2Jgone' } });
    expect((await scw('iam user get U', { reply })).stderr).toBe('\\u001b[2Jgone\n');
  });
});

describe('too many requests', () => {
  it('are tried again, body and all, after the time that the service asks for', async () => {
    const reply = (_request: unknown, count: number): Reply =>
      count < 3 ? { status: 429, headers: count === 1 ? { 'retry-after': '7' } : {}, body: {} } : { body: { id: 'G' } };
    const { code, requests, slept } = await scw('iam group create name=x', { reply });
    expect([code, slept]).toEqual([0, [7000, 2000]]);
    expect(requests.map(({ body }) => body.name)).toEqual(['x', 'x', 'x']);
  });

  it('end at last', async () => {
    const reply = (): Reply => ({ status: 429, body: { type: 'too_many_requests', message: 'too many requests' } });
    const { code, requests, stderr } = await scw('iam group list', { reply });
    expect([code, requests.length, stderr]).toEqual([1, 6, 'Too many requests\n']);
  });

  it('are given up when the wait would be long', async () => {
    const reply = (): Reply => ({ status: 429, headers: { 'retry-after': '3600' }, body: {} });
    expect((await scw('iam group list', { reply })).requests).toHaveLength(1);
  });
});

describe('a service that is away for a moment', () => {
  const away =
    (status: number) =>
    (_request: unknown, count: number): Reply =>
      count < 3 ? { status, headers: { 'content-type': 'text/html' }, body: '<html>' } : {};

  it.each([502, 503, 504])('is asked again after %i', async (status) => {
    const { code, requests, slept } = await scw('iam user get U', { reply: away(status) });
    expect([code, requests.length, slept]).toEqual([0, 3, [500, 1000]]);
  });

  it('is asked again at the time that it names', async () => {
    const date = new Date(now + 9000).toUTCString();
    const reply = (_request: unknown, count: number): Reply =>
      count === 1 ? { status: 503, headers: { 'retry-after': date } } : {};
    const { slept } = await scw('iam user get U', { reply });
    // A date has no fraction of a second.
    expect(slept).toEqual([9000 - (now % 1000)]);
  });

  it.each(['iam group create name=x', 'iam group update G name=x'])(
    'is not asked twice to do this: %s',
    async (line) => {
      const { code, requests } = await scw(line, { reply: away(503) });
      expect([code, requests.length]).toEqual([1, 1]);
    },
  );

  it('has deleted what is gone at the second try', async () => {
    const reply = (_request: unknown, count: number): Reply =>
      count === 1 ? { status: 504 } : { status: 404, body: { type: 'not_found', resource: 'user', resource_id: 'U' } };
    const { code, stdout } = await scw('iam user delete U', { reply });
    expect([code, stdout]).toEqual([0, '✅ User has been successfully deleted.\n']);
  });

  it('is given up at last', async () => {
    const { code, requests, stderr } = await scw('iam user get U', {
      reply: () => ({ status: 503, headers: { 'content-type': 'text/html' }, body: '' }),
    });
    expect([code, requests.length, stderr]).toEqual([1, 4, '503 Service Unavailable\n']);
  });
});

describe('the debug log', () => {
  it('shows exchanges on standard error and no secret', async () => {
    const secret = '11111111-2222-4333-8444-555555555555';
    const reply = (): Reply => ({ body: { access_key: 'SCWX', secret_key: secret } });
    const { stdout, stderr } = await scw('iam api-key create user-id=U description=hello -D -o json', { reply });
    expect(JSON.parse(stdout).secret_key).toBe(secret);
    expect(stderr).toContain('POST /iam/v1alpha1/api-keys HTTP/1.1');
    expect(stderr).toContain('"description":"hello"');
    expect(stderr).toContain('"secret_key":"11111111-xxxx-xxxx-xxxx-xxxxxxxxxxxx"');
    for (const hidden of [secret, secretKey]) expect(stderr).not.toContain(hidden);
    const password = await scw('iam user update-password U password=tell-nobody-at-all', {
      env: { SCW_DEBUG: 'true' },
    });
    expect(password.stderr).toContain('update-password');
    expect(password.stderr).not.toContain('tell-nobody-at-all');
  });
});
