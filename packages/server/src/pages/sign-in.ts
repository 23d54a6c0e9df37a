import type { OperationById, Output } from '@bailiwick/contract';
import { answered, authenticatorForm } from './authenticator-form.ts';
import { field, hidden, html, type Markup, type Page } from './markup.ts';
import { isOver, toldAs } from './problems.ts';
import { ownPath } from './same-origin.ts';
import type { Visit } from './visit.ts';

type Step = Output<OperationById<'signIn.password'>>;
type Refusal = Extract<Awaited<ReturnType<Visit['ask']>>, { readonly ok: false }>;

/** Where a sign-in leads, and what it is about: handed on from form to form. */
interface Errand {
  readonly returnTo: string;
  readonly organization: string;
  readonly username: string;
  readonly attempt: string;
}

const afterwards = '/auth/account';
/** Browsers forget cookies of more than 4096 letters, in which some take three. */
const longestReturn = 1000;

const errandOf = (values: URLSearchParams): Errand => ({
  returnTo: ownPath(values.get('return_to') ?? undefined, afterwards),
  organization: values.get('organization') ?? values.get('organization_id') ?? '',
  username: values.get('username') ?? '',
  attempt: values.get('attempt') ?? '',
});

const methodsOf = ({ form }: Visit): readonly string[] => (form.get('methods') ?? '').split(' ');

/**
 * `GET /auth/sign-in`: who are you? With the token and the code of a link: is it you? With the answer of an identity
 * provider: it is you, if this browser has asked.
 */
export async function showSignIn(visit: Visit): Promise<void> {
  const answer = visit.query.get('saml_answer');
  if (answer !== null) return finishSaml(visit, answer);
  const errand = errandOf(visit.query);
  const code = visit.query.get('code') ?? '';
  if (errand.attempt !== '' && code !== '') return visit.show(linkPage(errand, code));
  if (visit.query.has('return_to') && (await visit.whoIsHere())) return visit.goTo(errand.returnTo);
  return visit.show(namesPage(errand));
}

/** `POST /auth/sign-in`: one step, and the form for the next one. */
export async function takeSignInStep(visit: Visit): Promise<void> {
  const errand = errandOf(visit.form);
  const step = steps.get(visit.form.get('step') ?? '') ?? start;
  return step(visit, errand);
}

async function start(visit: Visit, errand: Errand): Promise<void> {
  const { organization, username } = errand;
  const answer = await visit.ask('signIn.start', { username, ...(organization !== '' && { organization }) });
  if (!answer.ok) return visit.show({ ...namesPage(errand), problem: toldAs(answer.problem) }, answer.status);
  const { attempt, methods } = answer.output;
  // Nothing to choose.
  if (methods.every((method) => method === 'saml')) return saml(visit, { ...errand, attempt });
  return visit.show(proofPage({ ...errand, attempt }, methods));
}

async function password(visit: Visit, errand: Errand): Promise<void> {
  const shown = visit.form.get('password') ?? '';
  const answer = await visit.ask('signIn.password', { attempt: errand.attempt, password: shown });
  if (answer.ok) return goOn(visit, errand, answer.output);
  return again(visit, errand, answer, proofPage(errand, methodsOf(visit)));
}

async function sendCode(visit: Visit, errand: Errand): Promise<void> {
  const answer = await visit.ask('signIn.sendCode', { attempt: errand.attempt });
  if (!answer.ok) return again(visit, errand, answer, proofPage(errand, methodsOf(visit)));
  return visit.show(codePage({ ...errand, attempt: answer.output.attempt }));
}

async function code(visit: Visit, errand: Errand): Promise<void> {
  const shown = (visit.form.get('code') ?? '').replaceAll(/\s/g, '');
  const answer = await visit.ask('signIn.code', { attempt: errand.attempt, code: shown });
  if (answer.ok) return goOn(visit, errand, answer.output);
  return again(visit, errand, answer, codePage(errand));
}

