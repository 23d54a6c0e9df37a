import { quotedText } from './literals.ts';
import { badTemplate } from './position.ts';

/** A piece of a template: text between actions, or a word of an action. */
export interface Token {
  readonly kind: TokenKind;
  /** As typed; of a literal text what it stands for. */
  readonly text: string;
  readonly at: number;
  /** True where white space stands before it. */
  readonly isSpaced: boolean;
}

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'field'
  | 'dot'
  | 'variable'
  | 'word'
  | 'string'
  | 'character'
  | 'number'
  | '('
  | ')'
  | '|'
  | ','
  | ':='
  | '='
  | 'end of template';

const space = /[ \t\r\n]+/y;
const closing = /-?\}\}/y;
/** In this order: a sign begins a number, a point before a letter a field. */
const pieces: readonly (readonly [kind: TokenKind, pattern: RegExp])[] = [
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['string', /`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\.[^'\n]*)'/uy],
  ['number', /[+-]?(?:0[xXoObB][\p{L}\p{N}_]*|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[\p{L}\p{N}_.]*)/uy],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['dot', /\./y],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  [':=', /:=/y],
  ['=', /=/y],
  ['(', /\(/y],
  [')', /\)/y],
  ['|', /\|/y],
  [',', /,/y],
];

/**
 * Takes a template apart. White space next to `{{- ` and ` -}}` is gone.
 *
 * @throws CommandError with the position of what cannot be read
 */
export function readTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let isTrimmed = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    const trimsBefore = open >= 0 && /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4));
    let text = source.slice(at, end);
    if (isTrimmed) text = text.replace(/^[ \t\r\n]+/, '');
    if (trimsBefore) text = text.replace(/[ \t\r\n]+$/, '');
    if (text !== '') tokens.push({ kind: 'text', text, at, isSpaced: false });
    if (open < 0) break;
    const action = readAction(source, open, open + (trimsBefore ? 3 : 2));
    tokens.push(...action.tokens);
    at = action.end;
    isTrimmed = action.trims;
  }
  tokens.push({ kind: 'end of template', text: '', at: source.length, isSpaced: false });
  return tokens;
}

interface Action {
  readonly tokens: readonly Token[];
  readonly end: number;
  /** True for ` -}}`. */
  readonly trims: boolean;
}

function readAction(source: string, open: number, start: number): Action {
  const comment = commentAt(source, open, start);
  if (comment !== null) return comment;
  const tokens: Token[] = [{ kind: 'open', text: '{{', at: open, isSpaced: false }];
  for (let at = start; ; ) {
    const white = matchAt(space, source, at) ?? '';
    const isSpaced = white !== '';
    at += white.length;
    const close = matchAt(closing, source, at);
    // Without white space before it the sign belongs to what stands there.
    if (close !== null && (close === '}}' || isSpaced)) {
      tokens.push({ kind: 'close', text: close, at, isSpaced });
      return { tokens, end: at + close.length, trims: close !== '}}' };
    }
    if (at >= source.length) throw badTemplate(source, open, '{{ is not closed by }}');
    const token = pieceAt(source, at, isSpaced);
    tokens.push(token.token);
    at += token.length;
  }
}

function pieceAt(source: string, at: number, isSpaced: boolean): { readonly token: Token; readonly length: number } {
  for (const [kind, pattern] of pieces) {
    const typed = matchAt(pattern, source, at);
    if (typed === null) continue;
    const isQuoted = kind === 'string' || kind === 'character';
    const text = isQuoted ? quotedText(source, at, typed) : typed;
    return { token: { kind, text, at, isSpaced }, length: typed.length };
  }
  const character = String.fromCodePoint(source.codePointAt(at)!);
  const isQuote = ['"', '`', "'"].includes(character);
  throw badTemplate(source, at, isQuote ? `${character} is not closed` : `unexpected ${JSON.stringify(character)}`);
}

/** `{{/* … *\/}}`, the only thing in its action. */
function commentAt(source: string, open: number, start: number): Action | null {
  const at = start + (matchAt(space, source, start)?.length ?? 0);
  if (!source.startsWith('/*', at)) return null;
  const end = source.indexOf('*/', at + 2);
  if (end < 0) throw badTemplate(source, open, 'the comment is not closed by */');
  const white = matchAt(space, source, end + 2) ?? '';
  const close = matchAt(closing, source, end + 2 + white.length);
  if (close === null) throw badTemplate(source, end + 2, 'a comment ends its action with */}}');
  return { tokens: [], end: end + 2 + white.length + close.length, trims: close !== '}}' };
}

function matchAt(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}
