import { apiKeys } from './api-keys.ts';
import { applications } from './applications.ts';
import { authzen } from './authzen.ts';
import { connections } from './connections.ts';
import { decisionOperations } from './decisions.ts';
import { gateway } from './gateway.ts';
import { gracePeriods } from './grace-periods.ts';
import { groups } from './groups.ts';
import { jwts } from './jwts.ts';
import { logTree } from './log-tree/operations.ts';
import { logs } from './logs.ts';
import type { Operation } from './operation.ts';
import { organizations, securitySettings } from './organizations.ts';
import { permissionSets } from './permission-sets.ts';
import { policies } from './policies.ts';
import { projects } from './projects.ts';
import { quotas } from './quotas.ts';
import { rules } from './rules.ts';
import { saml, samlCertificates } from './saml.ts';
import { scim, scimTokens } from './scim.ts';
import { scimGroups, scimService, scimUsers } from './scim-provisioning.ts';
import { mfaOtp, webauthn } from './second-factors.ts';
import { signIn } from './sign-in.ts';
import { signInGrants } from './sign-in-grants.ts';
import { sshKeys } from './ssh-keys.ts';
import { users } from './users.ts';

/** Every resource with its operations. From this one value all else is derived. */
export const contract = {
  sshKeys,
  users,
  mfaOtp,
  webauthn,
  gracePeriods,
  connections,
  applications,
  groups,
  policies,
  rules,
  permissionSets,
  apiKeys,
  quotas,
  jwts,
  signIn,
  signInGrants,
  logs,
  logTree,
  organizations,
  securitySettings,
  saml,
  samlCertificates,
  scim,
  scimTokens,
  scimUsers,
  scimGroups,
  scimService,
  projects,
  decisions: decisionOperations,
  authzen,
  gateway,
} as const;

type Contract = typeof contract;
type OperationOf<R> = R[keyof R];
/** Any operation of the contract, with its literal types. */
export type AnyOperation = { [R in keyof Contract]: OperationOf<Contract[R]> }[keyof Contract];
export type OperationId = AnyOperation['id'];
export type OperationById<I extends OperationId> = Extract<AnyOperation, { readonly id: I }>;

/** All operations, resource by resource. */
export const operations: readonly (Operation & { readonly id: OperationId })[] = Object.values(contract).flatMap(
  (resource) => Object.values(resource),
);
