import { html, type Markup } from './markup.ts';

/** What the script of the pages asks an authenticator (authenticator-script.ts). */
export interface AuthenticatorQuestion {
  readonly way: 'create' | 'get';
  readonly question: object;
}

/** A form that is sent with the answer of an authenticator. */
export const authenticatorForm = (
  action: string,
  { way, question }: AuthenticatorQuestion,
  contents: Markup,
): Markup => html`<form method="post" action="${action}" data-way="${way}" data-question="${JSON.stringify(question)}">
${contents}
<p role="alert" hidden><mark>The authenticator did not answer. Try again.</mark></p>
<noscript><p>For this your browser has to run the script of this page.</p></noscript>
</form>`;

/** What the script has added to the form. */
export const answered = (form: URLSearchParams, name: string): string => form.get(name) ?? '';
