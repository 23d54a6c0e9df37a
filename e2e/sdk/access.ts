import { expect } from 'vitest';
import { changeable, id, ids, made, ownerOf, publicKey, type Walks } from './expected.ts';
import { sdkFor } from './sdk.ts';

/** What gives access: policies, permission sets and keys. */
export const access: Walks = {
  'policies and their rules': async ({ iam, organizationId }) => {
    const application = await iam.createApplication({ name: 'reader', description: '' });
    const reads = { permissionSetNames: ['IAMReadOnly'], condition: '', organizationId };
    const policy = await iam.createPolicy({
      name: 'read',
      description: 'Reads',
      rules: [reads],
      applicationId: application.id,
    });
    const shown = { id, name: 'read', description: 'Reads', organizationId, tags: [], ...made, ...changeable };
    expect(policy).toEqual({ ...shown, nbRules: 0, nbScopes: 0, nbPermissionSets: 0, applicationId: application.id });
    const policyId = policy.id;
    const counted = { ...shown, nbRules: 1, nbScopes: 1, nbPermissionSets: 1 };
    expect(await iam.getPolicy({ policyId })).toEqual({ ...counted, applicationId: application.id });
    const detached = await iam.updatePolicy({ policyId, noPrincipal: true, tags: ['a'] });
    expect(detached).toEqual({ ...counted, tags: ['a'], noPrincipal: true });
    const rules = Array.from({ length: 25 }, (_, index) => ({
      ...{ permissionSetNames: ['AllProductsReadOnly', 'VPCReadOnly'], projectIds: [organizationId] },
      condition: `request.user_agent == 'agent-${index}'`,
    }));
    const kept = rules.map((rule) => ({ ...rule, id, permissionSetsScopeType: 'projects' }));
    expect(await iam.setRules({ policyId, rules })).toEqual({ rules: kept });
    expect(await iam.listRules({ policyId })).toEqual({ rules: kept.slice(0, 20), totalCount: 25 });
    expect(await iam.listRules({ policyId }).all()).toEqual(kept);
    const clone = await iam.clonePolicy({ policyId });
    expect(clone).toEqual({
      ...shown,
      name: 'Copy of read',
      nbRules: 0,
      nbScopes: 0,
      nbPermissionSets: 0,
      noPrincipal: true,
    });
    const named = await iam.listPolicies({ policyName: 'Copy of read', noPrincipal: true, editable: true }).all();
    expect(ids(named)).toEqual([clone.id]);
    for (const one of [policyId, clone.id]) expect(await iam.deletePolicy({ policyId: one })).toBeUndefined();
  },

  'permission sets, on three pages': async ({ iam }) => {
    const all = await iam.listPermissionSets({ pageSize: 100 }).all();
    expect([all.length, new Set(ids(all)).size]).toEqual([203, 203]);
    expect(all.find(({ name }) => name === 'IAMManager')).toEqual({
      ...{ id, name: 'IAMManager', scopeType: 'organization' },
      ...{ description: expect.any(String), categories: expect.any(Array) },
    });
  },

  'API keys': async ({ iam, organizationId, server }) => {
    const application = await iam.createApplication({ name: 'bearer', description: '' });
    const end = new Date('2035-07-06T09:00:00.250Z');
    const key = await iam.createAPIKey({ applicationId: application.id, description: 'ci', expiresAt: end });
    const { accessKey } = key;
    const shown = {
      ...{ accessKey: expect.stringMatching(/^SCW[0-9A-Z]{17}$/), applicationId: application.id, description: 'ci' },
      ...{ expiresAt: end, defaultProjectId: organizationId, creationIp: '127.0.0.1', ...made, ...changeable },
    };
    expect(key).toEqual({ ...shown, secretKey: id });
    const later = { ...shown, secretKey: null };
    expect(await iam.getAPIKey({ accessKey })).toEqual(later);
    expect(await iam.updateAPIKey({ accessKey, description: '' })).toEqual({ ...later, description: '' });
    const listed = await iam.listAPIKeys({ bearerId: application.id, bearerType: 'application', expired: false }).all();
    expect(listed).toEqual([{ ...later, description: '' }]);
    const own = await iam.createAPIKey({ userId: (await ownerOf(iam)).id, description: '' });
    expect(await sdkFor(server, own.secretKey).iam.getOrganization()).toMatchObject({ id: organizationId });
    for (const one of [accessKey, own.accessKey]) expect(await iam.deleteAPIKey({ accessKey: one })).toBeUndefined();
  },

  'SSH keys': async ({ iam, organizationId }) => {
    const key = await iam.createSSHKey({ name: 'laptop', publicKey: `${publicKey} ada@laptop` });
    const shown = {
      ...{ id, name: 'laptop', publicKey, organizationId, projectId: organizationId, disabled: false, ...made },
      fingerprint: '256 MD5:6b:cd:72:8a:ae:45:24:4b:2b:72:f6:d0:6a:8d:16:06 (ssh-ed25519)',
    };
    expect(key).toEqual(shown);
    expect(await iam.getSSHKey({ sshKeyId: key.id })).toEqual(shown);
    expect(await iam.updateSSHKey({ sshKeyId: key.id, disabled: true })).toEqual({ ...shown, disabled: true });
    expect(await iam.listSSHKeys({ disabled: true })).toEqual({
      sshKeys: [{ ...shown, disabled: true }],
      totalCount: 1,
    });
    expect(await iam.deleteSSHKey({ sshKeyId: key.id })).toBeUndefined();
    expect(await iam.listSSHKeys()).toEqual({ sshKeys: [], totalCount: 0 });
  },
};
