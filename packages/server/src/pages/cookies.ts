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

/** No script reads it. A link in a mail or on another page opens as whoever is signed in; nothing but pages is sent along with it. */
const keptBy = (publicUrl: string) =>
  ({ path: '/', httpOnly: true, secure: publicUrl.startsWith('https:'), sameSite: 'lax' }) as const;

const errandName = (publicUrl: string): string => `${prefixOf(publicUrl)}bailiwick-errand`;

/** What a sign-in is about that goes on elsewhere and comes back, for as long as that may take, in seconds. */
const longestErrand = 600;

export function readErrand(header: string | undefined, publicUrl: string): URLSearchParams | undefined {
  const text = parseCookie(header ?? '')[errandName(publicUrl)];
  return text ? new URLSearchParams(text) : undefined;
}

/** The header that keeps an errand in the browser, or forgets it. It comes along when another site leads back here (Lax). */
export function errandCookie(errand: URLSearchParams | undefined, publicUrl: string): string {
  return stringifySetCookie({
    name: errandName(publicUrl),
    value: errand?.toString() ?? '',
    ...keptBy(publicUrl),
    maxAge: errand === undefined ? 0 : longestErrand,
  });
}

/** Headers that keep a session in the browser, or forget it. */
export function sessionCookies(session: BrowserSession | undefined, publicUrl: string): readonly string[] {
  const names = namesOf(publicUrl);
  const kept = { ...keptBy(publicUrl), maxAge: session === undefined ? 0 : longest };
  return [
    stringifySetCookie({ name: names.token, value: session?.token ?? '', ...kept }),
    stringifySetCookie({ name: names.renewToken, value: session?.renewToken ?? '', ...kept }),
  ];
}
