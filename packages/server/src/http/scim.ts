import type { ErrorDetails, ErrorType } from '@bailiwick/contract';
import type { FastifyRequest } from 'fastify';
import { ScimError, type ScimType, ScimUnserved } from '../provisioning/refusal.ts';
import type { ScimCredentials } from '../scim/directory.ts';
import { bearerToken } from './bearer.ts';
import type { Problem } from './problem.ts';

/**
 * Where the road bends for SCIM (RFC 7644): a credential of its own, its media type and its form of errors, below its paths
 * also where there is no such path, or not by this method.
 */
const root = '/scim/v2';
const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

export const isScim = ({ originalUrl }: FastifyRequest): boolean =>
  originalUrl.startsWith(`${root}/`) || originalUrl === root;

/** Of an answer, unless it says otherwise. */
export const contentTypeOf = (request: FastifyRequest): string =>
  isScim(request) ? 'application/scim+json' : 'application/json';

/** What a directory shows; undefined for any other request. */
export function scimCredentials(request: FastifyRequest): ScimCredentials | undefined {
  if (!isScim(request)) return undefined;
  const [scimId = ''] = request.originalUrl.slice(root.length + 1).split(/[/?]/, 1);
  return { token: bearerToken(request.headers.authorization), scimId: scimId.toLowerCase() };
}

/** What RFC 7644 lets us leave out, in sections 3.4.3, 3.7 and 3.11. */
const unserved = new RegExp(`^${root}/[^/]+/(?:Bulk|Me|(?:Users/|Groups/)?\\.search)$`);

/** @throws ScimUnserved for a path that SCIM has and we have not */
export function refuseUnserved(path: string): void {
  if (unserved.test(path)) throw new ScimUnserved(path);
}

/** Where the thing is that was made. */
export function addressOf(output: unknown): string {
  const meta = typeof output === 'object' && output !== null && 'meta' in output ? output.meta : undefined;
  const location = typeof meta === 'object' && meta !== null && 'location' in meta ? meta.location : undefined;
  if (typeof location !== 'string') throw new Error('what was made does not say where it is');
  return location;
}

/** A problem in the form of RFC 7644, section 3.12. */
export function scimProblem(failure: unknown, { details, ...problem }: Problem): Problem {
  const status = statusOf(failure) ?? problem.status;
  const scimType = failure instanceof ScimError ? failure.scimType : scimTypeOf(details);
  const body = {
    schemas: [errorSchema],
    status: String(status),
    ...(scimType !== undefined && status !== 413 && { scimType }),
    detail: failure instanceof ScimUnserved ? notServed : detailOf(details),
  };
  return { status, body: JSON.stringify(body), details };
}

const notServed = 'this part of SCIM is not served, as ServiceProviderConfig says';

/** Where the RFC has another one. */
function statusOf(failure: unknown): number | undefined {
  if (failure instanceof ScimUnserved) return 501;
  const isTooLarge = failure instanceof Error && 'code' in failure && failure.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
  return isTooLarge ? 413 : undefined;
}

function scimTypeOf(details: ErrorDetails): ScimType | undefined {
  if (details.type === 'already_exists') return 'uniqueness';
  if (details.type !== 'invalid_arguments') return undefined;
  const isUnreadable = details.details.some(
    ({ argument_name: name, reason }) => name === 'body' && reason === 'format',
  );
  return isUnreadable ? 'invalidSyntax' : 'invalidValue';
}

/** Of those whose details hold no sentence. */
const sentences: Readonly<Partial<Record<ErrorType, string>>> = {
  permissions_denied: 'this credential may not do that',
  method_not_allowed: 'this method is not served here',
};

function detailOf(details: ErrorDetails): string {
  switch (details.type) {
    case 'invalid_arguments':
      return details.details
        .map(({ argument_name: name, help_message: help }) => (name === 'request' ? help : `${name}: ${help}`))
        .join('; ');
    case 'denied_authentication':
      return tokenFaults[details.reason];
    case 'quotas_exceeded':
      return details.details
        .map(({ resource, quota }) => `the organization may have ${quota} of ${resource}, and has them`)
        .join('; ');
    case 'not_found':
      return `there is no ${details.resource} ${JSON.stringify(details.resource_id)}`;
    case 'internal_error':
      return `internal error; the log of the server knows it as request ${details.request_id}`;
    case 'already_exists':
    case 'precondition_failed':
    case 'too_many_requests':
    case 'unavailable':
      return details.help_message;
    default:
      return sentences[details.type] ?? details.type;
  }
}

const tokenFaults = {
  invalid_argument: 'send the token of this SCIM configuration as `Authorization: Bearer …`',
  not_found: 'this token is not one of this SCIM configuration',
  expired: 'this token has ended: make a new one',
  unknown_reason: 'this token is not accepted',
} as const;
