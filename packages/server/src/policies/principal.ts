import type { Authorized } from '../authorization/authorized.ts';
import { assertExist } from '../storage/existence.ts';
import type { Storage } from '../storage/storage.ts';
import { nobody, type Principal } from './store.ts';

/** Whom the input attaches a policy to; undefined when it says nothing. */
export async function readPrincipal(
  { db, scope }: { readonly db: Storage['db']; readonly scope: Authorized },
  input: {
    readonly user_id?: string;
    readonly group_id?: string;
    readonly application_id?: string;
    readonly no_principal?: boolean;
  },
): Promise<Principal | undefined> {
  const { user_id, group_id, application_id } = input;
  if (user_id !== undefined) {
    await assertExist(db, scope, 'users', [user_id]);
    return { ...nobody, user_id };
  }
  if (group_id !== undefined) {
    await assertExist(db, scope, 'groups', [group_id]);
    return { ...nobody, group_id };
  }
  if (application_id !== undefined) {
    await assertExist(db, scope, 'applications', [application_id]);
    return { ...nobody, application_id };
  }
  return input.no_principal === true ? nobody : undefined;
}
