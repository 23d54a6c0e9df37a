import { field, hidden, html } from './markup.ts';
import { isOver, toldAs } from './problems.ts';
import type { Visit } from './visit.ts';

/** What the links in mails lead to: an invitation, or a forgotten password. */
const occasions = {
  activate: { title: 'Activate your account', done: 'Your account is ready. Sign in with your new password.' },
  recover: {
    title: 'Choose a new password',
    done: 'Your password is set, and every session has ended. Sign in with it.',
  },
} as const;

/** `GET /auth/activate` and `GET /auth/recover`, with the token of a link; without one, the form that has a link sent. */
export async function showPasswordPage(visit: Visit, occasion: keyof typeof occasions): Promise<void> {
  const token = visit.query.get('token') ?? '';
  return visit.show(token === '' ? askPage({ organization: '', username: '' }) : choosePage(visit, occasion, token));
}

/** `POST` to the same: sets the password, or has a link sent. */
export async function takePasswordPage(visit: Visit, occasion: keyof typeof occasions): Promise<void> {
  const token = visit.form.get('token') ?? '';
  if (token === '') return sendLink(visit);
  const [password, repeated] = [visit.form.get('password') ?? '', visit.form.get('repeated') ?? ''];
  if (password !== repeated)
    return visit.show({ ...choosePage(visit, occasion, token), problem: 'The two are not the same.' }, 400);
  const answer = await visit.ask('signIn.setPassword', { token, password });
  if (answer.ok)
    return visit.show({ title: occasions[occasion].title, note: occasions[occasion].done, contents: toSignIn });
  if (isOver(answer.problem)) {
    const problem = 'This link was used already, is too old, or a newer one took its place. Have another one sent.';
    return visit.show({ ...askPage({ organization: '', username: '' }), problem }, answer.status);
  }
  return visit.show({ ...choosePage(visit, occasion, token), problem: toldAs(answer.problem) }, answer.status);
}

async function sendLink(visit: Visit): Promise<void> {
  const names = { organization: visit.form.get('organization') ?? '', username: visit.form.get('username') ?? '' };
  const { organization, username } = names;
  const answer = await visit.ask('signIn.recover', { username, ...(organization !== '' && { organization }) });
  if (!answer.ok) return visit.show({ ...askPage(names), problem: toldAs(answer.problem) }, answer.status);
  const note = 'If there is such an account, a link is on its way to its e-mail address. It works once, for an hour.';
  return visit.show({ title: 'Look into your mail', note, contents: toSignIn });
}

const toSignIn = html`<p><a href="/auth/sign-in">Sign in</a></p>`;

const askPage = ({ organization, username }: { readonly organization: string; readonly username: string }) => ({
  title: 'Forgotten the password?',
  contents: html`<form method="post" action="/auth/recover">
${field({ label: 'Organization', name: 'organization', value: organization, required: false, autocomplete: 'organization', hint: 'Id or alias. The owner may leave it out.', first: true })}
${field({ label: 'Username', name: 'username', value: username, autocomplete: 'username', hint: 'The owner: the e-mail address.' })}
<button type="submit">Send me a link</button>
</form>
${toSignIn}`,
});

const choosePage = (visit: Visit, occasion: keyof typeof occasions, token: string) => ({
  title: occasions[occasion].title,
  contents: html`<form method="post" action="/auth/${occasion}">
${hidden({ token })}
${newPasswordFields(visit)}
<button type="submit">Set the password</button>
</form>`,
});

/** The rules are those of docs/sign-in.md; the server is the one that applies them. */
export const newPasswordFields = ({
  passwordMinimum,
}: Pick<
  Visit,
  'passwordMinimum'
>) => html`${field({ label: 'New password', name: 'password', type: 'password', autocomplete: 'new-password', hint: `At least ${passwordMinimum} characters, none of the common ones.`, first: true })}
${field({ label: 'Once more', name: 'repeated', type: 'password', autocomplete: 'new-password' })}`;
