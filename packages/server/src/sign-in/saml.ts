import { formatTimestamp, notFound } from '@bailiwick/contract';
import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Context, Handler } from '../context.ts';
import { getOrganization } from '../organizations/store.ts';
import { listCertificates } from '../saml/certificate-store.ts';
import { type SamlFault, SamlRefusal } from '../saml/refusal.ts';
import { newRequestId, requestUrl } from '../saml/request.ts';
import { readResponse, type SamlResponse } from '../saml/response.ts';
import { isUsable, serviceProviderOf } from '../saml/saml.ts';
import { findSaml, findSamlById, type SamlRow } from '../saml/store.ts';
import { verifyResponse } from '../saml/verify.ts';
import { newToken } from '../tokens.ts';
import { usernameKey } from '../users/store.ts';
import { mayUse, userOf } from './accounts.ts';
import {
  type Attempt,
  consumeAttempt,
  findSamlAttempt,
  keepAttempt,
  keepSamlAnswer,
  newAttemptToken,
} from './attempts.ts';
import { type FailureReason, fail, failWithoutAttempt } from './failures.ts';
import { countTry, limitAddress } from './limits.ts';
import { open } from './proofs.ts';
import { unhurriedFailure } from './unhurried.ts';

/** Prefix of the token that an answer is taken for. */
const answerPrefix = 'bwsa';

/**
 * Sends somebody to the identity provider of the organization. Where it leads depends on the organization alone, so it tells
 * nothing of the user.
 */
export const beginSaml: Handler<'signIn.saml'> = (context, { attempt: token }) =>
  unhurriedFailure(async () => {
    const operation = 'signIn.saml';
    const attempt = await open(context, token, 'first');
    const saml = await usableSaml(context, attempt);
    if (saml === undefined) return fail(context, operation, attempt, 'login_method_disabled');
    const next = newAttemptToken();
    const request = newRequestId();
    const url = await requestUrl({ ...expectedBy(context, saml), singleSignOnUrl: saml.single_sign_on_url }, request);
    const expiresAt = await context.storage.transaction(async (db) => {
      await consumeAttempt(db, attempt);
      const { organization_id, user_id, account } = attempt;
      const step = { step: 'first', code_hash: null, saml_id: saml.id, saml_request: request } as const;
      return keepAttempt(db, context, next, { organization_id, user_id, account, ...step });
    });
    return { attempt: next, expires_at: formatTimestamp(expiresAt), url };
  });

async function usableSaml({ storage }: Context, { organization_id: id }: Attempt): Promise<SamlRow | undefined> {
  if (id === null) return undefined;
  const scope = authorizedPlatform(id);
  const organization = await getOrganization(storage.db, scope);
  if (organization.login_saml_enabled === 0 || !(await isUsable(storage.db, scope))) return undefined;
  return findSaml(storage.db, scope);
}

function expectedBy({ settings }: Context, { id }: SamlRow) {
  const { entity_id: audience, assertion_consumer_service_url: recipient } = serviceProviderOf(settings, id);
  return { audience, recipient };
}

/**
 * Takes the answer of an identity provider. Whoever posts it gets a token that is worth nothing without the attempt which the
 * answer is for: so neither an answer that somebody is made to post, nor an attempt that somebody else has begun, signs in
 * anybody (docs/decisions/0028-federation.md).
 */
export const answerSaml: Handler<'signIn.answerSaml'> = (context, { configuration: samlId, response: encoded }) =>
  unhurriedFailure(async () => {
    const operation = 'signIn.answerSaml';
    await limitAddress(context);
    const saml = await findSamlById(context.storage.db, samlId);
    if (saml === undefined) throw notFound('saml', samlId);
    const response = await readResponse(encoded).catch(faultOf);
    const attempt = await attemptOf(context, saml, response);
    // Strangers have nothing verified: it takes time.
    if (typeof response === 'string' || attempt === undefined)
      return failUnasked(context, operation, saml, reasonOf(response));
    const fault = await faultIn(context, saml, response, attempt);
    if (fault !== undefined) return fail(context, operation, attempt, fault);
    const answer = newToken(answerPrefix);
    if (await keepSamlAnswer(context.storage.db, context, attempt, answer)) return { answer };
    // Another one was first, which the attempt does not suffer for.
    return failUnasked(context, operation, saml, 'saml_not_open');
  });

async function attemptOf(
  context: Context,
  { id }: SamlRow,
  response: SamlResponse | SamlFault,
): Promise<Attempt | undefined> {
  if (typeof response === 'string' || response.inResponseTo === undefined) return undefined;
  return findSamlAttempt(context, id, response.inResponseTo);
}

const reasonOf = (response: SamlResponse | SamlFault): SamlFault => {
  if (typeof response === 'string') return response;
  return response.inResponseTo === undefined ? 'saml_not_asked' : 'saml_not_open';
};

/** Anybody can post such answers, so only some of them are recorded. */
async function failUnasked(
  context: Context,
  operation: string,
  { id, organization_id: organizationId }: SamlRow,
  reason: SamlFault,
): Promise<never> {
  await countTry(context, 'unasked', id);
  return failWithoutAttempt(context, operation, organizationId, reason);
}

/** Why an answer does not count for the user of the attempt. */
async function faultIn(
  context: Context,
  saml: SamlRow,
  response: SamlResponse,
  { organization_id: organizationId, user_id: userId, saml_request: request }: Attempt,
): Promise<FailureReason | undefined> {
  const { db } = context.storage;
  const certificates = await listCertificates(db, authorizedPlatform(saml.organization_id), saml.id);
  const expected = {
    ...expectedBy(context, saml),
    certificates,
    issuer: saml.entity_id,
    requestId: request ?? '',
    now: context.clock.now(),
  };
  const verified = await verifyResponse(response, expected).catch(faultOf);
  if (typeof verified === 'string') return verified;
  const known = await userOf(db, { organizationId, userId });
  if (known === null) return 'unknown_user';
  if (usernameKey(verified.username) !== known.user.username_key) return 'saml_other_user';
  if (!mayUse(known.user, known.organization, 'saml')) return 'login_method_disabled';
  return known.user.locked === 1 ? 'locked' : undefined;
}

function faultOf(failure: unknown): SamlFault {
  if (failure instanceof SamlRefusal) return failure.fault;
  throw failure;
}
