import { html } from './markup.ts';
import { newPasswordFields } from './password-links.ts';
import { toldAs } from './problems.ts';
import { type Person, signInFirst, type Visit } from './visit.ts';

/** `GET /auth/account`: who is signed in, and what it can do about that without the console. */
export async function showAccount(visit: Visit): Promise<void> {
  const person = await visit.whoIsHere();
  return person === undefined ? signInFirst(visit) : visit.show(accountPage(visit, person));
}

/** `POST /auth/account`: a new password of one's own. */
export async function changePassword(visit: Visit): Promise<void> {
  const person = await visit.whoIsHere();
  if (person === undefined) return signInFirst(visit);
  const [password, repeated] = [visit.form.get('password') ?? '', visit.form.get('repeated') ?? ''];
  if (password !== repeated)
    return visit.show({ ...accountPage(visit, person), problem: 'The two are not the same.' }, 400);
  const answer = await visit.ask('users.updatePassword', { user_id: person.id, password });
  if (!answer.ok) return visit.show({ ...accountPage(visit, person), problem: toldAs(answer.problem) }, answer.status);
  return visit.show({ ...accountPage(visit, person), note: 'Your password is set. Your other sessions have ended.' });
}

/** `POST /auth/sign-out` */
export async function signOut(visit: Visit): Promise<void> {
  const { kept } = visit;
  if (kept !== undefined) await visit.ask('signIn.signOut', { renew_token: kept.renewToken });
  visit.keep(undefined);
  return visit.show({
    title: 'Signed out',
    contents: html`<p><a href="/auth/sign-in">Sign in again</a></p>`,
  });
}

const accountPage = (visit: Visit, person: Person) => ({
  title: person.name,
  contents: html`<dl>
<dt>Username</dt><dd>${person.username}</dd>
<dt>Organization</dt><dd><code>${person.organizationId}</code></dd>
</dl>
<p><a href="/auth/second-factors">Second factors</a></p>
<p><a href="/auth/device">Let a program sign in with a code</a></p>
<details>
<summary>Change the password</summary>
<form method="post" action="/auth/account">
${newPasswordFields(visit)}
<button type="submit">Set the password</button>
</form>
</details>
<form method="post" action="/auth/sign-out">
<button type="submit" class="secondary">Sign out</button>
</form>`,
});
