import type { Argument, Command, CommandTable, Field } from './command-table.ts';

/**
 * What forms and lists need of the command table, which is most of what a browser has to load: no page of help, and nothing
 * that is about typing. `scripts/generate.ts` writes it to `__generated__/forms.json`.
 */
export interface FormTable {
  readonly commands: readonly FormCommand[];
  /** Shown objects by type name. */
  readonly types: Readonly<Record<string, readonly FormField[]>>;
}

/** `arguments` without those that nobody is shown. */
export interface FormCommand extends Pick<Command, 'words' | 'operation' | 'summary' | 'positional'> {
  readonly arguments: readonly FormArgument[];
}

export type FormArgument = Pick<
  Argument,
  'name' | 'type' | 'summary' | 'list' | 'required' | 'enum' | 'default' | 'fromConfig' | 'maxLength'
> & { readonly wire: Pick<Argument['wire'], 'in' | 'path'> };

export type FormField = Pick<Field, 'key' | 'type' | 'list'>;

/** The same table for forms. */
export function formTable({ commands, types }: CommandTable): FormTable {
  return {
    commands: commands.map(({ words, operation, summary, positional, arguments: all }) => ({
      ...{ words, operation, summary, positional },
      arguments: all.filter(({ hidden, deprecated }) => !hidden && !deprecated).map(formArgument),
    })),
    types: Object.fromEntries(
      Object.entries(types).map(([name, fields]) => [name, fields.map(({ key, type, list }) => ({ key, type, list }))]),
    ),
  };
}

function formArgument({ name, type, summary, list, required, wire, ...argument }: Argument): FormArgument {
  const { enum: choices, default: usual, fromConfig, maxLength } = argument;
  const limits = { enum: choices, default: usual, fromConfig, maxLength };
  return { name, type, summary, list, required, ...limits, wire: { in: wire.in, path: wire.path } };
}
