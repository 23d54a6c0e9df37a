import * as apiKeys from './api-keys/api-keys.ts';
import * as applications from './applications/applications.ts';
import { configuration } from './authzen/configuration.ts';
import * as authzen from './authzen/evaluations.ts';
import * as search from './authzen/search.ts';
import * as connections from './connections/connections.ts';
import type { Handlers } from './context.ts';
import { evaluateCondition } from './decisions/conditions.ts';
import * as decisions from './decisions/decisions.ts';
import * as gateway from './gateway/gateway.ts';
import { forwardAuth } from './gateway-auth/forward-auth.ts';
import * as gracePeriods from './grace-periods/grace-periods.ts';
import * as groups from './groups/groups.ts';
import * as jwts from './jwts/jwts.ts';
import { renew, signOut } from './jwts/renew.ts';
import * as logTree from './log-tree/operations.ts';
import * as logs from './logs/logs.ts';
import * as organizations from './organizations/organizations.ts';
import * as permissionSets from './permission-sets/permission-sets.ts';
import * as policies from './policies/policies.ts';
import { preview } from './policies/preview.ts';
import * as projects from './projects/projects.ts';
import * as quotas from './quotas/quotas.ts';
import * as rules from './rules/rules.ts';
import * as samlCertificates from './saml/certificates.ts';
import { parseMetadata } from './saml/metadata.ts';
import * as saml from './saml/saml.ts';
import * as scim from './scim/scim.ts';
import * as scimTokens from './scim/tokens.ts';
import * as mfaOtp from './second-factors/mfa-otp.ts';
import { webauthn as askAuthenticator } from './sign-in/authenticators.ts';
import * as codes from './sign-in/codes.ts';
import * as devices from './sign-in/devices.ts';
import { recover, setPassword } from './sign-in/links.ts';
import * as proofs from './sign-in/proofs.ts';
import { answerSaml, beginSaml } from './sign-in/saml.ts';
import { sendCode, start } from './sign-in/start.ts';
import * as sshKeys from './ssh-keys/ssh-keys.ts';
import * as users from './users/users.ts';
import * as authenticators from './webauthn/authenticators.ts';
import * as registration from './webauthn/registration.ts';

