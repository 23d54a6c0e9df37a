import { CommandError } from '../command-error.ts';
import type { Calls } from './calls.ts';
import type { Organization } from './organization.ts';
import type { Change } from './plan.ts';

/** Who applies the file. */
export interface Caller {
  /** Null where the API does not tell. */
  readonly id: string | null;
  /** May do everything, whatever policies say. */
  readonly isOwner: boolean;
}

/** The bearer of the API key that the calls are made with. */
export async function readCaller(calls: Calls, accessKey: string, { users }: Organization): Promise<Caller> {
  try {
    const { user_id, application_id } = await calls.call('apiKeys.get', { access_key: accessKey });
    const id = user_id || application_id;
    if (typeof id !== 'string') return { id: null, isOwner: false };
    return { id, isOwner: users.some((user) => user.id === id && user.isOwner) };
  } catch (failure) {
    // Whoever may not read its own key is treated as if everything could be about it.
    if (failure instanceof CommandError) return { id: null, isOwner: false };
    throw failure;
  }
}

/** Whether a change takes something away, or changes something, that gives the caller its access. */
export function createOwnAccess(caller: Caller, { group, users }: Organization): (change: Change) => boolean {
  if (caller.isOwner) return () => false;
  const isMe = (id: string) => caller.id === null || id === caller.id;
  const isUser = users.some(({ id }) => id === caller.id);
  const mine = new Set(
    group.flatMap(({ id, value, special }) => {
      const isSpecial = special !== null && special === (isUser ? 'all_users' : 'all_applications');
      const isIn = caller.id === null || isSpecial || [...value.users, ...value.applications].includes(caller.id);
      return isIn ? [id] : [];
    }),
  );
  return (change) => {
    switch (change.kind) {
      case 'project':
        return false;
      case 'application':
        return change.action === 'delete' && isMe(change.key);
      case 'group': {
        if (change.before === null || !mine.has(change.key)) return false;
        const left = new Set([...(change.after?.users ?? []), ...(change.after?.applications ?? [])]);
        return [...change.before.users, ...change.before.applications].some((id) => isMe(id) && !left.has(id));
      }
      case 'policy': {
        const principal = change.before?.principal ?? null;
        if (principal === null || !(isMe(principal.key) || mine.has(principal.key))) return false;
        return change.action === 'delete' || change.fields.some(({ field }) => accessFields.has(field));
      }
    }
  };
}

const accessFields: ReadonlySet<string> = new Set(['attached_to', 'rules']);
