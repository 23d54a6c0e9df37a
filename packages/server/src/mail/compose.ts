import { html } from 'hono/html';
import type { NewMail } from './queue.ts';
import { type Words, words } from './words.ts';

/** A mail as people read it. */
export interface Composed {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** RFC 5322 allows 998 characters in a line; long before that nobody reads a subject. */
const longestSubject = 150;

/**
 * Line breaks and control characters in a value could begin a header or a paragraph of somebody else's; those that turn
 * the direction of a text could make it read as another.
 */
const unreadable = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** Fills in the words for an occasion, as plain text and as HTML. `sender` is the address of the server. */
export function compose({ kind, values }: Pick<NewMail, 'kind' | 'values'>, sender: string): Composed {
  const value = (name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : '').replace(unreadable, ' ');
  const filled = words[kind](value);
  const footer = `This mail was sent by Bailiwick at ${sender}`;
  return { subject: shortened(filled.subject), text: textOf(filled, footer), html: htmlOf(filled, footer) };
}

/**
 * By whole characters, so that none is cut in two. Text that looks like an encoded word (RFC 2047) would be decoded by who
 * reads it, line breaks included.
 */
function shortened(text: string): string {
  const subject = text.replaceAll('=?', '= ?');
  const characters = [...subject];
  return characters.length <= longestSubject ? subject : `${characters.slice(0, longestSubject - 1).join('')}…`;
}

function textOf({ paragraphs, facts = [], action, after = [] }: Words, footer: string): string {
  const parts = [
    ...paragraphs,
    ...(facts.length > 0 ? [facts.map(([name, value]) => `${name}: ${value}`).join('\n')] : []),
    ...(action ? [`${action.label}:\n${action.url}`] : []),
    ...after,
    `-- \n${footer}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function htmlOf({ subject, paragraphs, facts = [], action, after = [] }: Words, footer: string): string {
  const paragraph = (text: string) => html`<p>${text}</p>\n`;
  const fact = ([name, value]: readonly [string, string]) =>
    html`<tr><th style="text-align:left;padding-right:1em">${name}</th><td style="font-family:monospace;white-space:pre-wrap">${value}</td></tr>`;
  return String(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${subject}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:40em">
${paragraphs.map(paragraph)}${facts.length > 0 ? html`<table>${facts.map(fact)}</table>\n` : ''}${
  action ? html`<p>${linkOf(action)}</p>\n` : ''
}${after.map(paragraph)}<hr><p style="color:#666">${footer}</p>
</body>
</html>
`);
}

/** The address stands there to be read, too: what is clicked should be what is seen. */
function linkOf({ label, url }: NonNullable<Words['action']>) {
  const isLink = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return isLink ? html`<a href="${url}">${label}</a><br><small>${url}</small>` : html`${label}: ${url}`;
}
