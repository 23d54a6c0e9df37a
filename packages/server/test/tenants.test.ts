import { type OperationId, operations } from '@bailiwick/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { dumpTables } from './support/dump.ts';
import { type NamingArgument, namingArguments, requestNaming } from './support/named-things.ts';
import { type Answer, type Json, serverOn } from './support/server.ts';
import { furnish, type Tenant } from './support/tenant.ts';

/** What an operation answers to the name of something that is not the caller's. */
type Outcome = (name: string, own: Tenant) => readonly [status: number, body: Json];

const unknown =
  (resource: string): Outcome =>
  (resource_id) => [404, { message: 'resource is not found', resource, resource_id, type: 'not_found' }];
const none =
  (items: string): Outcome =>
  () => [200, { [items]: [], total_count: 0 }];
const denied =
  (action: string, resource: string): Outcome =>
  () => [403, { details: [{ action, resource }], message: 'insufficient permissions', type: 'permissions_denied' }];
const invalid =
  (argument_name: string, help_message: string): Outcome =>
  () => [
    400,
    {
      details: [{ argument_name, help_message, reason: 'constraint' }],
      message: 'invalid argument(s)',
      type: 'invalid_arguments',
    },
  ];

const answered =
  (decision: string): Outcome =>
  () => [200, { responses: [{ decision }] }];

const explained = (because: string, principal_type: string, of: (name: string, own: Tenant) => Json): Outcome => {
  const nothing = { permissions: [], groups: [], rules: [], changes: [] };
  return (name, own) => [200, { decision: 'deny', because, principal_type, ...nothing, ...of(name, own) }];
};
/** The caller, which is the owner, asked about in a project that is not of its organization. */
const elsewhere = explained('foreign_scope', 'user', (name, { owner, allUsers }) => ({
  permission: 'iam:ssh_key:read',
  scope: { type: 'project', id: name, name: '' },
  principal_id: owner,
  principal_name: 'owner@example.org',
  groups: [{ id: allUsers, name: 'All Users' }],
  permissions: [{ permission: 'iam:ssh_key:read', held: true }],
}));
const nobody = (tell: (name: string) => string) =>
  explained('unknown_principal', 'unknown', (name, { organization }) => ({
    permission: 'iam:ssh_key:read',
    scope: { type: 'organization', id: organization, name: 'another' },
    principal_id: tell(name),
    principal_name: '',
  }));

const organization = { organization_id: unknown('organization') };
const user = { user_id: unknown('user') };
const application = { application_id: unknown('application') };
const group = { group_id: unknown('group') };
const policy = { policy_id: unknown('policy') };
const project = { project_id: unknown('project_id') };
const accessKey = { access_key: unknown('access_key') };
const sshKey = { ssh_key_id: unknown('ssh_key') };
const saml = { saml_id: unknown('saml') };
const samlCertificate = { certificate_id: unknown('saml_certificate') };
const scim = { scim_id: unknown('scim') };
const jwt = { jti: unknown('jwt') };
/** Lists of members are looked up user by user. */
const members = { user_ids: unknown('user'), application_ids: unknown('application') };
const principal = { ...user, ...group, ...application };
const rules = {
  'rules.project_ids': invalid(
    'rules[0].project_ids[0]',
    'this project does not exist in the organization of the policy',
  ),
  'rules.organization_id': invalid('rules[0].organization_id', 'value must be the organization of the policy'),
};
const filters = (items: string, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, none(items)]));

