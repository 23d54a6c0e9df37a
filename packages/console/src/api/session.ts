import { Failure } from './failure.ts';

/** Who is signed in in this browser. The token is kept in memory alone: no other page of this browser can read it. */
export interface Session {
  readonly token: string;
  readonly user_id: string;
  readonly organization_id: string;
  readonly username: string;
  readonly name: string;
}

let current: Promise<Session> | undefined;
/** Whether this page has had a session: its end is told then, in place of another page that takes what was typed along. */
let hasBegun = false;

/** The session, asked for once; again after `forgetSession`. Nobody signed in: the sign-in page comes, and then this one again. */
export function session(): Promise<Session> {
  current ??= ask().catch((failure: unknown) => {
    forgetSession();
    throw failure;
  });
  return current;
}

/** The server has refused the token: it may have ended, and another one be there. */
export function forgetSession(): void {
  current = undefined;
}

async function ask(): Promise<Session> {
  const found = await navigator.locks.request('bailiwick-session', fetchSession);
  if (found === null) {
    if (hasBegun) (await import('./tell-end.ts')).tellEnd();
    else signIn();
    return await new Promise<never>(() => {});
  }
  hasBegun = true;
  return found;
}

/** A renew token works once, so of several pages in one browser only one may have it renewed at a time. */
async function fetchSession(): Promise<Session | null> {
  const answer = await fetch('/auth/session', { method: 'POST' }).catch((cause: unknown) => {
    throw new Failure(0, null, { cause });
  });
  if (answer.ok) return await answer.json();
  if (answer.status === 401) return null;
  throw new Failure(answer.status, null);
}

/** Leaves for the sign-in page, which comes back here. */
export function signIn(): void {
  const here = `${location.pathname}${location.search}`;
  location.assign(`/auth/sign-in?${new URLSearchParams({ return_to: here })}`);
}

/** A form, so that the page that comes says what happened. */
export function signOut(): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/auth/sign-out';
  document.body.append(form);
  form.submit();
}