/** To the identity provider, with what this is about kept in the browser until it is back. */
async function saml(visit: Visit, errand: Errand): Promise<void> {
  const answer = await visit.ask('signIn.saml', { attempt: errand.attempt });
  if (!answer.ok) return again(visit, errand, answer, proofPage(errand, methodsOf(visit)));
  const { attempt, url } = answer.output;
  const { organization, username } = errand;
  const return_to = errand.returnTo.length > longestReturn ? afterwards : errand.returnTo;
  visit.keepErrand(new URLSearchParams({ attempt, return_to, organization, username }));
  return visit.show(elsewherePage(url));
}

async function finishSaml(visit: Visit, shown: string): Promise<void> {
  if (visit.keptErrand === undefined) return visit.show(otherBrowser, 400);
  const errand = errandOf(visit.keptErrand);
  visit.keepErrand(undefined);
  if (shown === '') return visit.show({ ...namesPage(errand), problem: notConfirmed(errand) }, 401);
  const answer = await visit.ask('signIn.finishSaml', { attempt: errand.attempt, answer: shown });
  if (answer.ok) return goOn(visit, errand, answer.output);
  return visit.show({ ...namesPage(errand), problem: toldAs(answer.problem) }, answer.status);
}

async function secondFactor(visit: Visit, errand: Errand): Promise<void> {
  const answer = await visit.ask('signIn.secondFactor', { attempt: errand.attempt, ...proofIn(visit.form) });
  if (answer.ok) return goOn(visit, errand, answer.output);
  const kinds = (visit.form.get('kinds') ?? '').split(' ');
  return again(visit, errand, answer, await askSecondFactor(visit, errand, kinds));
}

function proofIn(form: URLSearchParams) {
  const shown = (form.get('proof') ?? '').replaceAll(/\s/g, '');
  if (!form.has('raw_id')) return /^[0-9]{6}$/.test(shown) ? { one_time_password: shown } : { recovery_code: shown };
  const [raw_id, client_data_json] = [answered(form, 'raw_id'), answered(form, 'client_data_json')];
  const [authenticator_data, signature] = [answered(form, 'authenticator_data'), answered(form, 'signature')];
  return { webauthn: { raw_id, client_data_json, authenticator_data, signature } };
}

/** Each time an authenticator signs something new. */
async function askSecondFactor(visit: Visit, errand: Errand, kinds: readonly string[]): Promise<Page> {
  if (!kinds.includes('webauthn')) return secondFactorPage(errand, kinds);
  const answer = await visit.ask('signIn.webauthn', { attempt: errand.attempt });
  return secondFactorPage(errand, kinds, answer.ok ? answer.output : undefined);
}

const steps: ReadonlyMap<string, typeof start> = new Map([
  ['password', password],
  ['send-code', sendCode],
  ['code', code],
  ['saml', saml],
  ['second-factor', secondFactor],
]);

/** After a proof that was right: the next question, or the place that one wanted to get to. */
async function goOn(visit: Visit, errand: Errand, step: Step): Promise<void> {
  if (step.status === 'second_factor_needed')
    return visit.show(
      await askSecondFactor(visit, { ...errand, attempt: step.attempt ?? '' }, step.second_factors ?? []),
    );
  visit.keep({ token: step.token ?? '', renewToken: step.renew_token ?? '' });
  return visit.goTo(errand.returnTo);
}

/** After one that was not: the same form, or the first one when the attempt is over. */
function again(visit: Visit, errand: Errand, { problem, status }: Refusal, same: Page) {
  const page = isOver(problem) ? namesPage(errand) : same;
  return visit.show({ ...page, problem: toldAs(problem) }, status);
}

const form = (
  errand: Errand,
  step: string,
  contents: Markup,
): Markup => html`<form method="post" action="/auth/sign-in">
${hidden({ step, attempt: errand.attempt, return_to: errand.returnTo })}
${contents}
</form>`;

/** Names are shown again where they can be mended, and handed on to where they cannot. */
const named = ({ organization, username }: Errand) => hidden({ organization, username });

