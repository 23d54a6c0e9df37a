import { readdir, stat } from 'node:fs/promises';
import type { Shell } from './shell.ts';
import type { Suggestion } from './suggestion.ts';
import type { TypedLine } from './typed-line.ts';

/**
 * Whether the shell completes the path by itself. bash takes what stands behind its last break for the path, fish the
 * whole word; zsh is told how much of the word comes before it.
 *
 * @param head what stands before the path in its word: `public-key=@`
 */
export function isLeftToShell(shell: Shell, head: string, { current, kept }: TypedLine): boolean {
  if (shell === 'bash') return current.length < kept || kept === head.length;
  return shell === 'zsh' || head === '';
}

/** Files and folders that go on with a path; a folder ends in `/` and is followed by what is in it. */
export async function pathSuggestions(head: string, typed: string): Promise<readonly Suggestion[]> {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const entries = await readdir(folder || '.', { withFileTypes: true });
  const showsHidden = typed.slice(folder.length).startsWith('.');
  const named = entries.filter(({ name }) => showsHidden || !name.startsWith('.'));
  const isFolder = (name: string) =>
    stat(`${folder}${name}`).then(
      (there) => there.isDirectory(),
      () => false,
    );
  const suggestions = named.map(async (entry) => {
    const leadsOn = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(entry.name)));
    const value = `${head}${folder}${entry.name}${leadsOn ? '/' : ''}`;
    return { value, description: '', isFoundByPart: false, isId: false };
  });
  const all = await Promise.all(suggestions);
  return all.toSorted((one, other) => (one.value < other.value ? -1 : 1));
}
