/** One line that was typed and all that came of it. */
export interface Exchange {
  readonly words: readonly string[];
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const accessKey = /SCW[A-Z0-9]{17}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
const program = /\S+-sdk\S*\/\S+ \([^)]*\) \S+-cli\/[\d.]+/g;
const invented = /(?<![\w-])(?:cli-(?:app|grp|pol|proj|key)|key)-[a-z]+-[a-z]+(?![\w-])/g;
const bearerToken = /[\w=]{48}\.[\w-]{72}/g;
const folder = /\/tmp\/bailiwick-e2e-\w+/g;

/**
 * Makes two runs comparable: what is new in each, ids, times and invented names, is replaced by its kind and the order
 * in which it was first seen.
 */
export function createNormalizer(): (text: string) => string {
  const seen = new Map<string, string>();
  const numbered = (kind: string) => (found: string) => {
    const known = seen.get(found);
    if (known !== undefined) return known;
    const name = `<${kind} ${seen.size + 1}>`;
    seen.set(found, name);
    return name;
  };
  return (text) =>
    text
      .replace(bearerToken, numbered('token'))
      .replace(uuid, numbered('id'))
      .replace(accessKey, numbered('access key'))
      .replace(invented, numbered('name'))
      .replace(folder, '<folder>')
      .replace(time, '<time>')
      .replace(program, '<program>')
      .replace(/\b(?:now|\d+ seconds? ago|1 minute ago)\b/g, '<moment>')
      .replace(/SHA256:\S+|MD5:[0-9a-f:]+|\b(?:[0-9a-f]{2}:){15}[0-9a-f]{2}\b/g, '<fingerprint>')
      .replace(/AAAA[A-Za-z0-9+/=]+/g, '<key>');
}
