import type { Static, TObject, TSchema } from 'typebox';
import type { ErrorType } from './errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `service:resource:action`, as in `iam:application:create`. */
export type Permission = `${string}:${string}:${string}`;

/** Who may call an operation. `public` is spelled out, so that nothing is open by being forgotten. */
export type Access =
  | { readonly kind: 'public' }
  /** Anybody who is authenticated. */
  | { readonly kind: 'bearer' }
  | {
      readonly kind: 'permission';
      /** Empty where only the user in question may call it. */
      readonly permissions: readonly Permission[];
      /** `one`: whichever permission fits the bearer of the API key in question. */
      readonly needs: 'all' | 'one';
      readonly scope: 'organization' | 'project';
      /** Held by every user on itself; `user` names the input that tells whom it is about, `caller` that it is always the caller. */
      readonly self?: { readonly permission: Permission; readonly user: string };
    };

/** What the audit entry of a change says. */
export interface AuditEvent {
  readonly resource: AuditResource;
  readonly action: 'created' | 'updated' | 'deleted';
}

/** The first five are shown by `GET /logs` (api.md 3.8); every change is kept. */
export type AuditResource =
  | 'api_key'
  | 'user'
  | 'application'
  | 'group'
  | 'policy'
  | 'ssh_key'
  | 'jwt'
  | 'organization'
  | 'security_settings'
  | 'project'
  | 'quota';

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
  readonly heading?: 'available' | 'utility' | 'workflow';
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

/** All input of an operation in one object: path, query and body use different names. */
export type Input<O extends Operation> = Part<O['params']> & Part<O['query']> & Part<O['body']>;

/** The answer of an operation, or nothing for 204. */
export type Output<O extends Operation> = O['output'] extends TSchema ? Static<O['output']> : undefined;

/** The whole catalogue's permissions needed, on the organization of the caller. */
export function needs(...permissions: readonly Permission[]): Access {
  return { kind: 'permission', permissions, needs: 'all', scope: 'organization' };
}

/** A permission on the organization, or the user's own right on itself. */
export function needsOrSelf(permission: Permission, self: Permission, user: string): Access {
  return {
    kind: 'permission',
    permissions: [permission],
    needs: 'all',
    scope: 'organization',
    self: { permission: self, user },
  };
}

/** Only the user in question, with a right that no permission set holds. */
export function selfOnly(self: Permission, user: string): Access {
  return { kind: 'permission', permissions: [], needs: 'all', scope: 'organization', self: { permission: self, user } };
}

/** A permission on the project of an SSH key. */
export function needsInProject(permission: Permission): Access {
  return { kind: 'permission', permissions: [permission], needs: 'all', scope: 'project' };
}

/** The permission on API keys that fits the key's bearer. */
export function needsForApiKey(action: string): Access {
  return {
    kind: 'permission',
    permissions: [`iam:user_api_key:${action}`, `iam:application_api_key:${action}`],
    needs: 'one',
    scope: 'organization',
    self: { permission: `iam:self_api_key:${action}`, user: 'bearer' },
  };
}