/** A row for each operation, with an outcome for each argument that names something. Reviewed like code. */
const outcomes: Readonly<Record<OperationId, Readonly<Record<string, Outcome>>>> = {
  'sshKeys.list': { ...filters('ssh_keys', 'name', 'project_id'), ...organization },
  'sshKeys.create': project,
  'sshKeys.get': sshKey,
  'sshKeys.update': sshKey,
  'sshKeys.delete': sshKey,
  'users.list': { ...filters('users', 'user_ids', 'tag'), ...organization },
  'users.create': organization,
  'users.get': user,
  'users.update': user,
  'users.delete': user,
  'users.updateUsername': user,
  'users.updatePassword': user,
  'users.lock': user,
  'users.unlock': user,
  // Who sets up, or is connected, is nobody but the caller.
  'mfaOtp.create': { user_id: denied('create', 'self_mfa') },
  'mfaOtp.getAddress': { user_id: denied('create', 'self_mfa') },
  'mfaOtp.validate': { user_id: denied('write', 'self_mfa') },
  'mfaOtp.delete': user,
  'webauthn.startRegistration': { user_id: denied('create', 'self_mfa') },
  'webauthn.finishRegistration': { user_id: denied('create', 'self_mfa'), ceremony_id: unknown('webauthn_ceremony') },
  'webauthn.list': user,
  'webauthn.update': { authenticator_id: denied('write', 'self_mfa') },
  'webauthn.delete': { authenticator_id: unknown('webauthn_authenticator') },
  'gracePeriods.list': user,
  'connections.list': { user_id: denied('list', 'self_connection') },
  'connections.initiate': { user_id: denied('create', 'self_connection') },
  'connections.join': { user_id: denied('create', 'self_connection') },
  'connections.remove': { user_id: denied('delete', 'self_connection'), target_user_id: unknown('connection') },
  'applications.list': { ...filters('applications', 'name', 'application_ids', 'tag'), ...organization },
  'applications.create': organization,
  'applications.get': application,
  'applications.update': application,
  'applications.delete': application,
  'groups.list': {
    ...filters('groups', 'name', 'application_ids', 'user_ids', 'group_ids', 'tag'),
    ...organization,
  },
  'groups.create': organization,
  'groups.get': group,
  'groups.update': group,
  'groups.setMembers': { ...group, ...members },
  'groups.addMember': { ...group, ...user, ...application },
  'groups.addMembers': { ...group, ...members },
  // Who is no member is no member, whatever else it is: the answer names no kind of thing.
  'groups.removeMember': { ...group, user_id: unknown(''), application_id: unknown('') },
  'groups.delete': group,
  'policies.list': {
    ...filters('policies', 'user_ids', 'group_ids', 'application_ids', 'policy_name', 'tag', 'policy_ids'),
    ...organization,
  },
  'policies.create': { ...organization, ...principal, ...rules },
  'policies.get': policy,
  'policies.update': { ...policy, ...principal },
  'policies.delete': policy,
  'policies.clone': policy,
  'policies.preview': { ...policy, ...principal, ...rules },
  'rules.list': policy,
  'rules.set': { ...policy, ...rules },
  'permissionSets.list': organization,
  'permissionSets.get': {},
  'apiKeys.list': {
    ...filters('api_keys', 'application_id', 'user_id', 'access_key', 'access_keys', 'description', 'bearer_id'),
    ...organization,
  },
  'apiKeys.listUses': { ...filters('api_key_uses', 'access_keys', 'bearer_id'), ...organization },
  'apiKeys.create': {
    ...application,
    // Nobody makes a key for another user, be it known or not.
    user_id: denied('create', 'api_key'),
    default_project_id: unknown('project_id'),
  },
  'apiKeys.get': accessKey,
  'apiKeys.update': { ...accessKey, default_project_id: unknown('project_id') },
  'apiKeys.delete': accessKey,
  'quotas.list': organization,
  'quotas.get': organization,
  'jwts.list': { audience_id: denied('list', 'self_jwt') },
  'jwts.create': { user_id: denied('create', 'self_jwt') },
  'jwts.get': jwt,
  'jwts.delete': jwt,
  // Who signs in has no credential: what it names stands for itself (sign-in.test.ts).
  'signIn.start': {},
  'signIn.password': {},
  'signIn.sendCode': {},
  'signIn.code': {},
  'signIn.saml': {},
  'signIn.answerSaml': {},
  'signIn.finishSaml': {},
  'signIn.webauthn': {},
  'signIn.secondFactor': {},
  'signIn.recover': {},
  'signIn.setPassword': {},
  'signIn.renew': {},
  'signIn.signOut': {},
  'signInGrants.createCode': {},
  'signInGrants.redeemCode': {},
  'signInGrants.startDevice': {},
  // A device waits for anybody, and belongs to whoever approves it.
  'signInGrants.getDevice': {},
  'signInGrants.approveDevice': {},
  'signInGrants.refuseDevice': {},
  'signInGrants.redeemDevice': {},
  'logs.list': { ...filters('logs', 'search'), ...organization },
  'logs.get': { log_id: unknown('log') },
  'logTree.getHead': organization,
  'logTree.getInclusionProof': { log_id: unknown('log'), ...organization },
  'logTree.getConsistencyProof': organization,
  'logTree.listEntries': organization,
  'organizations.get': organization,
  'organizations.setAlias': organization,
  'organizations.updateLoginMethods': organization,
  'securitySettings.get': organization,
  'securitySettings.update': organization,
  'saml.get': organization,
  'saml.enable': organization,
  'saml.update': saml,
  'saml.delete': saml,
  'saml.parseMetadata': {},
  'samlCertificates.list': saml,
  'samlCertificates.add': saml,
  'samlCertificates.get': samlCertificate,
  'samlCertificates.delete': samlCertificate,
  'scim.get': organization,
  'scim.enable': organization,
  'scim.delete': scim,
  'scimTokens.list': scim,
  'scimTokens.create': scim,
  'scimTokens.delete': { token_id: unknown('scim_token') },
  'projects.list': { ...filters('projects', 'name', 'project_ids'), ...organization },
  'projects.create': organization,
  'projects.get': project,
  'projects.update': project,
  'projects.delete': project,
  'decisions.check': {
    'permissions.project_id': answered('deny'),
    'permissions.organization_id': answered('deny'),
    'subject.principal_id': answered('deny'),
    'subject.secret_key': answered('deny'),
    'subject.session_token': answered('deny'),
  },
  'decisions.explain': {
    ...organization,
    project_id: elsewhere,
    'subject.principal_id': nobody((id) => id),
    // A credential does not tell whose it is.
    'subject.secret_key': nobody(() => ''),
    'subject.session_token': nobody(() => ''),
  },
  'decisions.whoCan': { ...organization, project_id: none('principals') },
  'decisions.whatCan': filters('permissions', 'subject.principal_id', 'subject.secret_key', 'subject.session_token'),
  // A resource is described, not named: nothing is looked up.
  'decisions.evaluateCondition': {},
  // What these name is told apart in authzen-access.test.ts and forward-auth.test.ts: nothing of theirs is an id by form.
  'authzen.evaluation': {},
  'authzen.evaluations': {},
  'authzen.searchSubject': {},
  'authzen.searchResource': {},
  'authzen.searchAction': {},
  'authzen.configuration': {},
  'gateway.metadata': {},
  'gateway.forwardAuth': {},
};

