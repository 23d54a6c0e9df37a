import { html } from 'hono/html';

export { html };

/** Markup in which every value is escaped. */
export type Markup = ReturnType<typeof html>;

/** A page: what it says at its top, what went wrong, and its contents. */
export interface Page {
  readonly title: string;
  /** What went wrong with the step before. */
  readonly problem?: string;
  /** What went well. */
  readonly note?: string;
  readonly contents: Markup;
  /** Whether it asks an authenticator, for which it needs a script. */
  readonly script?: boolean;
  /** Where else than to this server its forms may lead: a loopback address. */
  readonly leadsTo?: string;
  /** Where the browser goes on by itself: no form leads there, since it is another server. */
  readonly goesOnTo?: string;
}

/** Names of the organization and the like, which everybody may choose: they are shown, never obeyed. */
export function toDocument({ title, problem, note, script = false, contents, goesOnTo }: Page): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Bailiwick</title>
<link rel="stylesheet" href="/auth/style.css">
${goesOnTo === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${goesOnTo}">`}
${script ? html`<script src="/auth/authenticator.js" defer></script>` : ''}
</head>
<body>
<main class="container">
<article>
<header><h1>${title}</h1></header>
${problem === undefined ? '' : html`<p role="alert"><mark>${problem}</mark></p>`}
${note === undefined ? '' : html`<p role="status">${note}</p>`}
${contents}
</article>
</main>
</body>
</html>
`;
}

interface Field {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly type?: 'text' | 'password';
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly inputmode?: 'numeric' | 'text';
  readonly hint?: string;
  readonly first?: boolean;
}

export function field(wanted: Field): Markup {
  const {
    label,
    name,
    value = '',
    type = 'text',
    required = true,
    autocomplete = 'off',
    inputmode,
    hint,
    first,
  } = wanted;
  return html`<label>${label}
<input type="${type}" name="${name}" value="${value}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"${
    inputmode === undefined ? '' : html` inputmode="${inputmode}"`
  }${required ? html` required` : ''}${first ? html` autofocus` : ''}${
    hint === undefined ? '' : html` aria-describedby="${name}-hint"`
  }>
${hint === undefined ? '' : html`<small id="${name}-hint">${hint}</small>`}
</label>`;
}

/** Values that a form hands on unseen. */
export function hidden(values: Readonly<Record<string, string | undefined>>): Markup {
  return html`${Object.entries(values).map(([name, value]) =>
    value === undefined || value === '' ? '' : html`<input type="hidden" name="${name}" value="${value}">`,
  )}`;
}
