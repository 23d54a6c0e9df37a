/**
 * The catalogue of errors (docs/wire.md). `type` is the discriminant; a body holds `message`, `type` and the
 * details of its kind, keys in alphabetical order.
 */

/** Why an argument was refused. */
export type ArgumentReason = 'required' | 'format' | 'constraint' | 'unknown';

export interface InvalidArgument {
  /** Path into the request: `project_id`, `tags[0]`, `rules[0].permission_set_names`. */
  readonly argument_name: string;
  readonly help_message: string;
  readonly reason: ArgumentReason;
}

export interface MissingPermission {
  readonly action: string;
  readonly resource: string;
}

export interface ExceededQuota {
  readonly current: number;
  readonly organization_id: string;
  readonly quota: number;
  readonly resource: string;
}

export type Precondition =
  | 'unknown_precondition'
  | 'resource_still_in_use'
  | 'attribute_must_be_set'
  | 'resource_not_usable'
  | 'protected_resource'
  | 'managed_resource';

/** What an error carries beside its type and message. */
export type ErrorDetails =
  | { readonly type: 'invalid_arguments'; readonly details: readonly InvalidArgument[] }
  | {
      readonly type: 'denied_authentication';
      readonly method: 'api_key' | 'jwt' | 'unknown_method';
      readonly reason: 'invalid_argument' | 'not_found' | 'expired' | 'unknown_reason';
    }
  | { readonly type: 'permissions_denied'; readonly details: readonly MissingPermission[] }
  | { readonly type: 'quotas_exceeded'; readonly details: readonly ExceededQuota[] }
  | { readonly type: 'not_found'; readonly resource: string; readonly resource_id: string }
  | { readonly type: 'method_not_allowed' }
  | {
      readonly type: 'already_exists';
      readonly resource: string;
      readonly resource_id: string;
      readonly help_message: string;
    }
  | { readonly type: 'precondition_failed'; readonly precondition: Precondition; readonly help_message: string }
  | { readonly type: 'too_many_requests'; readonly help_message: string; readonly reset_seconds: number }
  | { readonly type: 'unavailable'; readonly help_message: string }
  | { readonly type: 'internal_error'; readonly request_id: string };

export type ErrorType = ErrorDetails['type'];

/** Status and fixed sentence of every kind. */
export const errorKinds: Readonly<Record<ErrorType, { readonly status: number; readonly message: string }>> = {
  invalid_arguments: { status: 400, message: 'invalid argument(s)' },
  denied_authentication: { status: 401, message: 'authentication is denied' },
  permissions_denied: { status: 403, message: 'insufficient permissions' },
  quotas_exceeded: { status: 403, message: 'quota(s) exceeded for this resource' },
  not_found: { status: 404, message: 'resource is not found' },
  method_not_allowed: { status: 405, message: 'method is not allowed' },
  already_exists: { status: 409, message: 'resource already exists' },
  precondition_failed: { status: 412, message: 'precondition is not respected' },
  too_many_requests: { status: 429, message: 'too many requests' },
  internal_error: { status: 500, message: 'internal error' },
  unavailable: { status: 503, message: 'service is unavailable' },
};

/** An error of the catalogue, thrown by operations and turned into a response in one place. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly details: ErrorDetails;

  constructor(details: ErrorDetails, options?: { readonly cause?: unknown }) {
    super(errorKinds[details.type].message, options);
    this.details = details;
  }

  get status(): number {
    return errorKinds[this.details.type].status;
  }
}

/** The body of an error: its details, message and type with keys in alphabetical order. */
export function errorBody(details: ErrorDetails): string {
  const members = { ...details, message: errorKinds[details.type].message };
  return JSON.stringify(Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function notFound(resource: string, resourceId: string): ApiError {
  return new ApiError({ type: 'not_found', resource, resource_id: resourceId });
}

export function invalidArgument(argumentName: string, reason: ArgumentReason, helpMessage: string): ApiError {
  return invalidArguments([{ argument_name: argumentName, help_message: helpMessage, reason }]);
}

/** How many arguments one error names: more than a person mends at once (docs/decisions/0006-limits.md). */
export const maximumFaults = 100;

/** Names each argument once, with the first thing to mend. */
export function invalidArguments(details: readonly InvalidArgument[]): ApiError {
  const first = new Map<string, InvalidArgument>();
  for (const detail of details) {
    if (first.size < maximumFaults && !first.has(detail.argument_name)) first.set(detail.argument_name, detail);
  }
  return new ApiError({ type: 'invalid_arguments', details: [...first.values()] });
}

export function preconditionFailed(precondition: Precondition, helpMessage: string): ApiError {
  return new ApiError({ type: 'precondition_failed', precondition, help_message: helpMessage });
}

export function alreadyExists(resource: string, resourceId: string, helpMessage: string): ApiError {
  return new ApiError({ type: 'already_exists', resource, resource_id: resourceId, help_message: helpMessage });
}
