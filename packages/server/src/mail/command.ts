import { formatTimestamp } from '@bailiwick/contract';
import { ConfigError } from '../config.ts';
import type { Services } from '../context.ts';
import { compose } from './compose.ts';
import { openMail } from './content.ts';
import { findMail, keptReason, newestMail, type OutboxRow } from './store.ts';

/** Lines for people, and those that a program which reads the output should not get. */
interface Output {
  out(line: string): void;
  note(line: string): void;
}

const shownAtOnce = 1000;

/** `bailiwick outbox`: one line for each mail, without what it says. */
export async function listOutbox({ storage }: Services, { out, note }: Output): Promise<void> {
  const rows = await newestMail(storage.db, shownAtOnce);
  for (const row of rows) {
    const { id, created_at: createdAt, kind, recipient, attempts } = row;
    const times = attempts === 0 ? '' : `  ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    out(
      printable(`${id}  ${formatTimestamp(createdAt)}  ${stateOf(row)}  ${kind}  ${recipient}${times}${errorOf(row)}`),
    );
  }
  if (rows.length === shownAtOnce) note(`only the newest ${shownAtOnce} are shown`);
  note('`bailiwick outbox show ID` prints what a mail says: passwords, codes and links among it');
}

/**
 * `bailiwick outbox show ID`: the mail as it is, or would be, sent.
 *
 * @throws ConfigError
 */
export async function showMail(
  { storage, secrets, settings }: Services,
  id: string,
  { out, note }: Output,
): Promise<void> {
  const row = await findMail(storage.db, id);
  if (!row) throw new ConfigError(`there is no mail \`${id}\` in the outbox; \`bailiwick outbox\` lists them`);
  out(printable(`To: ${row.recipient}`));
  out(`Date: ${formatTimestamp(row.created_at)}`);
  out(printable(`State: ${stateOf(row)}${errorOf(row)}`));
  if (row.sealed_content === null) return note('the mail is sent, and what it said is wiped');
  const { subject, text } = composed(secrets, row, settings.publicUrl());
  out(`Subject: ${subject}`);
  out('');
  out(text.trimEnd());
  note('what it says may open an account: show it to nobody but its recipient');
}

function composed(secrets: Services['secrets'], row: OutboxRow, sender: string) {
  try {
    return compose(openMail(secrets, row), sender);
  } catch (failure) {
    throw new ConfigError(failure instanceof Error ? failure.message : String(failure));
  }
}

function stateOf({ sent_at: sentAt, next_attempt_at: next, last_error: error }: OutboxRow): string {
  if (sentAt !== null) return 'sent';
  if (next === null) return 'given up';
  return error === keptReason ? 'kept' : 'waiting';
}

const errorOf = ({ last_error: error }: OutboxRow): string =>
  error === '' || error === keptReason ? '' : `  ${error}`;

/** A mail server's words, or a recipient from before there were checks, may hold commands to a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ');
