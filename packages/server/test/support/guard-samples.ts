import type { OperationId } from '@bailiwick/contract';
import type { GuardCase } from '../../../../scripts/guard-rows.ts';
import { signingCertificate } from '../../../../test-support/signing-certificate.ts';
import { oneTimePasswordAt } from '../../src/second-factors/one-time-passwords.ts';
import { registerAuthenticator, SoftAuthenticator, startRegistration } from './authenticator.ts';
import { create, createApplication, createGroup, createMember, createSession, keyFor } from './bearers.ts';
import { encoded } from './identity-provider.ts';
import { lastMail } from './mail.ts';
import { enableSaml, metadataFile, samlOn } from './saml.ts';
import { setUpOneTimePasswords } from './second-factors.ts';
import type { CallOptions, Json, TestServer } from './server.ts';
import { codeRequest, codeVerifier } from './sign-in.ts';

/** A principal that calls, or that a call is about. */
export interface Somebody {
  readonly kind: 'user' | 'application';
  readonly id: string;
  readonly key: string;
}

/** What the calls are made of. */
export interface GuardWorld {
  readonly server: TestServer;
  readonly organization: string;
  /** The project that sets on projects are held in. */
  readonly project: string;
  /** Those that are neither the caller nor hold anything. */
  readonly otherUser: Somebody;
  readonly otherApplication: Somebody;
}

export type GuardedCall = readonly [path: string, options?: CallOptions];
/** Valid input of an operation, about things made for this call. @param about the caller, or somebody else */
type Sample = (world: GuardWorld, about: Somebody, when: GuardCase) => GuardedCall | Promise<GuardedCall>;

const iam = (path: string) => `/iam/v1alpha1/${path}`;
const account = '/account/v3/projects';
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO';
const permission = 'iam:user:list';

const auth = (step: string) => `/auth/v1/${step}`;
const memberPassword = 'correct horse battery';

/** All calls of a test come from one address, within one moment. */
async function forgetTries({ server }: GuardWorld): Promise<void> {
  await server.services.storage.db.deleteFrom('sign_in_limits').execute();
}

/** A sign-in that has begun, of a member made for it. */
async function attemptOf(world: GuardWorld): Promise<{ readonly attempt: string; readonly id: string }> {
  await forgetTries(world);
  const { id, username } = await createMember(world.server, { password: memberPassword });
  const { attempt } = await create(world.server, auth('start'), { organization: world.organization, username });
  return { attempt, id };
}

/** A device that waits to be approved. */
async function device(world: GuardWorld): Promise<Json> {
  await forgetTries(world);
  return create(world.server, auth('devices'), {});
}

/** A sign-in that waits for the identity provider, and what that answers. */
async function samlAttemptOf(world: GuardWorld) {
  await endFederation(world);
  const configuration = await enableSaml(world.server, { organizationId: world.organization });
  const saml = samlOn(world.server, () => configuration);
  await forgetTries(world);
  const { username } = await createMember(world.server);
  const { attempt, request } = await saml.begin(username);
  return {
    attempt,
    answer: { configuration: configuration.id, response: encoded(saml.signed(request, { nameId: username })) },
  };
}

const onMade =
  (make: (world: GuardWorld, about: Somebody) => Promise<Json>, path: (id: string) => string, body?: Json): Sample =>
  async (world, about) => [path((await make(world, about)).id), body === undefined ? {} : { body }];

const sshKey = ({ server, project }: GuardWorld) =>
  create(server, iam('ssh-keys'), { public_key: publicKey, project_id: project });
/** A user to change: the caller itself, or one that is made for it. */
const user = async ({ server, otherUser }: GuardWorld, about: Somebody) =>
  about === otherUser ? createMember(server) : { id: about.id };
const application = ({ server }: GuardWorld) => createApplication(server);
const group = ({ server }: GuardWorld) => createGroup(server);
const policy = ({ server }: GuardWorld) => create(server, iam('policies'), { name: 'writers' });
const project = ({ server }: GuardWorld) => create(server, account, { name: 'garden' });

