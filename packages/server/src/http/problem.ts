import { ApiError, type ErrorDetails, errorBody, errorKinds, invalidArgument } from '@bailiwick/contract';
import { isDatabaseAway } from '../storage/away.ts';
import { wrongContentType } from './parse.ts';

/** What a failure becomes on the wire. */
export interface Problem {
  readonly status: number;
  readonly body: string;
  readonly details: ErrorDetails;
}

/**
 * Turns any failure into an error of the catalogue. What is not one of ours, nor the framework's word for a bad
 * request, is a fault of the server: its cause is logged and only the request id is told.
 */
export function problemOf(failure: unknown, requestId: string): Problem {
  const details = detailsOf(failure, requestId);
  return { status: errorKinds[details.type].status, body: errorBody(details), details };
}

function detailsOf(failure: unknown, requestId: string): ErrorDetails {
  if (failure instanceof ApiError) return failure.details;
  const code = frameworkCode(failure);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return invalidArgument('body', 'constraint', 'the body is larger than this operation allows').details;
  }
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') {
    return invalidArgument('content-length', 'format', 'the body does not have the announced length').details;
  }
  if (isCutOff(failure)) return invalidArgument('body', 'format', 'the connection ended before the body did').details;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return wrongContentType().details;
  if (code === 'FST_ERR_BAD_URL') return { type: 'not_found', resource: 'path', resource_id: '' };
  if (isDatabaseAway(failure))
    return { type: 'unavailable', help_message: 'the database cannot be reached; try again' };
  return { type: 'internal_error', request_id: requestId };
}

function frameworkCode(failure: unknown): string | undefined {
  return failure instanceof Error && 'code' in failure && typeof failure.code === 'string' ? failure.code : undefined;
}

/** The client went away in the middle of a body. A database that breaks off says ECONNRESET too, without a status. */
function isCutOff(failure: unknown): boolean {
  return (
    frameworkCode(failure) === 'ECONNRESET' &&
    failure instanceof Error &&
    'statusCode' in failure &&
    failure.statusCode === 400
  );
}
