import { deleteAlias, readPreferences, setAlias } from '../client/preferences.ts';
import { CommandError } from '../command-error.ts';
import { commandText, wordsOf } from '../grammar/command-line.ts';
import { typedText } from '../grammar/typed-text.ts';
import type { Result } from '../output/result.ts';
import type { OwnRun } from './command.ts';

/** `alias create`: makes or replaces one. */
export async function createAlias(run: OwnRun): Promise<Result> {
  const name = typedText(run, 'alias') ?? '';
  const words = wordsOf(typedText(run, 'command') ?? '');
  if (!/^[^\s=-][^\s=]*$/.test(name)) {
    throw new CommandError(`invalid alias '${name}'`, {
      hint: 'An alias is one word that does not begin with - and holds no =',
    });
  }
  if (words === null) {
    throw new CommandError("a quote in the argument 'command' is not closed", {
      hint: `Close it, or write \\' or \\" for one that is part of a word`,
    });
  }
  if (words.length === 0) {
    throw new CommandError("argument 'command' needs a value", {
      hint: `Try running: scw alias create ${name} command="iam policy list"`,
    });
  }
  const flag = words.find((word) => word.startsWith('-'));
  if (flag !== undefined) {
    throw new CommandError(`an alias cannot hold the flag '${flag}'`, {
      hint: 'It stands for words of a command and for arguments; flags are typed each time',
    });
  }
  const { aliases } = await readPreferences(run.env);
  await setAlias(run.env, name, words);
  return { shape: 'success', message: `alias ${name} ${aliases.has(name) ? 'replaced' : 'created'}.` };
}

/** `alias delete`: one that is not there is no failure. */
export async function removeAlias(run: OwnRun): Promise<Result> {
  const name = typedText(run, 'alias') ?? '';
  const { aliases } = await readPreferences(run.env);
  if (!aliases.has(name)) return { shape: 'success', message: `nothing changed: there is no alias ${name}.` };
  await deleteAlias(run.env, name);
  return { shape: 'success', message: `alias ${name} deleted.` };
}

/** `alias list` */
export async function listAliases(run: OwnRun): Promise<Result> {
  const { aliases } = await readPreferences(run.env);
  const [field, direction] = (typedText(run, 'order-by') ?? 'command_asc').split('_');
  const sign = direction === 'desc' ? -1 : 1;
  const holds = (text: string, name: string) => text.includes(typedText(run, name) ?? '');
  const rows = [...aliases]
    .map(([alias, words]) => ({ alias, command: commandText(words) }))
    .filter(({ alias, command }) => holds(alias, 'alias') && holds(command, 'command'))
    .toSorted((one, other) => {
      const [first, second] = field === 'alias' ? [one.alias, other.alias] : [one.command, other.command];
      return sign * (compare(first, second) || compare(one.alias, other.alias));
    });
  return { shape: 'list', type: 'Alias', rows, columns: null };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