const namesPage = (errand: Errand) => ({
  title: 'Sign in',
  contents: html`${form(
    { ...errand, attempt: '' },
    'names',
    html`${field({ label: 'Organization', name: 'organization', value: errand.organization, required: false, autocomplete: 'organization', hint: 'Id or alias. The owner may leave it out.', first: errand.organization === '' })}
${field({ label: 'Username', name: 'username', value: errand.username, autocomplete: 'username', hint: 'The owner: the e-mail address.', first: errand.organization !== '' })}
<button type="submit">Next</button>`,
  )}
<p><a href="/auth/recover">Forgotten the password?</a> · <a href="/auth/key?return_to=${encodeURIComponent(errand.returnTo)}">Sign in with an API key</a></p>`,
});

const proofPage = (errand: Errand, methods: readonly string[]) => ({
  title: 'Sign in',
  contents: html`<p>Signing in as <strong>${errand.username}</strong></p>
${
  methods.includes('password')
    ? form(
        errand,
        'password',
        html`${named(errand)}${hidden({ methods: methods.join(' ') })}
${field({ label: 'Password', name: 'password', type: 'password', autocomplete: 'current-password', first: true })}
<button type="submit">Sign in</button>`,
      )
    : ''
}
${
  methods.includes('code')
    ? form(
        errand,
        'send-code',
        html`${named(errand)}${hidden({ methods: methods.join(' ') })}
<button type="submit" class="secondary">Send me a code by e-mail</button>`,
      )
    : ''
}
${
  methods.includes('saml')
    ? form(
        errand,
        'saml',
        html`${named(errand)}${hidden({ methods: methods.join(' ') })}
<button type="submit" class="secondary">Sign in with your organization</button>`,
      )
    : ''
}
<p><a href="/auth/sign-in">Somebody else?</a></p>`,
});

const elsewherePage = (url: string) => ({
  title: 'On to your organization',
  goesOnTo: url,
  contents: html`<p>You sign in at <strong>${new URL(url).host}</strong> and come back here.</p>
<p><a role="button" href="${url}">Go on</a></p>`,
});

const notConfirmed = ({ username }: Errand): string => `Your organization did not confirm that you are ${username}.`;

const otherBrowser = {
  title: 'This sign-in was not begun here',
  contents: html`<p>Either it took longer than ten minutes, or it was begun in another browser. If somebody has sent you a link, do not use it again.</p>
<p><a href="/auth/sign-in">Sign in here</a></p>`,
};

const codePage = (errand: Errand) => ({
  title: 'Type the code',
  contents: html`<p>If <strong>${errand.username}</strong> may sign in this way, a code of six digits is on its way. It works for ten minutes.</p>
${form(
  errand,
  'code',
  html`${named(errand)}
${field({ label: 'Code', name: 'code', autocomplete: 'one-time-code', inputmode: 'numeric', first: true })}
<button type="submit">Sign in</button>`,
)}
${form(errand, 'send-code', html`${named(errand)}${hidden({ methods: 'code' })}<button type="submit" class="secondary">Send another one</button>`)}`,
});

/** What only looks at links presses no button, so it uses none up. */
const linkPage = (errand: Errand, code: string) => ({
  title: 'Sign in',
  contents: html`<p>This link signs <strong>${errand.username}</strong> in, once. Go on only if it comes from a file of your own server.</p>
${form(errand, 'code', html`${named(errand)}${hidden({ code })}<button type="submit">Sign in</button>`)}`,
});

const secondFactorPage = (errand: Errand, kinds: readonly string[], question?: object): Page => {
  const values = hidden({
    step: 'second-factor',
    attempt: errand.attempt,
    return_to: errand.returnTo,
    kinds: kinds.join(' '),
  });
  const ask = { way: 'get', question: question ?? {} } as const;
  return {
    title: 'One more step',
    script: question !== undefined,
    contents: html`${
      question === undefined
        ? ''
        : authenticatorForm(
            '/auth/sign-in',
            ask,
            html`${named(errand)}${values}<button type="submit">Use your security key or passkey</button>`,
          )
    }
${
  kinds.includes('one_time_password')
    ? form(
        errand,
        'second-factor',
        html`${named(errand)}${hidden({ kinds: kinds.join(' ') })}
${field({ label: 'Code of your app, or a recovery code', name: 'proof', autocomplete: 'one-time-code', first: true })}
<button type="submit">Sign in</button>`,
      )
    : ''
}`,
  };
};
