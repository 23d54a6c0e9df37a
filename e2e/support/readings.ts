import type { Subject } from './access.ts';
import type { PlainCall, Send } from './plain-client.ts';
import type { Json, ServerProcess } from './server-process.ts';

/** A way to find out whether somebody has access. */
export interface Reading {
  readonly name: string;
  /** The call, or null where this way does not exist for the subject. */
  readonly call: (subject: Subject, owner: Pick<ServerProcess, 'organizationId' | 'secretKey'>) => PlainCall | null;
  readonly isSo: (body: Json, subject: Subject) => boolean;
}

const iam = '/iam/v1alpha1';
const permission = 'iam:group:list';
const asked = { service: 'iam', name: 'group', action: 'list' };

/** All of them answer from the same facts. Those who ask for themselves also prove that their key is known, or gone. */
export const readings: readonly Reading[] = [
  {
    name: 'its own check',
    call: ({ key }, { organizationId }) =>
      key === undefined
        ? null
        : {
            ...{ method: 'POST', path: `${iam}/check-permissions`, key },
            body: { permissions: [{ ...asked, organization_id: organizationId }] },
          },
    isSo: (body) => body.responses[0].decision === 'allow',
  },
  {
    name: 'its own call',
    call: ({ key }) => (key === undefined ? null : { method: 'GET', path: `${iam}/groups?page_size=1`, key }),
    isSo: () => true,
  },
  {
    name: 'a check about it',
    call: ({ principalId, known }, { organizationId, secretKey }) =>
      known
        ? {
            ...{ method: 'POST', path: `${iam}/check-permissions`, key: secretKey },
            body: {
              permissions: [{ ...asked, organization_id: organizationId }],
              subject: { principal_id: principalId },
            },
          }
        : null,
    isSo: (body) => body.responses[0].decision === 'allow',
  },
  {
    name: 'an explanation',
    call: ({ principalId, known }, { organizationId, secretKey }) =>
      known
        ? {
            ...{ method: 'POST', path: `${iam}/explain`, key: secretKey },
            body: { permission, organization_id: organizationId, subject: { principal_id: principalId } },
          }
        : null,
    isSo: (body) => body.decision === 'allow',
  },
  {
    name: 'a search for everybody',
    call: ({ known }, { organizationId, secretKey }) =>
      known
        ? {
            ...{ method: 'POST', path: `${iam}/who-can`, key: secretKey },
            body: { permission, organization_id: organizationId },
          }
        : null,
    isSo: (body, { principalId }) => body.principals.some(({ id }: Json) => id === principalId),
  },
];

/** Reads once. @returns whether the subject has access */
export async function readOnce(
  send: Send,
  { isSo, name }: Reading,
  call: PlainCall,
  subject: Subject,
): Promise<boolean> {
  const { status, body } = await send(call);
  // Without the right to ask, or without a key that is known.
  if (call.key === subject.key && (status === 403 || status === 401)) return false;
  if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
  return isSo(body, subject);
}
