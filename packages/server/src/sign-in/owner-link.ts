import type { Transaction } from 'kysely';
import type { Services } from '../context.ts';
import type { Database } from '../storage/schema.ts';
import { accountKey } from './accounts.ts';
import { keepAttempt, newAttemptToken } from './attempts.ts';
import { codeText, newCode } from './start.ts';

/** How long the link of a new organization works, in seconds: a day. */
const linkLifetime = 86_400;

/**
 * Begins a sign-in of the owner that waits for its code, as if the code had been mailed: a link stands for both. Whatever
 * holds for a code holds for the link, second factors included.
 *
 * @returns path and parameters of the link
 */
export async function keepOwnerLink(
  db: Transaction<Database>,
  services: Pick<Services, 'secrets' | 'clock'>,
  owner: { readonly organizationId: string; readonly userId: string; readonly username: string },
): Promise<string> {
  const { organizationId, userId, username } = owner;
  const [attempt, code] = [newAttemptToken(), newCode()];
  const row = {
    organization_id: organizationId,
    user_id: userId,
    account: accountKey(services, organizationId, username),
    step: 'code',
    code_hash: services.secrets.hash(codeText(attempt, code)),
  } as const;
  await keepAttempt(db, services, attempt, row, linkLifetime);
  return `/auth/sign-in?${new URLSearchParams({ attempt, code, username, return_to: '/' })}`;
}
