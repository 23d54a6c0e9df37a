import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a form was sent by one of our own pages. Browsers say where a request comes from; one that says nothing at all is
 * no browser, and has no cookies of one (OWASP, cross-site request forgery prevention: Fetch metadata).
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** A place on this server to go on to; the fallback for anything that is none. */
export function ownPath(wanted: string | undefined, fallback: string): string {
  const here = 'http://here.invalid';
  if (wanted === undefined || !wanted.startsWith('/') || !URL.canParse(wanted, here)) return fallback;
  const { origin, pathname, search } = new URL(wanted, here);
  // What browsers read as another host never gets through the parser with this origin.
  return origin === here && !pathname.startsWith('//') ? `${pathname}${search}` : fallback;
}
