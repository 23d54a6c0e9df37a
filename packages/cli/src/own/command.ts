import type { CommandShape, CommandTable } from '@bailiwick/contract/command-table';
import type { Api } from '../client/api.ts';
import type { Configuration, Environment } from '../client/configuration.ts';
import type { Assignment } from '../grammar/assignments.ts';
import type { Flags, SomeFlag } from '../grammar/words.ts';
import type { Format } from '../output/format.ts';
import type { Painter } from '../output/layout.ts';
import type { Result } from '../output/result.ts';
import type { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import type { Program } from './program.ts';

/** A command of the program itself: the contract has no operation for it. */
export interface OwnCommand extends CommandShape {
  /** Names its action (own/actions.ts). */
  readonly own: string;
  /** True: names of settings may also be typed as the file spells them, with underscores. */
  readonly takesUnderscores: boolean;
  /** False: it runs without access key and secret key. */
  readonly needsCredentials: boolean;
  /** Flags beyond those of every command. */
  readonly flags: readonly OwnFlag[];
}

/** A flag that only some commands take. */
export interface OwnFlag {
  readonly name: SomeFlag;
  readonly short: string | null;
  /** What stands for the value in help; null for a switch. */
  readonly value: string | null;
  readonly summary: string;
}

/** Where and as whom calls are made. */
export interface Connection {
  readonly configuration: Configuration;
  readonly api: Api;
}

/** One run of an own command: what was typed and what it may use. */
export interface OwnRun {
  readonly command: OwnCommand;
  readonly assignments: readonly Assignment[];
  /** The words after the command, as typed. */
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly program: Program;
  readonly types: CommandTable['types'];
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Milliseconds since 1970. */
  readonly now: number;
  sleep(milliseconds: number): Promise<void>;
  readonly format: Format;
  readonly painter: Painter;
  /** A bar on standard error, shown when it is worth it. */
  startProgress(): Progress;
  /**
   * Reads and checks the configuration and opens the API; the same one each time.
   *
   * @throws CommandError when there is none
   */
  connect(): Promise<Connection>;
  /** The API of another address, or of other keys than those that are configured. */
  open(configuration: Configuration): Api;
}

export type OwnAction = (run: OwnRun) => Promise<Result>;
