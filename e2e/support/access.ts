import type { PlainAnswer, PlainCall, Send } from './plain-client.ts';
import { createRegister, type Register } from './register.ts';
import type { Json, ServerProcess } from './server-process.ts';

/** Access that somebody has or has not, with one way of giving and taking it. */
export interface Access {
  readonly register: Register;
  /** Each time it is given to somebody new; who lost it never gets it back. */
  readonly renewed: boolean;
  subject: Subject;
  /** What has to be there before it can be given; it changes no answer. */
  readonly prepare?: () => Promise<void>;
  readonly change: (give: boolean) => Promise<Changed>;
}

export interface Changed {
  readonly revision: number;
  /** Whom it is given to, where that is somebody new. */
  readonly subject?: Subject;
}

export interface Subject {
  readonly principalId: string;
  /** Missing for a user, who makes its keys itself. */
  readonly key?: string;
  /** Whether the owner may be asked about it: not where a key is what changes. */
  readonly known: boolean;
}

const iam = '/iam/v1alpha1';

/** Eight ways of giving the same access, each to a principal of its own. */
export async function createAccesses(server: ServerProcess, send: Send): Promise<readonly Access[]> {
  const { organizationId, secretKey: key } = server;
  const call = async (method: string, path: string, body?: Json): Promise<PlainAnswer> => {
    const answer = await send({ method, path: `${iam}${path}`, key, body } satisfies PlainCall);
    if (answer.status !== 200 && answer.status !== 204) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const create = async (collection: string, body: Json): Promise<Json> =>
    (await call('POST', `/${collection}`, body)).body;
  const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: organizationId }];
  const application = async (name: string): Promise<Subject & { readonly key: string }> => {
    const { id } = await create('applications', { name });
    const { secret_key: secret } = await create('api-keys', { application_id: id });
    return { principalId: id, key: secret, known: true };
  };
  const give = async (name: string, principal: Json): Promise<string> =>
    (await create('policies', { name, ...principal, rules })).id;

  return [
    await byRules(),
    await byMember(),
    await byMembers(),
    await byPrincipal(),
    await byPolicy(),
    await byLock(),
    await byKey(),
    await byApplication(),
  ];

  async function byRules(): Promise<Access> {
    const subject = await application('rules');
    const { id } = await create('policies', { name: 'rules', application_id: subject.principalId, rules: [] });
    const change = (given: boolean) => call('PUT', '/rules', { policy_id: id, rules: given ? rules : [] });
    return { register: createRegister('the rules of a policy'), renewed: false, subject, change };
  }

  async function byMember(): Promise<Access> {
    const subject = await application('member');
    const group = await create('groups', { name: 'member' });
    await give('member', { group_id: group.id });
    const member = { application_id: subject.principalId };
    const change = (given: boolean) => call('POST', `/groups/${group.id}/${given ? 'add' : 'remove'}-member`, member);
    return { register: createRegister('a member of a group'), renewed: false, subject, change };
  }

  async function byMembers(): Promise<Access> {
    const subject = await application('members');
    const group = await create('groups', { name: 'members' });
    await give('members', { group_id: group.id });
    const change = (given: boolean) =>
      call('PUT', `/groups/${group.id}/members`, { application_ids: given ? [subject.principalId] : [], user_ids: [] });
    return { register: createRegister('all members of a group'), renewed: false, subject, change };
  }

  async function byPrincipal(): Promise<Access> {
    const subject = await application('principal');
    const policy = await give('principal', { no_principal: true });
    const change = (given: boolean) =>
      call('PATCH', `/policies/${policy}`, given ? { application_id: subject.principalId } : { no_principal: true });
    return { register: createRegister('the principal of a policy'), renewed: false, subject, change };
  }

  async function byPolicy(): Promise<Access> {
    const subject = await application('policy');
    let policy = '';
    const change = async (given: boolean) => {
      if (!given) return call('DELETE', `/policies/${policy}`);
      const made = await call('POST', '/policies', { name: 'policy', application_id: subject.principalId, rules });
      policy = made.body.id;
      return made;
    };
    return { register: createRegister('a policy'), renewed: false, subject, change };
  }

  async function byLock(): Promise<Access> {
    const { id } = await create('users', { email: 'ada@example.org' });
    await give('lock', { user_id: id });
    const change = (given: boolean) => call('POST', `/users/${id}/${given ? 'unlock' : 'lock'}`, {});
    await change(false);
    const subject = { principalId: id, known: true };
    return { register: createRegister('the lock of a user'), renewed: false, subject, change };
  }

  async function byKey(): Promise<Access> {
    const { id } = await create('applications', { name: 'key' });
    await give('key', { application_id: id });
    const first = await create('api-keys', { application_id: id });
    await call('DELETE', `/api-keys/${first.access_key}`);
    let accessKey = '';
    const change = async (given: boolean): Promise<Changed> => {
      if (!given) return call('DELETE', `/api-keys/${accessKey}`);
      const { body, revision } = await call('POST', '/api-keys', { application_id: id });
      accessKey = body.access_key;
      return { revision, subject: { principalId: id, key: body.secret_key, known: false } };
    };
    const subject = { principalId: id, key: first.secret_key, known: false };
    return { register: createRegister('an API key'), renewed: true, subject, change };
  }

  async function byApplication(): Promise<Access> {
    let subject = { ...(await application('first')), known: false };
    let policy = '';
    await call('DELETE', `/applications/${subject.principalId}`);
    const prepare = async () => {
      if (policy !== '') await call('DELETE', `/policies/${policy}`);
      subject = { ...(await application('next')), known: false };
      policy = (await create('policies', { name: 'next', application_id: subject.principalId, rules: [] })).id;
    };
    const change = async (given: boolean): Promise<Changed> => {
      if (!given) return call('DELETE', `/applications/${subject.principalId}`);
      const { revision } = await call('PUT', '/rules', { policy_id: policy, rules });
      return { revision, subject };
    };
    return { register: createRegister('an application'), renewed: true, subject, prepare, change };
  }
}
