/** One @ between two parts without blanks, quotes, lists or control characters; the rest is the mail server's to say. */
export const mailAddress = /^[^\s\p{Cc}@<>()[\]\\,;:"]{1,64}@[^\s\p{Cc}@<>()[\]\\,;:"]{1,190}$/u;

/** A server that takes our mail. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
  /** Without it, STARTTLS must succeed: mail holds links and codes that open doors. */
  readonly mayBePlain: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** RFC 6409 (submission), RFC 8314 (the same with TLS from the start). */
const submissionPort = 587;
const tlsPort = 465;

/**
 * `smtp://user:pass@host:port` with STARTTLS, `smtps://…` with TLS. `?tls=optional` lets a server without TLS pass, which on
 * the machine itself is so unless it says `?tls=required`.
 *
 * @returns undefined for any other text
 */
export function parseSmtpUrl(text: string): SmtpServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, searchParams, hash } = new URL(text);
  const secure = protocol === 'smtps:';
  const tls = searchParams.get('tls');
  const known =
    [...searchParams.keys()].every((name) => name === 'tls') && [null, 'required', 'optional'].includes(tls);
  if (!(secure || protocol === 'smtp:') || hostname === '' || !['', '/'].includes(pathname) || hash !== '' || !known)
    return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const [user, pass] = [decoded(username), decoded(password)];
  if (user === undefined || pass === undefined) return undefined;
  return {
    host,
    port: port === '' ? (secure ? tlsPort : submissionPort) : Number(port),
    secure,
    mayBePlain: !secure && (tls === 'optional' || (tls === null && isLoopback(host))),
    user: user === '' ? undefined : user,
    password: user === '' ? undefined : pass,
  };
}

/** Who mail is from: `iam@example.org` or `Bailiwick <iam@example.org>`. */
export interface Sender {
  readonly name: string;
  readonly address: string;
}

/** @returns undefined for a text that is no such thing */
export function parseSender(text: string): Sender | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const [, name = '', bracketed] = /^\s*([^<>"\u0000-\u001f\u007f]*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  const address = bracketed ?? text.trim();
  return mailAddress.test(address) ? { name, address } : undefined;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
