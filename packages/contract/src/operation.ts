import type { Static, TObject, TSchema } from 'typebox';
import type { Example, Heading } from './command-table.ts';
import type { ErrorType } from './errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `service:resource:action`, as in `iam:application:create`. */
export type Permission = `${string}:${string}:${string}`;

/** Who may call an operation. `public` is spelled out, so that nothing is open by being forgotten. */
export type Access =
  | { readonly kind: 'public' }
  /** Anybody who is authenticated and not locked. */
  | BearerAccess
  | PermissionAccess
  | ScimAccess;

/** A directory, by a token of the SCIM configuration that the path names; such a token opens nothing else. */
export interface ScimAccess {
  readonly kind: 'scim';
}

export interface BearerAccess {
  readonly kind: 'bearer';
  readonly alsoWith?: AlsoWith;
}

/** One more permission that is needed when an input holds anything, or names somebody else than the caller. */
export interface AlsoWith {
  readonly input: string;
  readonly permission: Permission;
  /** `own subjects`: every subject of the question, or of the batch, is the caller (docs/authzen.md). */
  readonly unless: 'empty' | 'caller' | 'own subjects';
}

export interface PermissionAccess {
  readonly kind: 'permission';
  /** Empty where only the user in question may call it. */
  readonly permissions: readonly Permission[];
  /** `bearer`: of two permissions, for users and for applications, the one that fits the bearer of the API key. */
  readonly needs: 'all' | 'bearer';
  readonly scope: 'organization' | 'project';
  readonly alsoWith?: AlsoWith;
  /** Held by every user on itself. */
  readonly self?: SelfAccess;
  /** What conditions see as `resource`. */
  readonly target?: Target;
}

export interface SelfAccess {
  readonly permission: Permission;
  /**
   * The input that tells whom it is about; `caller`: it is always the caller; `bearer`: the bearer of the API key;
   * `authenticator`: the user whose authenticator it is.
   */
  readonly user: string;
  /** Whom an input is about that was left out; nobody in particular otherwise. */
  readonly whenAbsent?: 'caller';
}

/** The object that an operation is about: one that exists, or one that is about to. */
export type Target =
  | { readonly kind: TargetKind; readonly input: string }
  /** Inputs that may hold the name of the new object. */
  | { readonly kind: 'new'; readonly names: readonly string[] };
export type TargetKind = 'user' | 'application' | 'group' | 'policy' | 'api_key' | 'ssh_key';

/** What the audit entry of a change says. */
export interface AuditEvent {
  readonly resource: AuditResource;
  readonly action: 'created' | 'updated' | 'deleted';
}

/** The first five are shown by `GET /logs` (docs/wire.md); every change is kept. */
export type AuditResource =
  | 'api_key'
  | 'user'
  | 'application'
  | 'group'
  | 'policy'
  | 'ssh_key'
  | 'jwt'
  | 'sign_in'
  | 'organization'
  | 'security_settings'
  | 'project'
  | 'quota'
  | 'user_mfa'
  | 'connection'
  | 'saml'
  | 'saml_certificate'
  | 'scim'
  | 'scim_token';

/** How the command line names an operation; everything else of a command follows from its schemas. */
export interface CommandNaming {
  /** `iam group add-member` */
  readonly words: string;
  /** Input typed as a bare word. */
  readonly positional?: string;
  /** Columns of the table by field name, when not all simple fields. */
  readonly columns?: readonly string[];
  /** The type printed, when the command adds something to the answer. */
  readonly prints?: string;
  readonly heading?: Heading;
  /** Lines that help adds to the summary. */
  readonly notes?: readonly string[];
  readonly examples?: readonly Example[];
  readonly seeAlso?: readonly string[];
}

