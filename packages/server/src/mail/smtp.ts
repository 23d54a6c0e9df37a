import { createTransport } from 'nodemailer';
import type { Sender, SmtpServer } from './address.ts';
import { mailAddress } from './address.ts';
import type { Composed } from './compose.ts';

/** A mail on its way. */
export interface Letter extends Composed {
  readonly id: string;
  readonly to: string;
  /** Microseconds since 1970. */
  readonly createdAt: number;
}

/** Takes mail to a server. */
export interface Smtp {
  /** @throws SendingFailed */
  send(letter: Letter, signal: AbortSignal): Promise<void>;
}

/** Why a mail was not sent, in words that hold nothing of what it says. */
export class SendingFailed extends Error {
  override readonly name = 'SendingFailed';
  /** True when the same mail would be refused again. */
  readonly forGood: boolean;

  constructor(message: string, forGood: boolean) {
    super(message);
    this.forGood = forGood;
  }
}

/** Sends by SMTP with nodemailer, one connection a mail. */
export function createSmtp(server: SmtpServer, from: Sender): Smtp {
  const transport = createTransport(settingsOf(server));
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return {
    send: async ({ id, to, createdAt, subject, text, html }, signal) => {
      if (!mailAddress.test(to)) throw new SendingFailed('this is no e-mail address', true);
      try {
        await transport.sendMail({
          from: { name: from.name, address: from.address },
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          // The same at every attempt, so that a mail which arrives twice can be told.
          messageId: `<${id}@${domain}>`,
          date: new Date(createdAt / 1000),
          subject,
          text,
          html,
          textEncoding: 'quoted-printable',
          // RFC 3834: nobody's absence note should answer.
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        });
      } catch (failure) {
        throw failureOf(failure);
      }
    },
  };
}

/**
 * Connects and signs in, and sends nothing.
 *
 * @throws SendingFailed
 */
export async function checkSmtp(server: SmtpServer): Promise<void> {
  const transport = createTransport({ ...settingsOf(server), connectionTimeout: patience, greetingTimeout: patience });
  try {
    await transport.verify();
  } catch (failure) {
    throw failureOf(failure);
  } finally {
    transport.close();
  }
}

/** For a server that may not answer at all, in milliseconds. */
const patience = 5_000;

const settingsOf = ({ host, port, secure, mayBePlain, user, password }: SmtpServer) => ({
  host,
  port,
  secure,
  requireTLS: !secure && !mayBePlain,
  // Where no encryption would do as well, so does one with a certificate that nobody knows.
  tls: { rejectUnauthorized: !mayBePlain },
  ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
  disableFileAccess: true,
  disableUrlAccess: true,
});

/**
 * What the SMTP server says about the content may quote it, so of that only the numbers are kept. A recipient or a content
 * that is refused for good (RFC 5321, section 4.2.1) will be so again; whatever else is wrong can be mended.
 */
function failureOf(failure: unknown): SendingFailed {
  if (!(failure instanceof Error)) return new SendingFailed('unknown failure', false);
  const detail = (name: string): unknown => (name in failure ? Reflect.get(failure, name) : undefined);
  const [code, command, status, response] = ['code', 'command', 'responseCode', 'response'].map(detail);
  const sawContent = command === 'DATA' || code === 'EMESSAGE';
  const words = sawContent ? enhancedStatus(response) : (response ?? failure.message);
  const message = [code, command, ...(sawContent ? [status] : []), words].filter(
    (part) => part !== undefined && part !== '',
  );
  const refused = typeof status === 'number' && status >= 500 && status < 600 && status !== 503;
  return new SendingFailed(oneLine(message.join(' ')), refused && (command === 'RCPT TO' || sawContent));
}

/** `550 5.1.1 No such user` → `5.1.1` (RFC 3463). */
const enhancedStatus = (response: unknown): string => /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(String(response))?.[0] ?? '';

const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 300);