/** An organization has one of each. */
async function endFederation({ server }: GuardWorld): Promise<void> {
  await server.services.storage.db.deleteFrom('saml').execute();
  await server.services.storage.db.deleteFrom('scim').execute();
}
const freshOf =
  (what: 'saml' | 'scim') =>
  async (world: GuardWorld): Promise<Json> => {
    await endFederation(world);
    return create(world.server, iam(`organizations/${world.organization}/${what}`), {});
  };
const freshSaml = freshOf('saml');
const freshScim = freshOf('scim');
const certificate = async (world: GuardWorld) =>
  create(world.server, iam(`saml/${(await freshSaml(world)).id}/certificates`), signingCertificate);
const scimToken = async (world: GuardWorld) =>
  (await world.server.call('POST', iam(`scim/${(await freshScim(world)).id}/tokens`))).body.token;
const afterwards =
  (first: (world: GuardWorld) => Promise<unknown>, sample: Sample): Sample =>
  async (world, ...rest) => {
    await first(world);
    return sample(world, ...rest);
  };

const onSshKey = (body?: Json) => onMade(sshKey, (id) => iam(`ssh-keys/${id}`), body);
const onUser = (rest: string, body?: Json) => onMade(user, (id) => iam(`users/${id}${rest}`), body);
const onApplication = (body?: Json) => onMade(application, (id) => iam(`applications/${id}`), body);
const onGroup = (rest: string, body?: Json) => onMade(group, (id) => iam(`groups/${id}${rest}`), body);
const onPolicy = (rest: string, body?: Json) => onMade(policy, (id) => iam(`policies/${id}${rest}`), body);
const onProject = (body?: Json) => onMade(project, (id) => `${account}/${id}`, body);

/** A user that can set up factors: the caller itself, or one that is made for it. */
const withoutFactors = ({ server, otherUser }: GuardWorld, about: Somebody): Promise<Somebody> | Somebody =>
  about.kind === 'user' && about !== otherUser ? about : guardMember(server);
/** The same with a secret that waits for its first password. */
async function withSecret(world: GuardWorld, about: Somebody): Promise<Somebody & { readonly secret: string }> {
  const somebody = await withoutFactors(world, about);
  const [path, key] = [iam(`users/${somebody.id}/mfa-otp`), somebody.key];
  await world.server.call('DELETE', path, { key });
  const { body } = await world.server.call('POST', path, { key, body: {} });
  return { ...somebody, secret: body.secret };
}
const onAuthenticator =
  (body?: Json): Sample =>
  async (world, about) => {
    const { id, key } = await withoutFactors(world, about);
    const registered = await registerAuthenticator(world.server, id, key);
    return [iam(`webauthn-authenticator/${registered.id}`), body === undefined ? {} : { body }];
  };

const bearerOf = ({ kind, id }: Somebody) => (kind === 'user' ? { user_id: id } : { application_id: id });
const onKey =
  (body?: Json): Sample =>
  async ({ server }, about) => {
    const answer = await server.call('POST', iam('api-keys'), {
      body: bearerOf(about),
      ...(about.kind === 'user' && { key: about.key }),
    });
    return [iam(`api-keys/${answer.body.access_key}`), body === undefined ? {} : { body }];
  };
const onSession: Sample = async ({ server, otherUser }, about) => {
  const whose = about.kind === 'user' ? about : otherUser;
  return [iam(`jwts/${(await createSession(server, whose.id, whose.key)).jwt.jti}`)];
};
const inOrganization =
  (rest: string, body?: Json): Sample =>
  ({ organization }) => [iam(`organizations/${organization}${rest}`), body === undefined ? {} : { body }];

const rules = ({ organization }: GuardWorld) => [
  { permission_set_names: ['IAMReadOnly'], organization_id: organization },
];
const entity = ({ kind, id }: Somebody) => ({ type: kind, id });
const thing = ({ organization }: GuardWorld) => ({
  type: 'iam:user',
  id: 'ada',
  properties: { organization_id: organization },
});
const action = { name: 'list' };