/** Names in the right form that nothing has. */
const nowhere = (kind: NamingArgument['kind']): string =>
  kind === 'accessKey' ? 'SCW0000000000000000A' : kind === 'word' ? 'nowhere' : '6f0c0000-0000-4000-8000-000000000009';

/** All that a caller can see of an answer, with the name that was asked for made the same. */
const visible = ({ status, headers, text }: Answer, name: string) => {
  const { 'x-request-id': _request, 'content-length': _length, date: _date, ...rest } = headers;
  return { status, headers: rest, text: text.replaceAll(name, 'NAME') };
};

for (const database of databases()) {
  describe(`two organizations on ${database.name}`, () => {
    const server = serverOn(database);
    let ours: Tenant;
    let theirs: Tenant;

    beforeAll(async () => {
      ours = await furnish(server.call, server.organization, 'ours');
      theirs = await furnish(server.call, await server.anotherOrganization(), 'theirs');
    });

    for (const operation of operations) {
      it(`${operation.id} takes what belongs to another organization for what does not exist`, async () => {
        const named = namingArguments(operation);
        const expected = outcomes[operation.id];
        expect(named.map(({ path }) => path).toSorted()).toEqual(Object.keys(expected).toSorted());
        const before = await dumpTables(server.services);
        for (const [own, other] of pairs()) {
          for (const argument of named) {
            const ask = async (name: string, key: string) => {
              const [path, options] = requestNaming(operation, own, argument, name);
              return server.call(operation.method, path, { ...options, key });
            };
            const [foreign, unknown] = [other[argument.kind], nowhere(argument.kind)];
            const answer = await ask(foreign, own.secretKey);
            expect([answer.status, answer.body], argument.path).toEqual(expected[argument.path]?.(foreign, own));
            for (const key of [own.secretKey, own.powerlessKey]) {
              expect(visible(await ask(foreign, key), foreign), argument.path).toEqual(
                visible(await ask(unknown, key), unknown),
              );
            }
          }
        }
        expect(await dumpTables(server.services)).toEqual(before);
      });
    }

    it('a list holds what is its own and nothing of another organization', async () => {
      for (const [own, other] of pairs()) {
        let seen = '';
        for (const operation of operations.filter(({ id }) => id.endsWith('.list'))) {
          const { status, text } = await server.call('GET', requestNaming(operation, own)[0], { key: own.secretKey });
          expect(status, text).toBe(200);
          seen += text;
        }
        for (const name of Object.values(namesOf(own))) expect(seen).toContain(`"${name}"`);
        for (const name of Object.values(namesOf(other))) expect(seen).not.toContain(`"${name}"`);
      }
    });

    it('a name taken in one organization is free in another, but for the alias, which tells nothing of who has it', async () => {
      const [key, { word, organization }] = [ours.secretKey, theirs];
      const member = { email: `${word}@example.org`, username: word };
      expect((await server.call('POST', '/iam/v1alpha1/groups', { key, body: { name: word } })).status).toBe(200);
      expect((await server.call('POST', '/iam/v1alpha1/users', { key, body: { member } })).status).toBe(200);
      const alias = (tenant: Tenant) =>
        server.call('PUT', `/iam/v1alpha1/organizations/${tenant.organization}/alias`, {
          key: tenant.secretKey,
          body: { alias: 'acme' },
        });
      expect((await alias(theirs)).status).toBe(200);
      const { status, body, text } = await alias(ours);
      expect([status, body]).toEqual([
        409,
        {
          help_message: 'another organization has this alias: choose another',
          message: 'resource already exists',
          resource: 'organization',
          resource_id: 'acme',
          type: 'already_exists',
        },
      ]);
      expect(text).not.toContain(organization);
    });

    const pairs = () =>
      [
        [ours, theirs],
        [theirs, ours],
      ] as const;
    const namesOf = ({
      secretKey: _secret,
      powerlessKey: _powerless,
      sessionToken: _session,
      ceremony: _ceremony,
      saml: _saml,
      ...names
    }: Tenant) => names;
  });
}
