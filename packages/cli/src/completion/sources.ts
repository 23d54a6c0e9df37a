import type { Argument, Command, CommandTable } from '@bailiwick/contract/command-table';
import { splitWord } from '../grammar/assignments.ts';
import { type AnyCommand, isOwn, type Program } from '../own/program.ts';

/** Where values of an argument come from. */
export type Source =
  | {
      readonly kind: 'list';
      /** `iam user list` */
      readonly command: Command;
      /** Key of an item that is the value: `id`. */
      readonly valueKey: string;
      /** The argument without which the list cannot be asked for: `policy-id=…`. */
      readonly parent: string | null;
    }
  /** The organization of the configuration: there is no list of organizations. */
  | { readonly kind: 'organization' };

/** Arguments that are called after what a user or an application does. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  'audience-id': ['user-id'],
  'bearer-id': ['user-id', 'application-id'],
  'principal-id': ['user-id', 'application-id'],
};

interface Place {
  readonly program: Program;
  readonly command: AnyCommand;
  /** The words after the command. */
  readonly rest: readonly string[];
}

/**
 * The lists that know values of an argument: a name is that of a resource and of one of its fields (`user-id`,
 * `permission-set-names.{index}`), or that of the field by which the resource is known (`access-key`). Words before
 * those only say what it is for (`default-project-id`).
 */
export function sourcesOf(argument: Argument, place: Place): readonly Source[] {
  const last = argument.name.split('.').findLast((part) => part !== '{index}')!;
  const name = argument.list ? last.replace(/s$/, '') : last;
  if (name.endsWith('organization-id')) return [{ kind: 'organization' }];
  return (synonyms[name] ?? [name]).flatMap((one) => sourceNamed(one, place) ?? []);
}

function sourceNamed(name: string, place: Place): Source | null {
  const parts = name.split('-');
  for (let from = 0; from < parts.length; from += 1) {
    const tail = parts.slice(from).join('-');
    for (const command of place.program.commands) {
      if (isOwn(command) || !isList(command) || isMadeBy(place.command, command)) continue;
      const valueKey = keyNamed(tail, command, place.program.types);
      if (valueKey === null) continue;
      const parent = parentOf(command, place);
      if (parent !== undefined) return { kind: 'list', command, valueKey, parent };
    }
  }
  return null;
}

function isList({ call, output, words }: Command): boolean {
  return call.method === 'GET' && output.shape === 'list' && words.at(-1) === 'list' && !call.path.includes('{');
}

/** What a command makes has no id yet. */
function isMadeBy({ words }: AnyCommand, list: Command): boolean {
  return words.at(-1) === 'create' && words.at(-2) === list.words.at(-2);
}

function keyNamed(name: string, { words, output }: Command, types: CommandTable['types']): string | null {
  const fields = output.shape === 'list' ? (types[output.type] ?? []) : [];
  const resource = words.at(-2)!;
  const found = fields.find(({ key, type }, index) => {
    const typed = key.replaceAll('_', '-');
    return type === 'string' && (name === `${resource}-${typed}` || (index === 0 && key !== 'id' && name === typed));
  });
  return found?.key ?? null;
}

/** Undefined: the list belongs to something that the line does not name. */
function parentOf({ positional }: Command, { command, rest }: Place): string | null | undefined {
  if (positional === null) return null;
  const named = rest.find((word) => word.includes('=') && splitWord(word)[0] === positional);
  if (named !== undefined) return named;
  const bare = command.positional === positional ? rest.find((word) => !word.includes('=')) : undefined;
  return bare === undefined ? undefined : `${positional}=${bare}`;
}
