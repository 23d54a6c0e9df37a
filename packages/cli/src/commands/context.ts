import type { Command, CommandTable } from '@bailiwick/contract/command-table';
import type { Api } from '../client/api.ts';
import type { Configuration, Environment } from '../client/configuration.ts';
import type { Assignment } from '../grammar/assignments.ts';
import type { Result } from '../output/result.ts';
import type { Terminal } from '../terminal.ts';

/** One run of a command: what was typed and what it may use. */
export interface Run {
  readonly command: Command;
  readonly assignments: readonly Assignment[];
  readonly api: Api;
  readonly configuration: Configuration;
  readonly types: CommandTable['types'];
  readonly env: Environment;
  readonly terminal: Terminal;
}

/** A command: its call and more, to what is printed. */
export type Action = (run: Run) => Promise<Result>;
