import type { Question } from '@bailiwick/authz';
import { ApiError, parseTimestamp } from '@bailiwick/contract';
import { findKeyBearer } from '../api-keys/store.ts';
import type { Context } from '../context.ts';
import type { Authentication } from '../http/authenticate.ts';
import { findSession } from '../jwts/sessions.ts';

/** Who is asked about, as it is sent: at most one of the three. */
export interface SubjectInput {
  readonly principal_id?: string;
  readonly secret_key?: string;
  readonly session_token?: string;
}

export interface RequestInput {
  readonly ip?: string;
  readonly user_agent?: string;
  readonly time?: string;
}

export interface ResourceInput {
  readonly id?: string;
  readonly name?: string;
  readonly locality?: string;
}

/** No id of anybody, so that a credential nobody knows is answered like a principal nobody knows. */
const nobody = '';

type Asked = Pick<Question, 'principalId' | 'expiresAt'>;

/** Who is asked about: the caller, when nobody is named. Those of other organizations are nobody here. */
export async function readSubject(context: Context, subject: SubjectInput | undefined): Promise<Asked> {
  const { caller } = context;
  if (subject === undefined) return { principalId: caller.actor.id };
  if (subject.principal_id !== undefined) return { principalId: subject.principal_id };
  const found =
    subject.secret_key === undefined
      ? await findKnownSession(context, subject.session_token ?? '')
      : await findKeyBearer(context.storage, context.secrets.hashes(subject.secret_key));
  if (!found || found.actor.organizationId !== caller.actor.organizationId) return { principalId: nobody };
  const hasEnded = found.expiresAt !== null && found.expiresAt <= context.clock.now();
  if ('accessKey' in found && !hasEnded) context.lastUse.note(found.accessKey);
  return { principalId: found.actor.id, expiresAt: found.expiresAt };
}

/** A session that has ended is refused before it is found, so one that is found goes on. */
async function findKnownSession(
  context: Context,
  token: string,
): Promise<(Authentication & { readonly expiresAt: null }) | undefined> {
  try {
    return { ...(await findSession(context, token)), expiresAt: null };
  } catch (failure) {
    if (failure instanceof ApiError && failure.details.type === 'denied_authentication') return undefined;
    throw failure;
  }
}

/**
 * What conditions see: what is told of the request. What is left out is, about itself, the caller as it comes, and about
 * others nothing. A service that asks with the credential of its own caller has to tell of that one's request.
 */
export function readAttributes(
  { caller, clock }: Context,
  { subject, request, resource }: { subject?: SubjectInput; request?: RequestInput; resource?: ResourceInput },
): Pick<Question, 'now' | 'request' | 'resource'> {
  const own = subject === undefined ? { ip: caller.ip, userAgent: caller.userAgent } : {};
  const time = request?.time === undefined ? null : parseTimestamp(request.time);
  return {
    now: time ?? clock.now(),
    request: {
      ...own,
      ...(request?.ip !== undefined && { ip: request.ip }),
      ...(request?.user_agent !== undefined && { userAgent: request.user_agent }),
    },
    ...(resource && { resource }),
  };
}

/** Where it is asked; the whole organization when no place is named. */
export function readScope(
  { scope }: Context,
  { project_id: projectId, organization_id: organizationId }: { project_id?: string; organization_id?: string },
): Question['scope'] {
  if (projectId !== undefined) return { kind: 'project', projectId };
  return { kind: 'organization', organizationId: organizationId ?? scope.organizationId };
}