/** Every operation of the contract with the function that carries it out. */
export const handlers: Handlers = {
  'sshKeys.list': sshKeys.list,
  'sshKeys.create': sshKeys.create,
  'sshKeys.get': sshKeys.get,
  'sshKeys.update': sshKeys.update,
  'sshKeys.delete': sshKeys.remove,
  'users.list': users.list,
  'users.create': users.create,
  'users.get': users.get,
  'users.update': users.update,
  'users.delete': users.remove,
  'users.updateUsername': users.updateUsername,
  'users.updatePassword': users.updatePassword,
  'users.lock': users.lock,
  'users.unlock': users.unlock,
  'mfaOtp.create': mfaOtp.create,
  'mfaOtp.getAddress': mfaOtp.getAddress,
  'mfaOtp.validate': mfaOtp.validate,
  'mfaOtp.delete': mfaOtp.remove,
  'webauthn.startRegistration': registration.start,
  'webauthn.finishRegistration': registration.finish,
  'webauthn.list': authenticators.list,
  'webauthn.update': authenticators.update,
  'webauthn.delete': authenticators.remove,
  'gracePeriods.list': gracePeriods.list,
  'connections.list': connections.list,
  'connections.initiate': connections.initiate,
  'connections.join': connections.join,
  'connections.remove': connections.remove,
  'applications.list': applications.list,
  'applications.create': applications.create,
  'applications.get': applications.get,
  'applications.update': applications.update,
  'applications.delete': applications.remove,
  'groups.list': groups.list,
  'groups.create': groups.create,
  'groups.get': groups.get,
  'groups.update': groups.update,
  'groups.setMembers': groups.setMembers,
  'groups.addMember': groups.addMember,
  'groups.addMembers': groups.addMembers,
  'groups.removeMember': groups.removeMember,
  'groups.delete': groups.remove,
  'policies.list': policies.list,
  'policies.create': policies.create,
  'policies.get': policies.get,
  'policies.update': policies.update,
  'policies.delete': policies.remove,
  'policies.clone': policies.clone,
  'policies.preview': preview,
  'rules.list': rules.list,
  'rules.set': rules.set,
  'permissionSets.list': permissionSets.list,
  'permissionSets.get': permissionSets.get,
  'apiKeys.list': apiKeys.list,
  'apiKeys.listUses': apiKeys.listUses,
  'apiKeys.create': apiKeys.create,
  'apiKeys.get': apiKeys.get,
  'apiKeys.update': apiKeys.update,
  'apiKeys.delete': apiKeys.remove,
  'quotas.list': quotas.list,
  'quotas.get': quotas.get,
  'jwts.list': jwts.list,
  'jwts.create': jwts.create,
  'jwts.get': jwts.get,
  'jwts.delete': jwts.remove,
  'signIn.start': start,
  'signIn.password': proofs.password,
  'signIn.sendCode': sendCode,
  'signIn.code': proofs.code,
  'signIn.saml': beginSaml,
  'signIn.answerSaml': answerSaml,
  'signIn.finishSaml': proofs.finishSaml,
  'signIn.webauthn': askAuthenticator,
  'signIn.secondFactor': proofs.secondFactor,
  'signIn.recover': recover,
  'signIn.setPassword': setPassword,
  'signIn.renew': renew,
  'signIn.signOut': signOut,
  'signInGrants.createCode': codes.createCode,
  'signInGrants.redeemCode': codes.redeemCode,
  'signInGrants.startDevice': devices.startDevice,
  'signInGrants.getDevice': devices.getDevice,
  'signInGrants.approveDevice': devices.approveDevice,
  'signInGrants.refuseDevice': devices.refuseDevice,
  'signInGrants.redeemDevice': devices.redeemDevice,
  'logs.list': logs.list,
  'logs.get': logs.get,
  'logTree.getHead': logTree.getHead,
  'logTree.getInclusionProof': logTree.getInclusionProof,
  'logTree.getConsistencyProof': logTree.getConsistencyProof,
  'logTree.listEntries': logTree.listEntries,
  'organizations.get': organizations.get,
  'organizations.setAlias': organizations.setAlias,
  'organizations.updateLoginMethods': organizations.updateLoginMethods,
  'securitySettings.get': organizations.getSecuritySettings,
  'securitySettings.update': organizations.updateSecuritySettings,
  'saml.get': saml.get,
  'saml.enable': saml.enable,
  'saml.update': saml.update,
  'saml.delete': saml.remove,
  'saml.parseMetadata': parseMetadata,
  'samlCertificates.list': samlCertificates.list,
  'samlCertificates.add': samlCertificates.add,
  'samlCertificates.get': samlCertificates.get,
  'samlCertificates.delete': samlCertificates.remove,
  'scim.get': scim.get,
  'scim.enable': scim.enable,
  'scim.delete': scim.remove,
  'scimTokens.list': scimTokens.list,
  'scimTokens.create': scimTokens.create,
  'scimTokens.delete': scimTokens.remove,
  'projects.list': projects.list,
  'projects.create': projects.create,
  'projects.get': projects.get,
  'projects.update': projects.update,
  'projects.delete': projects.remove,
  'decisions.check': decisions.check,
  'decisions.explain': decisions.explainOne,
  'decisions.whoCan': decisions.whoCan,
  'decisions.whatCan': decisions.whatCan,
  'decisions.evaluateCondition': evaluateCondition,
  'authzen.evaluation': authzen.evaluation,
  'authzen.evaluations': authzen.evaluations,
  'authzen.searchSubject': search.searchSubject,
  'authzen.searchResource': search.searchResource,
  'authzen.searchAction': search.searchAction,
  'authzen.configuration': configuration,
  'gateway.metadata': gateway.metadata,
  'gateway.forwardAuth': forwardAuth,
};
