/**
 * Paths of requests, where two programs must see the same thing. What one of them might read in another way than we do is
 * no path here: an escaped slash, a dot segment, a parameter behind `;`, a second spelling of the same letter.
 */

/** Longer ones are refused; servers stop at 8 KiB too. */
const maximumUri = 8192;
/** Letters that may stand for themselves; `;` is left out, since some servers drop what follows it. */
const normalForm = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-F]{2})*$/;
/** ASCII that has to be escaped, and is harmless when it is unescaped. */
const escapable = new Set(' "<>[]^`{|}');

/**
 * The segments of the path of a URI as it was sent, still escaped.
 *
 * @returns null for a path that is not in normal form
 */
export function segmentsOf(uri: string): readonly string[] | null {
  if (uri.length > maximumUri || uri.includes('#')) return null;
  const [path = ''] = uri.split('?', 1);
  if (!normalForm.test(path) || !hasNormalEscapes(path)) return null;
  const segments = path.slice(1).split('/');
  const inner = segments.slice(0, -1);
  const dots = segments.some((segment) => segment === '.' || segment === '..');
  return inner.includes('') || dots ? null : segments;
}

function hasNormalEscapes(path: string): boolean {
  const decoded = decode(path);
  if (decoded === null) return false;
  return [...path.matchAll(/%([0-7][0-9A-F])/g)].every(([, hex = '']) =>
    escapable.has(String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

/** Null for what is no UTF-8, overlong forms included. */
export function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** What servers that do not mind case, width or a dot at the end would take for the same segment. */
export function looseForm(segment: string): string {
  return (decode(segment) ?? segment)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[. ]+$/, '');
}

const hostForm = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_-]|\.(?!\.|$))*)(?::\d{1,5})?$/;

/** A host in lower case and without its port; null for what is none. */
export function hostOf(text: string): string | null {
  const lower = text.toLowerCase();
  return hostForm.test(lower) ? lower.replace(/:\d{1,5}$/, '') : null;
}
