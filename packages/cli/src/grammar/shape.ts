import type { Argument } from '@bailiwick/contract/command-table';

/** The arguments of a command as the tree that their names describe: `rules.{index}.project-ids.{index}`. */
export type Shape =
  | {
      readonly kind: 'object';
      readonly fields: ReadonlyMap<string, Shape>;
      readonly optional: boolean;
      readonly title: string;
    }
  | { readonly kind: 'list'; readonly item: Shape; readonly acceptsNone: boolean }
  | { readonly kind: 'scalar'; readonly argument: Argument };

type Entry = { readonly parts: readonly string[]; readonly argument: Argument };

export function shapeOf(commandArguments: readonly Argument[]): Shape {
  return shape(
    commandArguments.map((argument) => ({ parts: argument.name.split('.'), argument })),
    '',
  );
}

function shape(entries: readonly Entry[], title: string): Shape {
  const [first] = entries;
  if (first === undefined) return { kind: 'object', fields: new Map(), optional: false, title };
  const [head] = first.parts;
  if (head === undefined) return { kind: 'scalar', argument: first.argument };
  if (head === '{index}') {
    const item = shape(entries.map(inside), title);
    return { kind: 'list', item, acceptsNone: item.kind === 'scalar' && item.argument.acceptsNone };
  }
  const byName = Map.groupBy(entries, ({ parts }) => parts[0]!);
  const fields = new Map([...byName].map(([name, members]) => [name, shape(members.map(inside), capitalized(name))]));
  return { kind: 'object', fields, optional: title !== '', title };
}

const inside = ({ parts, argument }: Entry): Entry => ({ parts: parts.slice(1), argument });
const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
