import type { Command } from '@bailiwick/contract/command-table';
import { readConfiguration } from './client/configuration.ts';
import { openApi } from './client/open-api.ts';
import { CommandError, exitCode } from './command-error.ts';
import { actionOf } from './commands/index.ts';
import { splitWord } from './grammar/assignments.ts';
import { type Invocation, readInvocation, runsOf, type Setup } from './grammar/invocation.ts';
import { renderError } from './output/error.ts';
import { checkFields } from './output/format.ts';
import type { Result } from './output/result.ts';
import { createPrinter } from './print.ts';
import { createProgress } from './progress.ts';
import type { Session } from './run.ts';

/** How many bare words are worked on at once. */
const atOnce = 8;

/**
 * Runs a command of the contract, for several bare words side by side. Results are printed in the order of the words,
 * also when some fail; each failure is told, and the exit code says that there was one.
 */
export async function runCommand(session: Session, command: Command, rest: readonly string[]): Promise<number> {
  const { io, program, line, format } = session;
  const { flags } = line;
  const { types } = program;
  checkFields(format, command, types);
  const warn = (text: string) => io.stderr.write(`${text}\n`);
  const configuration = await readConfiguration({ env: io.env, config: flags.config, profile: flags.profile, warn });
  const setup: Setup = {
    now: io.now(),
    defaults: { organization: configuration.organization, project: configuration.project },
  };
  // `iam ssh-key init` takes nothing and never minded being given something.
  const runs = command.operation === 'sshKeys.init' ? [[]] : runsOf(command, rest, setup);
  // All of them are read before anything is sent: what is typed wrong stops the whole line.
  const invocations = await Promise.all(runs.map((words) => readInvocation(command, words, setup)));
  const isPlain = format.kind === 'human' && !format.wide && format.columns === null;
  if (isPlain) warnOfDeprecated(session, command, invocations[0]!);
  const { api, close } = openApi(session, configuration, runs.length === 1);
  const action = actionOf(command.operation);
  const start = ({ assignments }: Invocation): Promise<Result> =>
    action({ command, assignments, api, configuration, types, env: io.env, terminal: io });
  const print = createPrinter(session, runs.length > 1);
  const done: Result[] = [];
  let code: number = exitCode.success;
  try {
    if (runs.length === 1) {
      done.push(await start(invocations[0]!));
      await print.one(done[0]!);
    } else {
      const progress = createProgress(io.stderr, io.now);
      let finished = 0;
      const onDone = () => {
        finished += 1;
        progress.show(finished, runs.length);
      };
      const words = runs.map(([bareWord = '']) => splitWord(bareWord)[1]);
      for await (const outcome of sideBySide(invocations, start, areDistinct(runs) ? atOnce : 1, onDone)) {
        progress.clear();
        if (outcome instanceof CommandError) {
          const word = words.shift()!;
          io.stderr.write(await renderError(withWord(outcome, word), format, session.painter));
          code = Math.max(code, exitCode.failure);
        } else {
          words.shift();
          done.push(outcome);
          await print.one(outcome);
        }
      }
    }
    for (const result of done) if (result.shape === 'object') code = Math.max(code, result.exitCode ?? code);
  } finally {
    close();
    await print.all(done);
  }
  return code;
}

/** Of several, the one that failed is named, where the service does not name it itself. */
function withWord(failure: CommandError, word: string): CommandError {
  const { message, details, hint, api, bare } = failure;
  if (message.includes(word) || details?.includes(word)) return failure;
  const parts = { ...(details !== null && { details }), ...(hint !== null && { hint }), api, bare, cause: failure };
  return new CommandError(`${word}: ${message}`, parts);
}

/** Two changes of one object at once could lose one of them. */
function areDistinct(runs: readonly (readonly string[])[]): boolean {
  return new Set(runs.map(([bareWord]) => bareWord)).size === runs.length;
}

/** Works on some items at once and yields the outcomes in the order of the items. */
async function* sideBySide<Item, Outcome>(
  items: readonly Item[],
  work: (item: Item) => Promise<Outcome>,
  limit: number,
  onDone: () => void,
): AsyncGenerator<Outcome | CommandError> {
  const { default: pLimit } = await import('p-limit');
  const limited = pLimit(limit);
  const failed = (failure: unknown) => {
    if (failure instanceof CommandError) return failure;
    throw failure;
  };
  const pending = items.map((item) => limited(() => work(item).catch(failed).finally(onDone)));
  yield* pending;
}

function warnOfDeprecated({ io }: Session, { words }: Command, { deprecated }: Invocation): void {
  for (const name of deprecated) {
    io.stderr.write(`The argument '${name}' is deprecated, more info with: scw ${words.join(' ')} --help\n`);
  }
}
