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
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`;
  const fact = ([name, value]: readonly [string, string]) =>
    `<tr><th style="text-align:left;padding-right:1em">${escapeHtml(name)}</th>` +
    `<td style="font-family:monospace;white-space:pre-wrap">${escapeHtml(value)}</td></tr>`;
  const parts = [
    ...paragraphs.map(paragraph),
    ...(facts.length > 0 ? [`<table>${facts.map(fact).join('')}</table>`] : []),
    ...(action ? [`<p>${linkOf(action)}</p>`] : []),
    ...after.map(paragraph),
    `<hr><p style="color:#666">${escapeHtml(footer)}</p>`,
  ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:40em">
${parts.join('\n')}
</body>
</html>
`;
}

/** The address stands there to be read, too: what is clicked should be what is seen. */
function linkOf({ label, url }: NonNullable<Words['action']>): string {
  const isLink = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isLink) return `${escapeHtml(label)}: ${escapeHtml(url)}`;
  return `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a><br><small>${escapeHtml(url)}</small>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