/** Valid input for every operation; one without does not compile. */
export const guardSamples: Readonly<Record<OperationId, Sample>> = {
  'sshKeys.list': (world, _, when) => [
    iam(when === 'in a project' ? `ssh-keys?project_id=${world.project}` : 'ssh-keys'),
  ],
  'sshKeys.create': (world) => [iam('ssh-keys'), { body: { public_key: publicKey, project_id: world.project } }],
  'sshKeys.get': onSshKey(),
  'sshKeys.update': onSshKey({ disabled: true }),
  'sshKeys.delete': onSshKey(),
  'users.list': () => [iam('users')],
  'users.create': (world) => [
    iam('users'),
    { body: { member: { username: world.server.services.ids.uuid(), email: 'ada@example.org' } } },
  ],
  'users.get': onUser(''),
  'users.update': onUser('', { first_name: 'Ada' }),
  'users.delete': onUser(''),
  'users.updateUsername': async (world, about) => {
    const { id } = await user(world, about);
    return [iam(`users/${id}/update-username`), { body: { username: world.server.services.ids.uuid() } }];
  },
  'users.updatePassword': onUser('/update-password', { password: 'correct horse battery' }),
  'users.lock': onUser('/lock', {}),
  'users.unlock': onUser('/unlock', {}),
  'mfaOtp.create': async (world, about) => {
    const { id, key } = await withoutFactors(world, about);
    await world.server.call('DELETE', iam(`users/${id}/mfa-otp`), { key });
    return [iam(`users/${id}/mfa-otp`), { body: {} }];
  },
  'mfaOtp.getAddress': async (world, about) => {
    const { id } = await withSecret(world, about);
    return [iam(`users/${id}/mfa-otp-address`)];
  },
  'mfaOtp.validate': async (world, about) => {
    const { id, secret } = await withSecret(world, about);
    const one_time_password = oneTimePasswordAt(secret, world.server.clock.now());
    return [iam(`users/${id}/validate-mfa-otp`), { body: { one_time_password } }];
  },
  'mfaOtp.delete': async (world, about) => {
    const { id } = await withSecret(world, about);
    return [iam(`users/${id}/mfa-otp`)];
  },
  'webauthn.startRegistration': async (world, about) => {
    const { id } = await withoutFactors(world, about);
    return [iam(`users/${id}/start-webauthn-registration?origin=https://iam.example.org`)];
  },
  'webauthn.finishRegistration': async (world, about) => {
    const { id, key } = await withoutFactors(world, about);
    const body = new SoftAuthenticator().register(await startRegistration(world.server, id, key));
    return [iam(`users/${id}/finish-webauthn-registration`), { body }];
  },
  'webauthn.list': onUser('/webauthn-authenticators'),
  'webauthn.update': onAuthenticator({ authenticator_name: 'blue one' }),
  'webauthn.delete': onAuthenticator(),
  'gracePeriods.list': (_, about) => [iam(`grace-periods?user_id=${about.id}`)],
  'connections.list': onUser('/connections'),
  'connections.initiate': onUser('/initiate-connection', {}),
  'connections.join': onUser('/join-connection', { token: 'bwcn_' }),
  'connections.remove': async (world, about) => {
    const { organization, server } = world;
    const { id } = await withoutFactors(world, about);
    const { id: target } = await createMember(server);
    const both = { organization_id: organization, target_organization_id: organization, created_at: 1 };
    await server.services.storage.db
      .insertInto('connections')
      .values({ ...both, user_id: id, target_user_id: target })
      .execute();
    return [iam(`users/${id}/remove-connection`), { body: { target_user_id: target } }];
  },
  'applications.list': () => [iam('applications')],
  'applications.create': () => [iam('applications'), { body: { name: 'web' } }],
  'applications.get': onApplication(),
  'applications.update': onApplication({ description: 'of the web' }),
  'applications.delete': onApplication(),
  'groups.list': () => [iam('groups')],
  'groups.create': (world) => [iam('groups'), { body: { name: world.server.services.ids.uuid() } }],
  'groups.get': onGroup(''),
  'groups.update': onGroup('', { description: 'operators' }),
  'groups.setMembers': onGroup('/members', { user_ids: [], application_ids: [] }),
  'groups.addMember': async (world) => {
    const { id } = await group(world);
    return [iam(`groups/${id}/add-member`), { body: { user_id: world.otherUser.id } }];
  },
  'groups.addMembers': async (world) => {
    const { id } = await group(world);
    return [iam(`groups/${id}/add-members`), { body: { user_ids: [world.otherUser.id] } }];
  },
  'groups.removeMember': async (world) => {
    const { id } = await group(world);
    await create(world.server, iam(`groups/${id}/add-member`), { user_id: world.otherUser.id });
    return [iam(`groups/${id}/remove-member`), { body: { user_id: world.otherUser.id } }];
  },
  'groups.delete': onGroup(''),
  'policies.list': () => [iam('policies')],
  'policies.create': (world, _, when) => [
    iam('policies'),
    { body: { name: 'writers', rules: when === 'with rules' ? rules(world) : [] } },
  ],
  'policies.get': onPolicy(''),
  'policies.update': onPolicy('', { description: 'of writers' }),
  'policies.delete': onPolicy(''),
  'policies.clone': onPolicy('/clone', {}),
  'policies.preview': async (world) => [
    iam('preview-policy'),
    { body: { policy_id: (await policy(world)).id, rules: rules(world) } },
  ],
  'rules.list': async (world) => [iam(`rules?policy_id=${(await policy(world)).id}`)],
  'rules.set': async (world) => [iam('rules'), { body: { policy_id: (await policy(world)).id, rules: rules(world) } }],
  'permissionSets.get': () => [iam('permission-sets/IAMReadOnly')],
  'permissionSets.list': ({ organization }) => [iam(`permission-sets?organization_id=${organization}`)],
  'apiKeys.list': (_, about, when) => {
    if (when === 'of anybody') return [iam('api-keys')];
    const [[name, id] = ['', '']] = Object.entries(bearerOf(about));
    return [iam(`api-keys?${name}=${id}`)];
  },
  'apiKeys.listUses': (_, about, when) => [iam(`api-key-uses${when === 'of anybody' ? '' : `?bearer_id=${about.id}`}`)],
  'apiKeys.create': (_, about) => [iam('api-keys'), { body: bearerOf(about) }],
  'apiKeys.get': onKey(),
  'apiKeys.update': onKey({ description: 'of the web' }),
  'apiKeys.delete': onKey(),
  'quotas.list': ({ organization }) => [iam(`quota?organization_id=${organization}`)],
  'quotas.get': ({ organization }) => [iam(`quota/iam_users?organization_id=${organization}`)],
  'jwts.list': (_, about) => [iam(`jwts?audience_id=${about.id}`)],
  'jwts.create': (_, about) => [iam('jwts'), { body: { user_id: about.id } }],
  'jwts.get': onSession,
  'jwts.delete': onSession,
  'signIn.start': async (world) => {
    await forgetTries(world);
    return [auth('start'), { body: { organization: world.organization, username: 'ada' } }];
  },
  'signIn.password': async (world) => [
    auth('password'),
    { body: { attempt: (await attemptOf(world)).attempt, password: memberPassword } },
  ],
  'signIn.sendCode': async (world) => [auth('send-code'), { body: { attempt: (await attemptOf(world)).attempt } }],
  'signIn.code': async (world) => {
    const { attempt } = await attemptOf(world);
    const sent = await create(world.server, auth('send-code'), { attempt });
    return [auth('code'), { body: { attempt: sent.attempt, code: (await lastMail(world.server)).values.code } }];
  },
  'signIn.saml': async (world) => {
    await endFederation(world);
    await enableSaml(world.server, { organizationId: world.organization });
    return [auth('saml'), { body: { attempt: (await attemptOf(world)).attempt } }];
  },
  'signIn.answerSaml': async (world) => [auth('answer-saml'), { body: (await samlAttemptOf(world)).answer }],
  'signIn.finishSaml': async (world) => {
    const { attempt, answer } = await samlAttemptOf(world);
    const taken = await create(world.server, auth('answer-saml'), answer);
    return [auth('finish-saml'), { body: { attempt, answer: taken.answer } }];
  },
  'signIn.webauthn': async (world) => {
    const { attempt, id } = await attemptOf(world);
    await registerAuthenticator(world.server, id, await keyFor(world.server, { user_id: id }));
    const step = await create(world.server, auth('password'), { attempt, password: memberPassword });
    return [auth('webauthn'), { body: { attempt: step.attempt } }];
  },
  'signIn.secondFactor': async (world) => {
    const { attempt, id } = await attemptOf(world);
    const passwords = await setUpOneTimePasswords(world.server, id);
    const step = await create(world.server, auth('password'), { attempt, password: memberPassword });
    return [auth('second-factor'), { body: { attempt: step.attempt, one_time_password: passwords.next() } }];
  },
  'signIn.recover': async (world) => {
    await forgetTries(world);
    return [auth('recover'), { body: { organization: world.organization, username: 'ada' } }];
  },
  'signIn.setPassword': async (world) => {
    await forgetTries(world);
    await createMember(world.server, { send_welcome_email: true });
    const { link = '' } = (await lastMail(world.server)).values;
    return [
      auth('set-password'),
      { body: { token: new URL(link).searchParams.get('token'), password: memberPassword } },
    ];
  },
  'signIn.renew': async (world) => {
    await forgetTries(world);
    const { id, key } = world.otherUser;
    return [auth('renew'), { body: { renew_token: (await createSession(world.server, id, key)).renew_token } }];
  },
  'signIn.signOut': async (world) => {
    await forgetTries(world);
    const { id, key } = world.otherUser;
    return [auth('sign-out'), { body: { renew_token: (await createSession(world.server, id, key)).renew_token } }];
  },
  'signInGrants.createCode': async (world) => {
    await forgetTries(world);
    return [auth('codes'), { body: codeRequest }];
  },
  'signInGrants.redeemCode': async (world) => {
    await forgetTries(world);
    const { code } = await create(world.server, auth('codes'), codeRequest);
    return [auth('redeem-code'), { body: { code, code_verifier: codeVerifier } }];
  },
  'signInGrants.startDevice': async (world) => {
    await forgetTries(world);
    return [auth('devices'), { body: {} }];
  },
  'signInGrants.getDevice': async (world) => [auth(`devices/${(await device(world)).user_code}`)],
  'signInGrants.approveDevice': async (world) => [auth(`devices/${(await device(world)).user_code}/approve`)],
  'signInGrants.refuseDevice': async (world) => [auth(`devices/${(await device(world)).user_code}/refuse`)],
  'signInGrants.redeemDevice': async (world) => [
    auth('redeem-device'),
    { body: { device_code: (await device(world)).device_code } },
  ],
  'logs.list': () => [iam('logs')],
  'logs.get': async ({ server }) => {
    const { body } = await server.call('GET', iam('logs?page_size=1'));
    return [iam(`logs/${body.logs[0].id}`)];
  },
  'organizations.get': inOrganization(''),
  'organizations.setAlias': async (world, ...rest) => {
    // An alias that is set stays.
    await world.server.services.storage.db.updateTable('organizations').set({ alias: null }).execute();
    return inOrganization('/alias', { alias: 'acme' })(world, ...rest);
  },
  'organizations.updateLoginMethods': inOrganization('/login-methods', {}),
  'securitySettings.get': inOrganization('/security-settings'),
  'securitySettings.update': inOrganization('/security-settings', {}),
  'saml.get': afterwards(freshSaml, inOrganization('/saml')),
  'saml.enable': afterwards(endFederation, inOrganization('/saml', {})),
  'saml.update': onMade(freshSaml, (id) => iam(`saml/${id}`), {}),
  'saml.delete': onMade(freshSaml, (id) => iam(`saml/${id}`)),
  'saml.parseMetadata': () => [iam('parse-saml-metadata'), { body: metadataFile() }],
  'samlCertificates.list': onMade(freshSaml, (id) => iam(`saml/${id}/certificates`)),
  'samlCertificates.add': onMade(freshSaml, (id) => iam(`saml/${id}/certificates`), signingCertificate),
  'samlCertificates.get': onMade(certificate, (id) => iam(`saml-certificates/${id}`)),
  'samlCertificates.delete': onMade(certificate, (id) => iam(`saml-certificates/${id}`)),
  'scim.get': afterwards(freshScim, inOrganization('/scim')),
  'scim.enable': afterwards(endFederation, inOrganization('/scim', {})),
  'scim.delete': onMade(freshScim, (id) => iam(`scim/${id}`)),
  'scimTokens.list': onMade(freshScim, (id) => iam(`scim/${id}/tokens`)),
  'scimTokens.create': onMade(freshScim, (id) => iam(`scim/${id}/tokens`)),
  'scimTokens.delete': onMade(scimToken, (id) => iam(`scim-tokens/${id}`)),
  'projects.list': ({ organization }) => [`${account}?organization_id=${organization}`],
  'projects.create': ({ server }) => [account, { body: { name: server.services.ids.uuid() } }],
  'projects.get': onProject(),
  'projects.update': onProject({ description: 'of roses' }),
  'projects.delete': onProject(),
  'logTree.getHead': () => [iam('log-tree/head')],
  'logTree.getInclusionProof': () => [iam('log-tree/inclusion-proof?revision=1')],
  'logTree.getConsistencyProof': () => [iam('log-tree/consistency-proof?first_size=1')],
  'logTree.listEntries': () => [iam('log-tree/entries')],
  'decisions.check': (_, { id }) => [
    iam('check-permissions'),
    {
      body: { permissions: [{ service: 'iam', name: 'user', action: 'list' }], subject: { principal_id: id } },
    },
  ],
  'decisions.explain': (_, { id }) => [iam('explain'), { body: { permission, subject: { principal_id: id } } }],
  'decisions.whoCan': () => [iam('who-can'), { body: { permission } }],
  'decisions.whatCan': (_, { id }) => [iam('what-can'), { body: { subject: { principal_id: id } } }],
  'decisions.evaluateCondition': () => [iam('evaluate-condition'), { body: { condition: 'request.ip != ""' } }],
  'authzen.evaluation': (world, about) => [
    '/access/v1/evaluation',
    { body: { subject: entity(about), action, resource: thing(world) } },
  ],
  'authzen.evaluations': (world, about) => [
    '/access/v1/evaluations',
    { body: { action, resource: thing(world), evaluations: [{ subject: entity(about) }] } },
  ],
  'authzen.searchSubject': (world) => [
    '/access/v1/search/subject',
    { body: { subject: { type: 'user' }, action, resource: thing(world) } },
  ],
  'authzen.searchResource': (_, about) => [
    '/access/v1/search/resource',
    { body: { subject: entity(about), action, resource: { type: 'iam:user' } } },
  ],
  'authzen.searchAction': (world, about) => [
    '/access/v1/search/action',
    { body: { subject: entity(about), resource: thing(world) } },
  ],
  'authzen.configuration': () => ['/.well-known/authzen-configuration'],
  'gateway.metadata': () => ['/metadata'],
  'gateway.forwardAuth': () => ['/forward-auth'],
};

/** A member without rights, with a key. */
export async function guardMember(server: TestServer): Promise<Somebody> {
  const { id } = await createMember(server);
  return { kind: 'user', id, key: await keyFor(server, { user_id: id }) };
}

export async function guardApplication(server: TestServer): Promise<Somebody> {
  const { id } = await createApplication(server);
  return { kind: 'application', id, key: await keyFor(server, { application_id: id }) };
}
