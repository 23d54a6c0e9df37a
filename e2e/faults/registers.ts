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

/** A way of asking, and what an answer says; null for one that says nothing. */
export interface Reading {
  readonly from: 'database' | 'memory';
  readonly call: PlainCall;
  value(answer: PlainAnswer): string | null;
}

const iam = '/iam/v1alpha1';
const permission = { service: 'iam', name: 'group', action: 'list' };

/** Descriptions that grow, and rights that are given and taken in four ways. */
export async function createRegisters(server: ServerProcess, send: Send): Promise<readonly Register[]> {
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

  return [
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
}
