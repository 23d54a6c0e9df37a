import { oneLine } from '../output/values.ts';
import type { Shell } from './shell.ts';
import type { Suggestion } from './suggestion.ts';
import type { TypedLine } from './typed-line.ts';

/** What the lines of `scw autocomplete script` read: what it is, then a line for each word. */
export interface Replies {
  /**
   * `files`: the shell offers paths; zsh is told behind how many characters of the word. `words`: those that follow. `others`: the same, and they do not begin with what
   * is typed.
   */
  readonly kind: 'files' | 'words' | 'others';
  readonly lines: readonly string[];
}

/**
 * The words as a shell wants them: one word each for the shell, whatever it holds, and nothing that a terminal would
 * obey.
 *
 * @param isDescribed whether bash shows the lines and does not put them in
 */
export function repliesOf(words: readonly Suggestion[], typed: TypedLine, shell: Shell, isDescribed: boolean): Replies {
  // A name that holds such characters is not worth typing.
  const printable = words.filter(({ value }) => oneLine(value) === value);
  const kind = printable.every(({ value }) => value.startsWith(typed.current)) ? 'words' : 'others';
  if (shell === 'fish') return { kind, lines: printable.map(fishLine) };
  const kept = typed.current.slice(0, shell === 'zsh' ? typed.current.indexOf('=') + 1 : typed.kept);
  const reachable = printable.filter(({ value }) => value.startsWith(kept));
  const rest = reachable.map((one) => ({ ...one, value: one.value.slice(kept.length) }));
  return { kind, lines: shell === 'zsh' ? rest.map(zshLine) : bashLines(rest, typed, kind, isDescribed) };
}

function fishLine({ value, description }: Suggestion): string {
  return description === '' ? value : `${value}\t${oneLine(description)}`;
}

/** The first character says whether a blank follows; then what `_describe` reads. */
function zshLine({ value, description }: Suggestion): string {
  const escaped = value.replace(/[\\:]/g, '\\$&');
  return `${goesOn(value) ? '=' : ' '}${escaped}${description === '' ? '' : `:${oneLine(description).replaceAll('\\', '\\\\')}`}`;
}

function goesOn(value: string): boolean {
  return /[=/]$/.test(value);
}

/** bash cuts nothing to the width of the terminal. */
const longestDescription = 60;

/** bash puts words in as they come, so they come with their quotes and the blank that follows. */
function bashLines(
  words: readonly Suggestion[],
  { quote, current, kept }: TypedLine,
  kind: Replies['kind'],
  isDescribed: boolean,
): readonly string[] {
  const lines = words.flatMap(({ value, description, isId }) => {
    const quoted = bashQuoted(value, quote);
    if (quoted === null) return [];
    // It closes the quote by itself.
    const end = quote !== '' || goesOn(value) ? '' : ' ';
    const isShown = isDescribed && words.length > 1 && isId && description !== '';
    return [isShown ? `${quoted}  (${oneLine(description).slice(0, longestDescription)})` : `${quoted}${end}`];
  });
  // bash replaces what is typed by what all words begin with; with an empty one among them it only shows them.
  return kind === 'others' && lines.length > 1 && current.length > kept ? [...lines, ' '] : lines;
}

/** Null: the value cannot stand in such quotes. */
function bashQuoted(value: string, quote: TypedLine['quote']): string | null {
  if (quote === "'") return value.replaceAll("'", "'\\''");
  if (quote === '"') return value.includes('!') ? null : value.replace(/[$`"\\]/g, '\\$&');
  return value.replace(/[^\w./:=@%+,\-\u00a0-\uffff]/g, '\\$&');
}
