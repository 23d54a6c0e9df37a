import { field, hidden, html } from './markup.ts';
import { ownPath } from './same-origin.ts';
import type { Visit } from './visit.ts';

const returnToOf = (values: URLSearchParams): string => ownPath(values.get('return_to') ?? undefined, '/');

/** `GET /auth/key`: the first start makes a key, which is enough to look around. */
export async function showKeySignIn(visit: Visit): Promise<void> {
  return visit.show(keyPage(returnToOf(visit.query), ''));
}

/**
 * `POST /auth/key`: begins a session of the user who bears the key, as `POST /jwts` does for any client. The key can do more
 * than the session by itself, so no second factor is asked for.
 */
export async function takeKeySignIn(visit: Visit): Promise<void> {
  const returnTo = returnToOf(visit.form);
  const accessKey = (visit.form.get('access_key') ?? '').trim();
  const secretKey = (visit.form.get('secret_key') ?? '').trim();
  const refuse = (problem: string, status: number) => visit.show({ ...keyPage(returnTo, accessKey), problem }, status);
  if (accessKey === '' || secretKey === '') return refuse('Both are needed.', 400);
  const key = await visit.askWith(secretKey, 'apiKeys.get', { access_key: accessKey });
  const userId = key.ok ? (key.output.user_id ?? '') : '';
  // What is wrong is not told: who has neither learns nothing of either. Applications have no sessions.
  if (userId === '') return refuse(noKey, 401);
  const session = await visit.askWith(secretKey, 'jwts.create', { user_id: userId });
  if (!session.ok) return refuse(noKey, 401);
  visit.keep({ token: session.output.token, renewToken: session.output.renew_token });
  return visit.goTo(returnTo);
}

const noKey = 'That is no key of a user who can sign in here.';

const keyPage = (returnTo: string, accessKey: string) => ({
  title: 'Sign in with an API key',
  contents: html`<form method="post" action="/auth/key">
${hidden({ return_to: returnTo })}
${field({ label: 'Access key', name: 'access_key', value: accessKey, hint: 'After the first start, both stand in scw.yaml and first-start.txt of the data folder.', first: true })}
${field({ label: 'Secret key', name: 'secret_key', type: 'password' })}
<button type="submit">Sign in</button>
</form>
<p><a href="/auth/sign-in?return_to=${encodeURIComponent(returnTo)}">Sign in with a password or a code</a></p>`,
});
