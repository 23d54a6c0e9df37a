import type { Command, CommandTable } from '@bailiwick/contract/command-table';

/** What the first words of a line name. */
export type Found =
  | { readonly kind: 'command'; readonly command: Command; readonly rest: readonly string[] }
  /** A level above commands; `complete` is false when a word after it names nothing. */
  | { readonly kind: 'group'; readonly words: readonly string[]; readonly complete: boolean }
  | { readonly kind: 'unknown'; readonly word: string };

/** Finds the command of a line; the longest level that is known counts. */
export function findCommand(table: CommandTable, words: readonly string[]): Found {
  for (let length = Math.min(3, words.length); length > 0; length -= 1) {
    const key = words.slice(0, length).join(' ');
    const command = table.commands.find((candidate) => candidate.words.join(' ') === key);
    if (command) return { kind: 'command', command, rest: words.slice(length) };
    if (table.groups.some((group) => group.words.join(' ') === key)) {
      return { kind: 'group', words: words.slice(0, length), complete: length === words.length };
    }
  }
  const [word] = words;
  return word === undefined ? { kind: 'group', words: [], complete: true } : { kind: 'unknown', word };
}

/** First words near to the one typed. */
export async function similarCommands(table: CommandTable, word: string): Promise<readonly string[]> {
  const { distance } = await import('fastest-levenshtein');
  const known = [...new Set(table.groups.map(({ words }) => words[0]!))];
  return known.filter((candidate) => candidate.startsWith(word) || distance(candidate, word) <= 2).toSorted();
}
