import type { Api } from './client/api.ts';
import { type Configuration, readConfiguration } from './client/configuration.ts';
import { openApi } from './client/open-api.ts';
import { exitCode } from './command-error.ts';
import { withDashes } from './grammar/dashes.ts';
import { readInvocation, runsOf, type Setup } from './grammar/invocation.ts';
import { checkFields } from './output/format.ts';
import type { Result } from './output/result.ts';
import { ownActionOf } from './own/actions.ts';
import type { Connection, OwnCommand, OwnRun } from './own/command.ts';
import { createPrinter } from './print.ts';
import { createProgress } from './progress.ts';
import type { Session } from './run.ts';

/** Runs a command of the program itself, once for each bare word, one after the other. */
export async function runOwnCommand(session: Session, command: OwnCommand, typed: readonly string[]): Promise<number> {
  const rest = command.takesUnderscores ? typed.map(withDashes) : typed;
  const { io, program, line, format } = session;
  const { flags } = line;
  checkFields(format, command, program.types);
  const apis: { readonly close: () => void }[] = [];
  const open = (configuration: Configuration): Api => {
    const opened = openApi(session, configuration);
    apis.push(opened);
    return opened.api;
  };
  const warn = (text: string) => io.stderr.write(`${text}\n`);
  let connection: Promise<Connection> | null = null;
  const connect = () => {
    connection ??= readConfiguration({ env: io.env, config: flags.config, profile: flags.profile, warn }).then(
      (configuration) => ({ configuration, api: open(configuration) }),
    );
    return connection;
  };
  const defaults = { organization: null, project: null };
  if (command.needsCredentials) {
    const { configuration } = await connect();
    Object.assign(defaults, { organization: configuration.organization, project: configuration.project });
  }
  const setup: Setup = { now: io.now(), defaults };
  const runs = runsOf(command, rest, setup);
  const action = await ownActionOf(command);
  const print = createPrinter(session, runs.length > 1);
  const done: Result[] = [];
  let code: number = exitCode.success;
  try {
    for (const words of runs) {
      const { assignments } = await readInvocation(command, words, setup);
      const run: OwnRun = {
        command,
        assignments,
        words: rest,
        flags,
        program,
        types: program.types,
        env: io.env,
        terminal: io,
        now: io.now(),
        sleep: io.sleep,
        format,
        painter: session.painter,
        startProgress: () => createProgress(io.stderr, io.now),
        connect,
        open,
      };
      const result = await action(run);
      done.push(result);
      await print.one(result);
      if (result.shape === 'object') code = Math.max(code, result.exitCode ?? code);
    }
  } finally {
    for (const { close } of apis) close();
    await print.all(done);
  }
  return code;
}
