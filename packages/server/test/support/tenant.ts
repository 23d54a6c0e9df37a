import { expect } from 'vitest';
import { signingCertificate } from '../../../../test-support/signing-certificate.ts';
import type { BornOrganization } from '../../src/organizations/create.ts';
import { registerAuthenticator, startRegistration } from './authenticator.ts';
import type { Call, Json } from './server.ts';

/** Everything of an organization that another one could name: by id, or by a text that its lists are searched for. */
export interface Tenant {
  readonly secretKey: string;
  /** Secret of an application that may do nothing. */
  readonly powerlessKey: string;
  /** Of the owner. */
  readonly sessionToken: string;
  readonly organization: string;
  readonly project: string;
  readonly owner: string;
  readonly user: string;
  readonly application: string;
  readonly group: string;
  /** The special group of all users. */
  readonly allUsers: string;
  readonly policy: string;
  readonly accessKey: string;
  readonly sshKey: string;
  readonly jwt: string;
  readonly log: string;
  readonly saml: string;
  readonly samlCertificate: string;
  readonly scim: string;
  readonly scimToken: string;
  /** Of the owner, who has begun to register another one. */
  readonly authenticator: string;
  readonly ceremony: string;
  /** Name, description and tag of all of it. */
  readonly word: string;
}

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO';

/** Fills an organization with one of every kind of thing, all of them bound to one another. */
export async function furnish(
  call: Call,
  { organizationId, ownerId, secretKey }: BornOrganization,
  word: string,
): Promise<Tenant> {
  const ask = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await call(method, path, { key: secretKey, ...(body !== undefined && { body }) });
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(200);
    return answer.body;
  };
  const iam = (path: string) => `/iam/v1alpha1/${path}`;
  const named = { name: word, description: word, tags: [word], organization_id: organizationId };
  const { id: project } = await ask('POST', '/account/v3/projects', { ...named, tags: undefined });
  const { id: application } = await ask('POST', iam('applications'), named);
  const { id: group } = await ask('POST', iam('groups'), named);
  const { groups } = await ask('GET', iam('groups'));
  const { id: allUsers } = groups.find(({ name }: Json) => name === 'All Users');
  const member = { email: `${word}@example.org`, username: word, first_name: word, password: 'correct horse battery' };
  const { id: user } = await ask('POST', iam('users'), { member, tags: [word], organization_id: organizationId });
  await ask('PUT', iam(`groups/${group}/members`), { user_ids: [user], application_ids: [application] });
  const rules = [
    { permission_set_names: ['VPCReadOnly'], project_ids: [project] },
    { permission_set_names: ['IAMReadOnly'], organization_id: organizationId },
  ];
  const { id: policy } = await ask('POST', iam('policies'), { ...named, rules, group_id: group });
  const key = await ask('POST', iam('api-keys'), {
    application_id: application,
    default_project_id: project,
    description: word,
  });
  const { id: powerless } = await ask('POST', iam('applications'), { name: 'powerless' });
  const powerlessKey = await ask('POST', iam('api-keys'), { application_id: powerless });
  const { id: sshKey } = await ask('POST', iam('ssh-keys'), { name: word, public_key: publicKey, project_id: project });
  const { jwt, token } = await ask('POST', iam('jwts'), { user_id: ownerId });
  const { id: authenticator } = await registerAuthenticator({ call }, ownerId, secretKey);
  const { ceremony_id: ceremony } = await startRegistration({ call }, ownerId, secretKey);
  const { id: saml } = await ask('POST', iam(`organizations/${organizationId}/saml`), {});
  const { id: samlCertificate } = await ask('POST', iam(`saml/${saml}/certificates`), signingCertificate);
  const { id: scim } = await ask('POST', iam(`organizations/${organizationId}/scim`), {});
  const { token: scimToken } = await ask('POST', iam(`scim/${scim}/tokens`));
  const { logs } = await ask('GET', iam('logs?page_size=100'));
  return {
    ...{ secretKey, powerlessKey: powerlessKey.secret_key, organization: organizationId, owner: ownerId, word },
    ...{
      sessionToken: token,
      allUsers,
      project,
      user,
      application,
      group,
      policy,
      accessKey: key.access_key,
      sshKey,
      jwt: jwt.jti,
      log: logs[0].id,
      authenticator,
      ceremony,
      ...{ saml, samlCertificate, scim, scimToken: scimToken.id },
    },
  };
}
