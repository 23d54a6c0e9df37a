import { type Outcome, type Reply, type Setting, scw } from './cli.ts';

/** COMP_WORDBREAKS as bash has it. */
export const breaks = ' \t\n"\'@><=;|&(:';

/** Asks as fish does, which gets whole words: what could stand at the end of the line. */
export async function completions(line: string, setting: Setting = {}): Promise<readonly string[]> {
  const { words } = await ask(['fish', '--', line], setting);
  return words.map((word) => word.split('\t')[0]!);
}

/** Asks as a shell does. It is answered without a complaint, whatever happens. */
export async function ask(
  words: readonly string[],
  setting: Setting = {},
): Promise<Outcome & { readonly kind: string | undefined; readonly words: readonly string[] }> {
  const outcome = await scw(['autocomplete', 'complete', ...words], setting);
  if (outcome.code !== 0 || outcome.stderr !== '') throw new Error(`${outcome.code} ${outcome.stderr}`);
  const [kind, ...rest] = outcome.stdout === '' ? [] : outcome.stdout.replace(/\n$/, '').split('\n');
  return { ...outcome, kind, words: rest };
}

/** Answers lists: by the end of the path, the key of the items and the items. */
export function lists(all: Readonly<Record<string, readonly object[]>>): NonNullable<Setting['reply']> {
  return ({ url }): Reply => {
    const path = url.split('?')[0]!.split('/').at(-1)!;
    const items = all[path];
    if (items === undefined) return { status: 404 };
    return { body: { [path.replaceAll('-', '_')]: items, total_count: items.length } };
  };
}
