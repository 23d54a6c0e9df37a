import type { Command, CommandGroup, CommandTable } from '@bailiwick/contract/command-table';
import type { OwnCommand } from './command.ts';
import { ownCommands, ownGroups, ownTypes } from './table.ts';

export type AnyCommand = Command | OwnCommand;

/** Everything that can be typed: the commands of the contract and the program's own. */
export interface Program {
  readonly groups: readonly CommandGroup[];
  readonly commands: readonly AnyCommand[];
  readonly types: CommandTable['types'];
}

export function programOf(table: CommandTable): Program {
  return {
    groups: [...table.groups, ...ownGroups],
    commands: [...table.commands, ...ownCommands],
    types: { ...table.types, ...ownTypes },
  };
}

export function isOwn(command: AnyCommand): command is OwnCommand {
  return 'own' in command;
}
