import type { PlainAnswer, PlainCall, Send } from '../support/plain-client.ts';
import type { Json, ServerProcess } from '../support/server-process.ts';

/** One thing of an organization that a writer changes again and again, and ways of asking for it. */
export interface Register {
  readonly name: string;
  /** What it holds before the first write. */
  readonly first: string;
  /** What the version holds, and how it comes there. */
  version(number: number): { readonly value: string; readonly call: PlainCall };
  readonly readings: readonly Reading[];
}

/** An API key that is made by version 1 and deleted by every later one; it can be asked for when its secret is known. */
export interface Key extends Register {
  adopt(made: Json): void;
}

/** A way of asking, and what an answer says; null for one that says nothing. */
export interface Reading {
  readonly from: 'database' | 'memory';
  readonly call: PlainCall;
  value(answer: PlainAnswer): string | null;
}

const iam = '/iam/v1alpha1';
const permission = { service: 'iam', name: 'group', action: 'list' };

export interface Registers {
  readonly registers: readonly Register[];
  newKey(name: string): Key;
}

/** Descriptions that grow, rights that are given and taken in four ways, and keys. */
export async function createRegisters(server: ServerProcess, send: Send): Promise<Registers> {
  const { organizationId, secretKey: key } = server;
  const call = (method: string, path: string, body: Json): PlainCall => ({ method, path: `${iam}${path}`, key, body });
  const create = async (collection: string, body: Json): Promise<Json> => {
    const answer = await send(call('POST', `/${collection}`, body));
    if (answer.status !== 200) throw new Error(`${collection}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: organizationId }];
  const application = async (name: string): Promise<{ readonly id: string; readonly key: string }> => {
    const { id } = await create('applications', { name });
    return { id, key: (await create('api-keys', { application_id: id })).secret_key };
  };
  const asked = { ...permission, organization_id: organizationId };
  const check = (asker: string, subject: Json): Reading => ({
    from: 'memory',
    call: {
      ...{ method: 'POST', path: `${iam}/check-permissions`, key: asker },
      body: { permissions: [asked], ...subject },
    },
    value: ({ status, body }) => (status === 200 ? body.responses[0].decision : null),
  });
  const about = (principalId: string) => check(key, { subject: { principal_id: principalId } });
  const right = (
    name: string,
    change: (isGiven: boolean) => PlainCall,
    readings: readonly Reading[],
    first = 'deny',
  ): Register => ({
    name,
    first,
    version: (number) => {
      const isGiven = number % 2 === 1;
      return { value: isGiven ? 'allow' : 'deny', call: change(isGiven) };
    },
    readings,
  });
  const described = async (name: string): Promise<Register> => {
    const { id } = await create('applications', { name });
    return {
      name,
      first: '',
      version: (number) => ({
        value: `version ${number}`,
        call: call('PATCH', `/applications/${id}`, { description: `version ${number}` }),
      }),
      readings: [
        {
          from: 'database',
          call: { method: 'GET', path: `${iam}/applications/${id}`, key },
          value: ({ status, body }) => (status === 200 ? body.description : null),
        },
      ],
    };
  };

  const ruled = await application('ruled');
  const policy = (await create('policies', { name: 'ruled', application_id: ruled.id, rules: [] })).id;
  const member = await application('member');
  const group = (await create('groups', { name: 'members' })).id;
  await create('policies', { name: 'members', group_id: group, rules });
  const principal = await application('principal');
  const attached = (await create('policies', { name: 'attached', no_principal: true, rules })).id;
  const user = (await create('users', { email: 'ada@example.org' })).id;
  await create('policies', { name: 'user', user_id: user, rules });

  const bearer = await application('bearer');
  await create('policies', { name: 'bearer', application_id: bearer.id, rules });
  const newKey = (name: string): Key => {
    let accessKey = '';
    const readings: Reading[] = [];
    return {
      name,
      first: 'deny',
      version: (number) =>
        number === 1
          ? { value: 'allow', call: call('POST', '/api-keys', { application_id: bearer.id }) }
          : { value: 'deny', call: { method: 'DELETE', path: `${iam}/api-keys/${accessKey}`, key } },
      readings,
      adopt: (made) => {
        accessKey = made.access_key;
        const asked = check(made.secret_key, {});
        readings.push({ ...asked, value: (answer) => (answer.status === 401 ? 'deny' : asked.value(answer)) });
      },
    };
  };

  const registers = [
    await described('one description'),
    await described('another description'),
    right('rules of a policy', (isGiven) => call('PUT', '/rules', { policy_id: policy, rules: isGiven ? rules : [] }), [
      about(ruled.id),
      check(ruled.key, {}),
    ]),
    right(
      'members of a group',
      (isGiven) =>
        call('PUT', `/groups/${group}/members`, { application_ids: isGiven ? [member.id] : [], user_ids: [] }),
      [about(member.id), check(member.key, {})],
    ),
    right(
      'principal of a policy',
      (isGiven) =>
        call('PATCH', `/policies/${attached}`, isGiven ? { application_id: principal.id } : { no_principal: true }),
      [about(principal.id), check(principal.key, {})],
    ),
    right(
      'lock of a user',
      (isGiven) => call('POST', `/users/${user}/${isGiven ? 'unlock' : 'lock'}`, {}),
      [about(user)],
      'allow',
    ),
  ];
  return { registers, newKey };
}
