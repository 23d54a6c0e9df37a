/** Why an expression cannot be read, and from which character on. */
export interface Misread {
  readonly message: string;
  readonly offset: number;
}

const token = new RegExp(
  [
    String.raw`(?<space>\s+|//.*)`,
    String.raw`(?<text>(?:[rR][bB]?|[bB][rR]?)?(?:"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))`,
    String.raw`(?<value>\d[\w.]*|[A-Za-z_]\w*)`,
    String.raw`(?<operator>&&|\|\||[=!<>]=|[<>+*/%?:,])`,
    '(?<prefix>[!-])',
    '(?<open>[([{])',
    String.raw`(?<close>[)\]}])`,
    String.raw`(?<dot>\.)`,
    '(?<other>[^])',
  ].join('|'),
  'gu',
);
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** What people write who come from elsewhere. */
const mends: Readonly<Record<string, string>> = { and: '&&', or: '||', '&': '&&', '|': '||', '=': '==', not: '!' };

interface Token {
  readonly kind: string;
  readonly text: string;
  readonly offset: number;
}

/**
 * Finds what is wrong with an expression that the parser refuses: the parser tells the longest part that it could read,
 * which ends before the operator whose value is missing.
 *
 * @returns null where only the parser knows
 */
export function findMisread(source: string): Misread | null {
  let before: Token | undefined;
  const open: Token[] = [];
  /** Whether a value comes next, rather than an operator. */
  let wanted = true;
  for (const each of tokens(source)) {
    const { kind, text, offset } = each;
    const wrong = unreadable(each) ?? misplaced(each, before, wanted, open.at(-1));
    if (wrong !== null) return { message: wrong, offset };
    if (kind === 'open') open.push(each);
    if (kind === 'close') open.pop();
    wanted = kind === 'open' || kind === 'operator' || kind === 'prefix' || text === 'in';
    before = each;
  }
  const end = source.trimEnd().length;
  if (before && wanted) return { message: `a value is missing after \`${before.text}\``, offset: end };
  const unclosed = open.at(-1);
  return unclosed ? { message: `\`${unclosed.text}\` is not closed`, offset: unclosed.offset } : null;
}

/** The innermost bracket of an expression with more of them than the parser can follow. */
export function findDeepest(source: string): Misread {
  let depth = 0;
  let deepest = 0;
  let offset = 0;
  for (const each of tokens(source)) {
    if (each.kind === 'open') depth += 1;
    if (each.kind === 'close') depth -= 1;
    if (depth > deepest) {
      deepest = depth;
      offset = each.offset;
    }
  }
  return { message: 'it is nested too deeply: use fewer brackets within each other', offset };
}

function* tokens(source: string): Generator<Token> {
  for (const { groups = {}, index } of source.matchAll(token)) {
    const [kind, text = ''] = Object.entries(groups).find(([, found]) => found !== undefined) ?? ['other'];
    if (kind !== 'space') yield { kind, text, offset: index };
  }
}

function unreadable({ kind, text }: Token): string | null {
  if (kind !== 'other') return null;
  if (text === '"' || text === "'") return `the text that begins with \`${text}\` does not end`;
  if (/[‘’‚“”„«»´`]/u.test(text)) return `\`${text}\` is no quotation mark here: write \`"\` or \`'\``;
  const mend = mends[text];
  return `\`${text}\` is no part of an expression${mend ? `: write \`${mend}\`` : ''}`;
}

function misplaced(each: Token, before: Token | undefined, wanted: boolean, open: Token | undefined): string | null {
  const { kind, text } = each;
  if (before?.kind === 'dot') return kind === 'value' ? null : 'a name is missing after `.`';
  const isValue = (kind === 'value' && text !== 'in') || kind === 'text' || text === '!';
  if (isValue && !wanted) {
    const mend = mends[before?.text === 'not' ? 'not' : text];
    if (mend) return `\`${before?.text === 'not' ? 'not' : text}\` is no operator: write \`${mend}\``;
    return `an operator is missing before \`${text}\``;
  }
  if (kind === 'close') {
    if (!open || closing[open.text] !== text) return `\`${text}\` closes nothing`;
    // An empty list, a call without arguments, a comma at the end.
    const mayEnd = before === open || before?.text === ',';
    return wanted && !mayEnd ? `a value is missing before \`${text}\`` : null;
  }
  if (wanted && (kind === 'operator' || text === 'in')) {
    return before && before !== open
      ? `a value is missing between \`${before.text}\` and \`${text}\``
      : `a value is missing before \`${text}\``;
  }
  return null;
}
