import type { CommandTable } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import { exitCode } from './command-error.ts';
import { isCompletion } from './completion/question.ts';
import { run } from './run.ts';
import { openOutput } from './standard-output.ts';

const stderr = openOutput('stderr', () => {});
// What a command changes is carried out all the same.
const stdout = openOutput('stdout', (reason) => {
  process.exitCode = exitCode.failure;
  stderr.write(`Cannot write to standard output: ${reason}\n`);
});

const args = process.argv.slice(2);
try {
  const code = await run({
    args,
    env: process.env,
    // Opened only by a question.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    table: table as CommandTable,
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  process.exitCode = stdout.isLost() ? exitCode.failure : code;
} catch (failure) {
  // A fault of this program, or an answer that no service of this API gives.
  const { message, stack } = failure as Error;
  const isDebug = process.env.SCW_DEBUG === 'true' || args.some((word) => word === '-D' || word === '--debug');
  stderr.write(isDebug ? `${stack}\n` : `Unexpected failure: ${message}\nRun it again with -D to see where.\n`);
  process.exitCode = exitCode.failure;
}

// Looking up the name of a host cannot be broken off, and the shell waits for this process.
if (isCompletion(args)) process.exit();
