import type { TakenChange } from '../authorization/decisions.ts';

/** What one server tells the others of a change that is committed. */
export interface Announcement {
  readonly organizationId: string;
  readonly revision: number;
  /** The change as it came into memory; null where the others have to read it. */
  readonly change: TakenChange | null;
}

/** Of this form. Servers of another version, who know another one, read what has changed. */
const form = 1;
/** PostgreSQL takes 8000 bytes in a message. */
const longest = 7_900;

interface Told {
  readonly form: number;
  readonly organization: string;
  readonly revision: number;
  readonly change?: TakenChange;
}

/** Announcements as messages, as few as hold them. */
export function writeAnnouncements(announcements: readonly Announcement[]): readonly string[] {
  const messages: string[] = [];
  for (const line of announcements.map(lineOf)) {
    const joined = `${messages.at(-1) ?? ''}\n${line}`;
    if (messages.length > 0 && Buffer.byteLength(joined) <= longest) messages[messages.length - 1] = joined;
    else messages.push(line);
  }
  return messages;
}

function lineOf({ organizationId: organization, revision, change }: Announcement): string {
  const short: Told = { form, organization, revision };
  // Whoever may listen need not be one who may read the table of keys.
  if (change === null || change.fact?.kind === 'api_key') return JSON.stringify(short);
  const whole = JSON.stringify({ ...short, change });
  return Buffer.byteLength(whole) <= longest ? whole : JSON.stringify(short);
}

/** What a message tells; nothing for what nobody of us has written. */
export function readAnnouncements(message: string): readonly Announcement[] {
  return message.split('\n').flatMap((line) => {
    const { form: its, organization: organizationId, revision, change = null } = read(line) ?? {};
    if (typeof organizationId !== 'string' || typeof revision !== 'number') return [];
    return [{ organizationId, revision, change: its === form ? change : null }];
  });
}

function read(line: string): Partial<Told> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
