import type { Caller } from '../context.ts';
import type { Author } from '../storage/change.ts';

/** Where a request of somebody unknown comes from, for the audit entry. */
export function originOf({ ip, userAgent, requestId }: Caller): Pick<Author, 'ip' | 'userAgent' | 'requestId'> {
  return { ip, userAgent, requestId };
}
