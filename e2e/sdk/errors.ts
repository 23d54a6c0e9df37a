import { Errors } from '@scaleway/sdk-client';
import { expect } from 'vitest';
import { nothing, ownerOf, publicKey, type Walks } from './expected.ts';
import { sdkFor } from './sdk.ts';

/** How refusals arrive. */
export const errors: Walks = {
  "errors arrive as the SDK's own, with all that they say": async ({ iam, projects, server, organizationId }) => {
    const powerless = await iam.createApplication({ name: 'powerless', description: '' });
    const key = await iam.createAPIKey({ applicationId: powerless.id, description: '' });
    const group = await iam.createGroup({ name: 'taken', description: '' });
    const { id: ownerId } = await ownerOf(iam);
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
    ];
    for (const [call, kind, said] of refusals) {
      const error = await call().catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject(said);
    }
  },
};
