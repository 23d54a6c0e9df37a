import { readTypedLine } from '../completion/typed-line.ts';

/**
 * The words of a command as a shell would read them: quotes keep blanks together, nothing is expanded.
 *
 * @returns null for a quote that is not closed
 */
export function wordsOf(text: string): readonly string[] | null {
  const { before, quote } = readTypedLine(`${text} `, 'bash');
  return quote === '' ? before : null;
}

/** Words as they can be typed again. */
export function commandText(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** Only the value of an argument stands in quotes: `order-by='a b'`. */
function quoted(word: string): string {
  const [, name = '', value = ''] = /^([a-z][a-z\d.-]*=)?(.*)$/s.exec(word)!;
  if (/^[^\s'"\\$`&|;<>()*?[\]{}!#~]*$/.test(value) && word !== '') return word;
  return `${name}'${value.replaceAll("'", `'\\''`)}'`;
}
