import { isLoopback } from '../sign-in/codes.ts';
import { field, hidden, html } from './markup.ts';
import { toldAs } from './problems.ts';
import { type Person, signInFirst, type Visit } from './visit.ts';

/** What a program on this machine asks for; the names are those of RFC 6749 and RFC 7636. */
interface Request {
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly state: string;
}

function requestOf(values: URLSearchParams): Request | undefined {
  const redirectUri = values.get('redirect_uri') ?? '';
  const codeChallenge = values.get('code_challenge') ?? '';
  const state = values.get('state') ?? '';
  const good = isLoopback(redirectUri) && /^[\w-]{43}$/.test(codeChallenge) && /^[\w~.-]{16,200}$/.test(state);
  return good ? { redirectUri, codeChallenge, state } : undefined;
}

/** `GET /auth/authorize`: a program on this machine wants to sign in. */
export async function showAuthorize(visit: Visit): Promise<void> {
  const request = requestOf(visit.query);
  if (request === undefined) return visit.show(malformed, 400);
  const person = await visit.whoIsHere();
  return person === undefined ? signInFirst(visit) : visit.show(authorizePage(person, request));
}

/** `POST /auth/authorize`: back to the program, with a code or without. */
export async function takeAuthorize(visit: Visit): Promise<void> {
  const request = requestOf(visit.form);
  if (request === undefined) return visit.show(malformed, 400);
  const person = await visit.whoIsHere();
  if (person === undefined) return visit.goTo(authorizePath(request));
  const { redirectUri, codeChallenge, state } = request;
  if (visit.form.get('answer') !== 'allow') return visit.goTo(backTo(redirectUri, { error: 'access_denied', state }));
  const asked = { redirect_uri: redirectUri, code_challenge: codeChallenge };
  const answer = await visit.ask('signInGrants.createCode', asked);
  if (!answer.ok)
    return visit.show({ ...authorizePage(person, request), problem: toldAs(answer.problem) }, answer.status);
  return visit.goTo(backTo(redirectUri, { code: answer.output.code, state }));
}

function backTo(redirectUri: string, values: Readonly<Record<string, string>>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url.href;
}

const authorizePath = ({ redirectUri, codeChallenge, state }: Request): string =>
  `/auth/authorize?${new URLSearchParams({ redirect_uri: redirectUri, code_challenge: codeChallenge, state })}`;

const malformed = {
  title: 'This link is not complete',
  contents: html`<p>A program on this machine begins it: run <code>scw login</code> again.</p>`,
};

const asSomebody = ({ name, username }: Person) =>
  html`<p>It will act as <strong>${name}</strong>${name === username ? '' : html` (${username})`}, with all your rights.</p>`;

const answers = html`<button type="submit" name="answer" value="allow">Allow</button>
<button type="submit" name="answer" value="refuse" class="secondary">Refuse</button>`;

const authorizePage = (person: Person, { redirectUri, codeChallenge, state }: Request) => ({
  title: 'Let a program sign in?',
  leadsTo: new URL(redirectUri).origin,
  contents: html`<p>A program on this machine, at <code>${new URL(redirectUri).host}</code>, asks to sign in.</p>
${asSomebody(person)}
<p>Allow it only if you have just started it yourself.</p>
<form method="post" action="/auth/authorize">
${hidden({ redirect_uri: redirectUri, code_challenge: codeChallenge, state })}
${answers}
</form>`,
});

/** `GET /auth/device`: the code that a program elsewhere shows. */
export async function showDevice(visit: Visit): Promise<void> {
  const person = await visit.whoIsHere();
  if (person === undefined) return signInFirst(visit);
  const code = visit.query.get('user_code') ?? '';
  return code === '' ? visit.show(typePage('')) : askAboutDevice(visit, person, code);
}

/** `POST /auth/device`: the typed code, then the answer. */
export async function takeDevice(visit: Visit): Promise<void> {
  const code = visit.form.get('user_code') ?? '';
  const person = await visit.whoIsHere();
  if (person === undefined) return visit.goTo(`/auth/device?${new URLSearchParams({ user_code: code })}`);
  const chosen = visit.form.get('answer');
  if (chosen === null) return askAboutDevice(visit, person, code);
  const allowed = chosen === 'allow';
  const answer = await visit.ask(allowed ? 'signInGrants.approveDevice' : 'signInGrants.refuseDevice', {
    user_code: code,
  });
  if (!answer.ok) return visit.show({ ...typePage(code), problem: toldAs(answer.problem) }, answer.status);
  return visit.show({
    title: allowed ? 'The program is signed in' : 'The program was turned away',
    contents: html`<p>You can close this page.</p>`,
  });
}

async function askAboutDevice(visit: Visit, person: Person, code: string): Promise<void> {
  const answer = await visit.ask('signInGrants.getDevice', { user_code: code });
  if (!answer.ok) return visit.show({ ...typePage(code), problem: toldAs(answer.problem) }, answer.status);
  const { ip, user_agent, user_code } = answer.output;
  return visit.show({
    title: 'Let a program sign in?',
    contents: html`<dl>
<dt>Code</dt><dd><code>${user_code}</code></dd>
<dt>Program</dt><dd>${user_agent}</dd>
<dt>Address</dt><dd><code>${ip}</code></dd>
</dl>
${asSomebody(person)}
<p>Allow it only if you have just started it yourself, and it shows this code. Nobody else has a reason to send you one.</p>
<form method="post" action="/auth/device">
${hidden({ user_code })}
${answers}
</form>`,
  });
}

const typePage = (code: string) => ({
  title: 'Let a program sign in',
  contents: html`<form method="post" action="/auth/device">
${field({ label: 'Code that the program shows', name: 'user_code', value: code, hint: 'Eight letters, such as BCDF-GHJK.', first: true })}
<button type="submit">Next</button>
</form>`,
});
