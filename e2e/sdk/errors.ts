import { errorKinds } from '@bailiwick/contract';
import { createClient, Errors } from '@scaleway/sdk-client';
import { expect } from 'vitest';
import { member, nothing, ownerOf, publicKey, type Walks } from './expected.ts';
import { sdkFor } from './sdk.ts';

/** Classes of the SDK by the `type` that they are for; the last is for all others. */
const typesOfClasses: Readonly<Record<keyof typeof Errors, string>> = {
  AlreadyExistsError: 'already_exists',
  DeniedAuthenticationError: 'denied_authentication',
  InvalidArgumentsError: 'invalid_arguments',
  OutOfStockError: 'out_of_stock',
  PermissionsDeniedError: 'permissions_denied',
  PreconditionFailedError: 'precondition_failed',
  QuotasExceededError: 'quotas_exceeded',
  ResourceExpiredError: 'expired',
  ResourceLockedError: 'locked',
  ResourceNotFoundError: 'not_found',
  TooManyRequestsError: 'too_many_requests',
  TransientStateError: 'transient_state',
  ScalewayError: 'method_not_allowed',
};

/** How refusals arrive. */
export const errors: Walks = {
  "errors arrive as the SDK's own, with all that they say": async ({ iam, projects, server, organizationId }) => {
    const powerless = await iam.createApplication({ name: 'powerless', description: '' });
    const key = await iam.createAPIKey({ applicationId: powerless.id, description: '' });
    const group = await iam.createGroup({ name: 'taken', description: '' });
    const { id: ownerId } = await ownerOf(iam);
    const soon = new Date(Date.now() + 500);
    const short = await iam.createAPIKey({ applicationId: powerless.id, description: '', expiresAt: soon });
    const { id: userId } = await member(iam, 'hasty');
    await iam.createSSHKey({ name: 'last', publicKey });
    const refusals: readonly (readonly [() => Promise<unknown>, new (...all: never[]) => Error, object])[] = [
      [
        () => iam.getGroup({ groupId: nothing }),
        Errors.ResourceNotFoundError,
        { status: 404, resource: 'group', resourceId: nothing },
      ],
      [
        () => projects.getProject({ projectId: nothing }),
        Errors.ResourceNotFoundError,
        { resource: 'project_id', resourceId: nothing },
      ],
      [
        () => iam.createApplication({ name: '!', description: 'd'.repeat(201) }),
        Errors.InvalidArgumentsError,
        {
          status: 400,
          details: [
            { argumentName: 'name', helpMessage: expect.stringContaining('regex'), reason: 'format' },
            { argumentName: 'description', helpMessage: expect.stringContaining('200'), reason: 'constraint' },
          ],
        },
      ],
      [
        () => sdkFor(server, key.secretKey).iam.listGroups(),
        Errors.PermissionsDeniedError,
        { status: 403, list: [{ action: 'list', resource: 'group' }] },
      ],
      [
        () => iam.createGroup({ name: 'taken', description: '' }),
        Errors.AlreadyExistsError,
        { status: 409, resource: 'group', resourceId: group.id, helpMessage: expect.stringContaining('taken') },
      ],
      [
        () => iam.deleteUser({ userId: ownerId }),
        Errors.PreconditionFailedError,
        { status: 412, precondition: 'protected_resource', helpMessage: expect.any(String) },
      ],
      [
        () => iam.createSSHKey({ name: 'one more', publicKey }),
        Errors.QuotasExceededError,
        {
          status: 403,
          list: [{ resource: 'ssh_key', quota: 1, current: 1, scope: { kind: 'organization', id: organizationId } }],
        },
      ],
      [
        () => sdkFor(server, nothing).iam.listGroups(),
        Errors.DeniedAuthenticationError,
        { status: 401, method: 'api_key', reason: 'not_found' },
      ],
      [
        async () => {
          while (Date.now() <= soon.getTime()) await new Promise((resolve) => setTimeout(resolve, 50));
          await sdkFor(server, short.secretKey).iam.listGroups();
        },
        Errors.DeniedAuthenticationError,
        { status: 401, method: 'api_key', reason: 'expired' },
      ],
      [
        // More passwords at once than may wait.
        () =>
          Promise.all(Array.from({ length: 120 }, () => iam.updateUserPassword({ userId, password: 'x'.repeat(20) }))),
        Errors.TooManyRequestsError,
        { status: 429, helpMessage: expect.any(String), resetSeconds: 1 },
      ],
      [
        () =>
          createClient({ apiURL: server.url, accessKey: server.accessKey, secretKey: server.secretKey }).fetch({
            method: 'PUT',
            path: '/iam/v1alpha1/users',
          }),
        Errors.ScalewayError,
        { status: 405, body: { type: 'method_not_allowed' } },
      ],
    ];
    const met = new Set<string>();
    for (const [call, kind, said] of refusals) {
      const error = await call().catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject(said);
      met.add(kind.name);
    }
    const served = Object.entries(typesOfClasses).filter(([, type]) => type in errorKinds);
    expect([...met].toSorted()).toEqual(served.map(([name]) => name).toSorted());
  },
};
