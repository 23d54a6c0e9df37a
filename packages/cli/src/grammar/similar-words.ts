import { distance } from 'fastest-levenshtein';

/** What other programs call the same thing. */
const otherWords: Readonly<Record<string, string>> = {
  add: 'create',
  describe: 'get',
  edit: 'update',
  ls: 'list',
  new: 'create',
  remove: 'delete',
  rm: 'delete',
  show: 'get',
};

/** Those of the known words that somebody may have meant. */
export function similarWords(known: readonly string[], typed: string): readonly string[] {
  const near = Math.min(2, Math.max(1, Math.floor(typed.length / 2)));
  return known
    .filter(
      (word) =>
        (typed.length > 1 && word.startsWith(typed)) || word === otherWords[typed] || distance(word, typed) <= near,
    )
    .toSorted((a, b) => distance(a, typed) - distance(b, typed) || (a < b ? -1 : 1));
}
