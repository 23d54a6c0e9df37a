import { parseCookie, stringifySetCookie } from 'cookie';

/** The session of a browser: no script reads it, and no other site has it sent. */
export interface BrowserSession {
  readonly token: string;
  readonly renewToken: string;
}

/** How long a browser keeps them, in seconds; the server ends sessions by its own rules (400 days is the most of RFC 6265bis). */
const longest = 400 * 86_400;

/** With https the name itself binds a cookie to this host and to encrypted connections (RFC 6265bis, section 4.1.3). */
const prefixOf = (publicUrl: string): string => (publicUrl.startsWith('https:') ? '__Host-' : '');
const namesOf = (publicUrl: string) => ({
  token: `${prefixOf(publicUrl)}bailiwick-session`,
  renewToken: `${prefixOf(publicUrl)}bailiwick-renew`,
});

export function readSession(header: string | undefined, publicUrl: string): BrowserSession | undefined {
  const cookies = parseCookie(header ?? '');
  const names = namesOf(publicUrl);
  const { [names.token]: token, [names.renewToken]: renewToken } = cookies;
  return token && renewToken ? { token, renewToken } : undefined;
}

/** Headers that keep a session in the browser, or forget it. */
export function sessionCookies(session: BrowserSession | undefined, publicUrl: string): readonly string[] {
  const names = namesOf(publicUrl);
  const kept = {
    path: '/',
    httpOnly: true,
    secure: publicUrl.startsWith('https:'),
    // A link in a mail or on another page opens as whoever is signed in; nothing but pages is sent along with it.
    sameSite: 'lax',
    maxAge: session === undefined ? 0 : longest,
  } as const;
  return [
    stringifySetCookie({ name: names.token, value: session?.token ?? '', ...kept }),
    stringifySetCookie({ name: names.renewToken, value: session?.renewToken ?? '', ...kept }),
  ];
}
