import type {
  FormArgument as Argument,
  FormCommand as Command,
  FormField as Field,
  FormTable,
} from '@bailiwick/contract/form-table';
import forms from '@bailiwick/contract/forms.json';

/** Forms, fields and command lines are made of the same table that the command line is made of. */
const contractTable = forms as FormTable;

const byOperation = new Map(contractTable.commands.map((command) => [command.operation, command]));

/** The command of an operation: its inputs with their summaries, limits and choices. */
export function commandOf(operation: string): Command {
  const command = byOperation.get(operation);
  if (command === undefined) throw new Error(`${operation} has no command`);
  return command;
}

/** Fields of a printed type, in the order of the wire. */
export const fieldsOf = (type: string): readonly Field[] => contractTable.types[type] ?? [];

export type { Argument, Command, Field };
