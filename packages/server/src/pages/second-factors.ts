import type { OperationById, Output } from '@bailiwick/contract';
import { answered, authenticatorForm } from './authenticator-form.ts';
import { field, hidden, html, type Markup, type Page } from './markup.ts';
import { toldAs } from './problems.ts';
import { type Person, signInFirst, type Visit } from './visit.ts';

const path = '/auth/second-factors';
type Authenticators = Output<OperationById<'webauthn.list'>>['authenticators'];
type Refusal = Extract<Awaited<ReturnType<Visit['ask']>>, { readonly ok: false }>;

/** `GET /auth/second-factors`: what there is, and what can be added. */
export async function showSecondFactors(visit: Visit): Promise<void> {
  const person = await visit.whoIsHere();
  return person === undefined ? signInFirst(visit) : overview(visit, person);
}

/** `POST /auth/second-factors`: one step of setting one up, or the end of one. */
export async function changeSecondFactors(visit: Visit): Promise<void> {
  const person = await visit.whoIsHere();
  if (person === undefined) return signInFirst(visit);
  const step = steps.get(visit.form.get('step') ?? '') ?? overview;
  return step(visit, person);
}

async function overview(visit: Visit, person: Person, told: Partial<Page> = {}, status = 200): Promise<void> {
  const listed = await visit.ask('webauthn.list', { user_id: person.id });
  const authenticators = listed.ok ? listed.output.authenticators : [];
  return visit.show({ ...overviewPage(person, authenticators), ...told }, status);
}

const failed = (visit: Visit, person: Person, { problem, status }: Refusal) =>
  overview(visit, person, { problem: toldAs(problem) }, status);

async function beginPasswords(visit: Visit, person: Person): Promise<void> {
  const answer = await visit.ask('mfaOtp.create', { user_id: person.id });
  return answer.ok ? showSecret(visit, person) : failed(visit, person, answer);
}

async function showSecret(visit: Visit, person: Person, told: Partial<Page> = {}, status = 200): Promise<void> {
  const answer = await visit.ask('mfaOtp.getAddress', { user_id: person.id });
  if (!answer.ok) return failed(visit, person, answer);
  return visit.show({ ...secretPage(answer.output), ...told }, status);
}

async function finishPasswords(visit: Visit, person: Person): Promise<void> {
  const password = (visit.form.get('password') ?? '').replaceAll(/\s/g, '');
  const answer = await visit.ask('mfaOtp.validate', { user_id: person.id, one_time_password: password });
  if (!answer.ok) return showSecret(visit, person, { problem: toldAs(answer.problem) }, answer.status);
  return visit.show(recoveryPage(answer.output.recovery_codes));
}

async function endPasswords(visit: Visit, person: Person): Promise<void> {
  const answer = await visit.ask('mfaOtp.delete', { user_id: person.id });
  if (!answer.ok) return failed(visit, person, answer);
  return overview(visit, person, { note: 'Your app and your recovery codes are not asked for any more.' });
}

async function beginAuthenticator(visit: Visit, person: Person): Promise<void> {
  const { origin } = visit;
  const answer = await visit.ask('webauthn.startRegistration', { user_id: person.id, origin });
  if (!answer.ok) return failed(visit, person, answer);
  const { id: user_id, username } = person;
  const question = { ...answer.output, user_id, username, rp_name: 'Bailiwick' };
  return visit.show(authenticatorPage(answer.output.ceremony_id, question));
}

async function finishAuthenticator(visit: Visit, person: Person): Promise<void> {
  const { form, origin } = visit;
  const answer = await visit.ask('webauthn.finishRegistration', {
    user_id: person.id,
    origin,
    ceremony_id: form.get('ceremony') ?? '',
    authenticator_name: form.get('name') ?? '',
    raw_id: answered(form, 'raw_id'),
    client_data_json: answered(form, 'client_data_json'),
    attestation_object: answered(form, 'attestation_object'),
  });
  if (!answer.ok) return failed(visit, person, answer);
  return overview(visit, person, { note: 'Your authenticator is registered.' });
}

async function endAuthenticator(visit: Visit, person: Person): Promise<void> {
  const answer = await visit.ask('webauthn.delete', { authenticator_id: visit.form.get('authenticator') ?? '' });
  if (!answer.ok) return failed(visit, person, answer);
  return overview(visit, person, { note: 'Your authenticator is not asked for any more.' });
}

const steps: ReadonlyMap<string, (visit: Visit, person: Person) => Promise<void>> = new Map([
  ['begin-passwords', beginPasswords],
  ['finish-passwords', finishPasswords],
  ['end-passwords', endPasswords],
  ['begin-authenticator', beginAuthenticator],
  ['finish-authenticator', finishAuthenticator],
  ['end-authenticator', endAuthenticator],
]);

const stepForm = (step: string, contents: Markup): Markup => html`<form method="post" action="${path}">
${hidden({ step })}
${contents}
</form>`;
const button = (label: string) => html`<button type="submit" class="secondary">${label}</button>`;

const overviewPage = ({ name, mfa }: Person, authenticators: Authenticators) => ({
  title: 'Second factors',
  contents: html`<p>${mfa ? html`${name} is asked for one at sign-in.` : html`${name} has none yet.`}</p>
<h2>App</h2>
<p>An app on your phone shows a code of six digits that changes every half minute.</p>
${stepForm('begin-passwords', button('Set up an app'))}
${mfa ? stepForm('end-passwords', button('Remove the app')) : ''}
<h2>Security keys and passkeys</h2>
${authenticators.map(
  ({ id, name: label }) => html`<form method="post" action="${path}">
${hidden({ step: 'end-authenticator', authenticator: id })}
${button(`Remove ${label}`)}
</form>`,
)}
${stepForm('begin-authenticator', button('Register an authenticator'))}
<p><a href="/auth/account">Back</a></p>`,
});

const secretPage = ({ otpauth_uri: uri, qr_code: code }: Output<OperationById<'mfaOtp.getAddress'>>) => ({
  title: 'Set up an app',
  contents: html`<p>Scan this with the app, or <a href="${uri}">open it here</a>.</p>
<p><img src="data:image/svg+xml;base64,${Buffer.from(code).toString('base64')}" alt="QR code" width="240" height="240"></p>
<p>Or type <code>${new URL(uri).searchParams.get('secret')}</code></p>
${stepForm(
  'finish-passwords',
  html`${field({ label: 'Code that the app shows', name: 'password', autocomplete: 'one-time-code', inputmode: 'numeric', first: true })}
<button type="submit">Go on</button>`,
)}`,
});

const recoveryPage = (codes: readonly string[]) => ({
  title: 'Your recovery codes',
  note: 'Your app is set up.',
  contents: html`<p>Each of these signs you in once when the app is gone. They are shown only now: print them or write them down.</p>
<ul>${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<p><a href="${path}">I have them</a></p>`,
});

const authenticatorPage = (ceremony: string, question: object) => ({
  title: 'Register an authenticator',
  script: true,
  contents: authenticatorForm(
    path,
    { way: 'create', question },
    html`${hidden({ step: 'finish-authenticator', ceremony })}
${field({ label: 'Name', name: 'name', hint: 'Such as: key ring.', first: true })}
<button type="submit">Ask the authenticator</button>`,
  ),
});
