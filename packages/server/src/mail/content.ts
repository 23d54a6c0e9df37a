import type { Secrets } from '../secrets.ts';
import type { MailKind, NewMail } from './queue.ts';
import type { OutboxRow } from './store.ts';
import { words } from './words.ts';

const isKind = (kind: string): kind is MailKind => Object.hasOwn(words, kind);

/**
 * What a mail of the outbox is about.
 *
 * @throws Error when it is sent already, of a kind unknown to this version, or sealed under another server key
 */
export function openMail(secrets: Pick<Secrets, 'open'>, { kind, sealed_content: sealed }: OutboxRow) {
  if (sealed === null) throw new Error('the mail is sent, and what it said is wiped');
  if (!isKind(kind)) throw new Error('this version does not know mail of that kind');
  return { kind, ...readContent(unseal(secrets, sealed)) };
}

function unseal({ open }: Pick<Secrets, 'open'>, sealed: string): string {
  try {
    return open(sealed);
  } catch {
    throw new Error('this server key does not open the mail');
  }
}

function readContent(text: string): Pick<NewMail, 'locale' | 'values'> {
  const { locale, values }: { readonly locale: string; readonly values: Readonly<Record<string, string>> } =
    JSON.parse(text);
  return { locale, values };
}
