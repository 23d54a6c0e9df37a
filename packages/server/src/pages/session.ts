import { ApiError } from '@bailiwick/contract';
import type { Visit } from './visit.ts';

/**
 * `POST /auth/session`: the session of this browser for a script of ours, which keeps it in memory alone. Only our own pages
 * can ask: other sites neither send the cookie nor read the answer.
 */
export async function handOverSession(visit: Visit): Promise<void> {
  const person = await visit.whoIsHere();
  if (person === undefined || visit.kept === undefined)
    throw new ApiError({ type: 'denied_authentication', method: 'jwt', reason: 'not_found' });
  visit.answer({
    token: visit.kept.token,
    user_id: person.id,
    organization_id: person.organizationId,
    username: person.username,
    name: person.name,
  });
}