export interface Operation {
  /** `applications.create`: names the handler, the command and the audit event. */
  readonly id: string;
  readonly method: Method;
  /** Path parameters stand in braces. */
  readonly path: string;
  /** One sentence in our own words. */
  readonly summary: string;
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TObject;
  /** In place of a body: all of it is the input `document`, which its own protocol reads (docs/scim.md). */
  readonly document?: TSchema;
  /** What a gateway tells of the request that it asks about: any method asks, also below the path (docs/gateways.md). */
  readonly forwarded?: TObject;
  /** 201 with the address of what was made, which is `meta.location` of the output. */
  readonly creates?: true;
  /** 204 instead of the output where the caller asks for no part of it. */
  readonly quiet?: true;
  /** Null: 204 without a body. */
  readonly output: TSchema | null;
  /** Errors beyond those that every operation may answer (400, 401, 403). */
  readonly errors: readonly ErrorType[];
  readonly access: Access;
  readonly audit?: AuditEvent;
  readonly command?: CommandNaming;
}

/** Declares an operation, keeping its literal types for handlers. */
export function operation<const O extends Operation>(declared: O): O {
  return Object.freeze(declared);
}

type Part<S> = S extends TSchema ? Static<S> : unknown;
type Whole<S> = S extends TSchema ? { readonly document: Static<S> } : unknown;

/** All input of an operation in one object: path, query and body use different names. */
export type Input<O extends Operation> = Part<O['params']> &
  Part<O['query']> &
  Part<O['body']> &
  Whole<O['document']> &
  Part<O['forwarded']>;

/** The answer of an operation, or nothing for 204. */
export type Output<O extends Operation> =
  | (O['output'] extends TSchema ? Static<O['output']> : undefined)
  | (O['quiet'] extends true ? undefined : never);

/** All of these permissions, on the organization of the caller. */
export function needs(...permissions: readonly Permission[]): PermissionAccess {
  return { kind: 'permission', permissions, needs: 'all', scope: 'organization' };
}

/** A permission on the organization, or the user's own right on itself. */
export function needsOrSelf(permission: Permission, self: Permission, user: string): PermissionAccess {
  return { ...needs(permission), self: { permission: self, user } };
}

/** Only the user in question, with a right that no permission set holds. */
export function selfOnly(self: Permission, user: string): PermissionAccess {
  return { ...needs(), self: { permission: self, user } };
}

/** A permission on the project of an SSH key. */
export function needsInProject(permission: Permission): PermissionAccess {
  return { ...needs(permission), scope: 'project' };
}

/** The permission on API keys that fits the bearer. Nobody makes a key for another user: only users themselves do. */
export function needsForApiKey(action: 'list' | 'read' | 'create' | 'write' | 'delete'): PermissionAccess {
  const ofApplications: Permission = `iam:application_api_key:${action}`;
  return {
    ...(action === 'create' ? needs(ofApplications) : needs(`iam:user_api_key:${action}`, ofApplications)),
    needs: 'bearer',
    self: { permission: `iam:self_api_key:${action}`, user: 'bearer' },
  };
}

/** What the operations of a sign-in share: whoever calls is nobody yet, so there are limits in place of rights. */
export const toAnybody = {
  access: { kind: 'public' },
  errors: ['invalid_arguments', 'denied_authentication', 'too_many_requests'],
} as const;

/** Anybody who is authenticated. */
export const bearer: BearerAccess = { kind: 'bearer' };

/** One more permission when an input holds anything. */
export function andWith(access: PermissionAccess, input: string, permission: Permission): PermissionAccess {
  return { ...access, alsoWith: { input, permission, unless: 'empty' } };
}

/** One more permission when an input names somebody else than the caller. */
export function andAbout<A extends BearerAccess | PermissionAccess>(
  access: A,
  input: string,
  permission: Permission,
): A {
  return { ...access, alsoWith: { input, permission, unless: 'caller' } };
}

/** One more permission when the question, or one of the batch, is about another subject than the caller. */
export function aboutSubjects(access: BearerAccess, input: string, permission: Permission): BearerAccess {
  return { ...access, alsoWith: { input, permission, unless: 'own subjects' } };
}

/** Conditions see the object that an input names. */
export function onExisting(access: PermissionAccess, kind: TargetKind, input: string): PermissionAccess {
  return { ...access, target: { kind, input } };
}

/** Conditions see the name of the new object, in the first of these inputs that is given. */
export function onNew(access: PermissionAccess, ...names: readonly string[]): PermissionAccess {
  return { ...access, target: { kind: 'new', names } };
}
