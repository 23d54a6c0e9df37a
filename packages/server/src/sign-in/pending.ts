import type { Change } from '../context.ts';

/** Ends the sign-ins of a user that are under way, what it approved for programs, and the links that would set its password. */
export async function endPending({ db, scope }: Change, userId: string): Promise<void> {
  for (const table of ['sign_in_attempts', 'sign_in_grants', 'password_links'] as const) {
    await db
      .deleteFrom(table)
      .where('organization_id', '=', scope.organizationId)
      .where('user_id', '=', userId)
      .execute();
  }
}
