import type { AnyCommand, Program } from '../own/program.ts';

/** What the first words of a line name. */
export type Found =
  | { readonly kind: 'command'; readonly command: AnyCommand; readonly rest: readonly string[] }
  /** A level above commands; `next` is the word after it that names nothing. */
  | { readonly kind: 'group'; readonly words: readonly string[]; readonly next: string | null }
  | { readonly kind: 'unknown'; readonly word: string };

/** Finds the command of a line; the longest level that is known counts. */
export function findCommand({ commands, groups }: Program, words: readonly string[]): Found {
  for (let length = Math.min(3, words.length); length > 0; length -= 1) {
    const key = words.slice(0, length).join(' ');
    const command = commands.find((candidate) => candidate.words.join(' ') === key);
    if (command) return { kind: 'command', command, rest: words.slice(length) };
    if (groups.some((group) => group.words.join(' ') === key)) {
      return { kind: 'group', words: words.slice(0, length), next: words[length] ?? null };
    }
  }
  const [word] = words;
  return word === undefined ? { kind: 'group', words: [], next: null } : { kind: 'unknown', word };
}
