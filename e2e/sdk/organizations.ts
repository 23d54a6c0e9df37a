import { expect } from 'vitest';
import { date, id, ids, made, ownerOf, type Walks } from './expected.ts';

/** The organization, its projects, quotas, sessions and log. */
export const organizations: Walks = {
  'the organization and its settings': async ({ iam, organizationId }) => {
    const organization = await iam.getOrganization();
    const methods = {
      loginPasswordEnabled: true,
      loginMagicCodeEnabled: true,
      loginOauth2Enabled: false,
      loginSamlEnabled: false,
    };
    expect(organization).toEqual({ id: organizationId, name: expect.any(String), alias: '', ...methods });
    const changed = { ...organization, loginMagicCodeEnabled: false };
    expect(await iam.updateOrganizationLoginMethods({ loginMagicCodeEnabled: false })).toEqual(changed);
    expect(await iam.setOrganizationAlias({ alias: 'acme' })).toEqual({ ...changed, alias: 'acme' });
    const settings = await iam.getOrganizationSecuritySettings();
    expect(settings).toEqual({
      ...{
        enforcePasswordRenewal: false,
        gracePeriodDuration: '259200s',
        loginAttemptsBeforeLocked: expect.any(Number),
      },
      ...{ maxLoginSessionDuration: '2592000s', maxApiKeyExpirationDuration: '0s' },
    });
    const stricter = { loginAttemptsBeforeLocked: 3, gracePeriodDuration: '7200s' };
    expect(await iam.updateOrganizationSecuritySettings(stricter)).toEqual({ ...settings, ...stricter });
  },

  projects: async ({ projects, organizationId }) => {
    const project = await projects.createProject({ name: 'web', description: 'The site' });
    const shown = { id, name: 'web', description: 'The site', organizationId, ...made };
    expect(project).toEqual(shown);
    const known = { ...shown, qualification: { architectureType: 'unknown_architecture_type' } };
    expect(await projects.getProject({ projectId: project.id })).toEqual(known);
    expect(await projects.getProject()).toMatchObject({ id: organizationId, name: 'default' });
    const renamed = await projects.updateProject({ projectId: project.id, name: 'site' });
    expect(renamed).toEqual({ ...shown, name: 'site' });
    const { projects: listed, totalCount } = await projects.listProjects({ orderBy: 'name_asc' });
    expect([listed.map(({ name }) => name), totalCount]).toEqual([['default', 'site'], 2]);
    expect(ids(await projects.listProjects({ projectIds: [project.id], pageSize: 1 }).all())).toEqual([project.id]);
    expect(await projects.deleteProject({ projectId: project.id })).toBeUndefined();
  },

  quotas: async ({ iam }) => {
    const quota = await iam.getQuotum({ quotumName: 'iam_ssh_keys' });
    const value = { limit: 1 };
    expect(quota).toEqual({
      ...{ name: 'iam_ssh_keys', prettyName: expect.any(String), unit: expect.any(String), ...value },
      ...{ description: expect.any(String), localityType: 'global', limits: [{ global: true, ...value }] },
    });
    const all = await iam.listQuota({ pageSize: 3 }).all();
    expect(all).toContainEqual(quota);
    expect(all.find(({ name }) => name === 'iam_groups')).toMatchObject({
      unlimited: true,
      limits: [{ global: true, unlimited: true }],
    });
  },

  'session tokens': async ({ iam }) => {
    const { id: userId } = await ownerOf(iam);
    const encoded = await iam.createJWT({ userId, referrer: 'https://example.org' });
    const jwt = {
      jti: id,
      issuerId: userId,
      audienceId: userId,
      expiresAt: date,
      ip: '127.0.0.1',
      userAgent: expect.stringContaining('scaleway-sdk-js'),
      ...made,
    };
    expect(encoded).toEqual({
      jwt,
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      renewToken: expect.any(String),
    });
    const jti = encoded.jwt?.jti ?? '';
    expect(await iam.getJWT({ jti })).toEqual(jwt);
    expect(await iam.listJWTs({ audienceId: userId, expired: false }).all()).toEqual([jwt]);
    expect(await iam.deleteJWT({ jti })).toBeUndefined();
  },

  'the log': async ({ iam, organizationId }) => {
    const application = await iam.createApplication({ name: 'logged', description: '' });
    const [entry] = await iam
      .listLogs({ search: application.id, action: 'created', resourceType: 'application' })
      .all();
    expect(entry).toEqual({
      ...{
        id,
        createdAt: application.createdAt,
        ip: '127.0.0.1',
        userAgent: expect.stringContaining('scaleway-sdk-js'),
      },
      ...{ action: 'created', bearerId: (await ownerOf(iam)).id, organizationId },
      ...{ resourceType: 'application', resourceId: application.id },
    });
    expect(await iam.getLog({ logId: entry?.id ?? '' })).toEqual(entry);
    const until = { createdAfter: new Date(0), createdBefore: new Date() };
    const { totalCount } = await iam.listLogs({ ...until, pageSize: 1 });
    expect(totalCount).toBeGreaterThan(9);
    expect(await iam.listLogs({ ...until, pageSize: 4 }).all()).toHaveLength(totalCount);
  },
};
