import type { Shell } from './shell.ts';

/** A line up to the cursor, read as the shell reads it. Nothing in it is expanded. */
export interface TypedLine {
  /** The words before the one that is completed, without quotes; the name of the program is the first. */
  readonly before: readonly string[];
  /** The word that is completed, without quotes. */
  readonly current: string;
  /** How much of `current` the shell keeps when it puts in what is chosen: up to the last break in it. */
  readonly kept: number;
  /** The quote that is still open. */
  readonly quote: '' | "'" | '"';
}

const escapable = {
  // POSIX 2.2.1 to 2.2.3
  posix: { '': /./s, "'": null, '"': /[$`"\\\n]/ },
  fish: { '': /./s, "'": /['\\]/, '"': /[$"\\\n]/ },
} as const;

/**
 * Takes a line apart that may end anywhere, within quotes too. Libraries that split lines expect whole ones and do not
 * tell which quote is open.
 *
 * @param breaks characters at which the shell begins a new part within a word (COMP_WORDBREAKS)
 */
export function readTypedLine(line: string, shell: Shell, breaks = ''): TypedLine {
  const escapes = escapable[shell === 'fish' ? 'fish' : 'posix'];
  const words: string[] = [];
  let word: string | null = null;
  let kept = 0;
  let quote: TypedLine['quote'] = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (character === '\\' && escapes[quote]?.test(next)) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote === '' && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      kept = 0;
    } else if (quote === '' ? character === "'" || character === '"' : character === quote) {
      word ??= '';
      quote = quote === '' ? (character as "'" | '"') : '';
      kept = word.length;
    } else {
      word = (word ?? '') + character;
      // readline takes the word to begin with `@` itself.
      if (quote === '' && breaks.includes(character)) kept = word.length - (character === '@' ? 1 : 0);
    }
  }
  return { before: words, current: word ?? '', kept, quote };
}
