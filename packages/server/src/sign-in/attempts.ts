import type { Selectable, Transaction } from 'kysely';
import type { Services } from '../context.ts';
import { denied } from '../http/authenticate.ts';
import type { Database, SignInAttemptTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { isWellFormedToken, newToken } from '../tokens.ts';

/** Prefix of the token of a step. */
const attemptPrefix = 'bwsi';
/** How long a step waits for the next one, and a code works, in seconds: 10 minutes. */
export const stepLifetime = 600;
/** Wrong proofs that end an attempt. */
const maximumFailures = 5;

export type Attempt = Selectable<SignInAttemptTable>;
export type Step = Attempt['step'] | 'saml';

const stepOf = ({ step, saml_request: request }: Attempt): Step => (request === null ? step : 'saml');

export const newAttemptToken = (): string => newToken(attemptPrefix);

/**
 * Keeps the next step of an attempt.
 *
 * @param token shown to nobody before
 * @param lifetime how long it waits, in seconds
 * @returns when it ends
 */
export async function keepAttempt(
  db: Storage['db'],
  { secrets, clock }: Pick<Services, 'secrets' | 'clock'>,
  token: string,
  attempt: Pick<Attempt, 'organization_id' | 'user_id' | 'account' | 'step' | 'code_hash'> &
    Partial<Pick<Attempt, 'saml_id' | 'saml_request'>>,
  lifetime = stepLifetime,
): Promise<number> {
  const expiresAt = clock.now() + lifetime * 1_000_000;
  await db
    .insertInto('sign_in_attempts')
    .values({ ...attempt, token_hash: secrets.hash(token), expires_at: expiresAt })
    .execute();
  return expiresAt;
}

/**
 * The attempt that a token belongs to, which waits for one of these steps.
 *
 * @throws ApiError `denied_authentication` also for a step that is not its turn
 */
export async function findAttempt(
  { storage, secrets, clock }: Pick<Services, 'storage' | 'secrets' | 'clock'>,
  token: string,
  ...steps: readonly Step[]
): Promise<Attempt> {
  if (!isWellFormedToken(attemptPrefix, token)) throw denied('unknown_method', 'invalid_argument');
  const row = await storage.db
    .selectFrom('sign_in_attempts')
    .selectAll()
    .where('token_hash', 'in', secrets.hashes(token))
    .executeTakeFirst();
  if (!row || !steps.includes(stepOf(row))) throw denied('unknown_method', 'not_found');
  if (row.expires_at <= clock.now()) throw denied('unknown_method', 'expired');
  return row;
}

/**
 * Uses a token up: of many that try, one succeeds.
 *
 * @throws ApiError `denied_authentication` when it was used in between
 */
export async function consumeAttempt(db: Transaction<Database>, { token_hash }: Attempt): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('sign_in_attempts')
    .where('token_hash', '=', token_hash)
    .executeTakeFirst();
  if (numDeletedRows !== 1n) throw denied('unknown_method', 'not_found');
}

/**
 * Keeps the token that the answer of an identity provider is taken for: of many answers to one request, the first.
 *
 * @returns whether it was the first
 */
export async function keepSamlAnswer(
  db: Storage['db'],
  { secrets }: Pick<Services, 'secrets'>,
  { token_hash }: Attempt,
  answer: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sign_in_attempts')
    .set({ saml_answer_hash: secrets.hash(answer) })
    .where('token_hash', '=', token_hash)
    .where('saml_answer_hash', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The attempt that waits for the answer to a request to this identity provider, and has none yet. */
export async function findSamlAttempt(
  { storage, clock }: Pick<Services, 'storage' | 'clock'>,
  samlId: string,
  request: string,
): Promise<Attempt | undefined> {
  return storage.db
    .selectFrom('sign_in_attempts')
    .selectAll()
    .where('saml_id', '=', samlId)
    .where('saml_request', '=', request)
    .where('saml_answer_hash', 'is', null)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst();
}

/** What an authenticator is to sign for this step, in place of what it was to sign before. */
export async function keepChallenge(db: Storage['db'], { token_hash }: Attempt, challenge: string): Promise<void> {
  await db.updateTable('sign_in_attempts').set({ challenge }).where('token_hash', '=', token_hash).execute();
}

/** Counts a wrong proof, whose challenge is used up; one too many ends the attempt. */
export async function countFailure(db: Storage['db'], { token_hash }: Pick<Attempt, 'token_hash'>): Promise<void> {
  await db
    .updateTable('sign_in_attempts')
    .set((row) => ({ failures: row('failures', '+', 1), challenge: null }))
    .where('token_hash', '=', token_hash)
    .execute();
  await db
    .deleteFrom('sign_in_attempts')
    .where('token_hash', '=', token_hash)
    .where('failures', '>=', maximumFailures)
    .execute();
}
