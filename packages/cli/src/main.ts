import type { CommandTable } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import { reasonOf } from './client/yaml-file.ts';
import { exitCode } from './command-error.ts';
import { isCompletion } from './completion/question.ts';
import { run } from './run.ts';
import type { Output } from './terminal.ts';

/** Streams that take nothing any more. What a command changes is carried out all the same. */
const closed = new Set<NodeJS.WriteStream>();
let isOutputLost = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (failure: NodeJS.ErrnoException) => {
    closed.add(stream);
    // A reader that has seen enough (`| head`) is no failure of ours.
    if (failure.code === 'EPIPE' || stream === process.stderr) return;
    isOutputLost = true;
    process.exitCode = exitCode.failure;
    process.stderr.write(`Cannot write to standard output: ${reasonOf(failure)}\n`);
  });
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => {
      if (!closed.has(stream)) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? null,
  };
}

const args = process.argv.slice(2);
try {
  const code = await run({
    args,
    env: process.env,
    // Opened only by a question.
    get stdin() {
      return process.stdin;
    },
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    table: table as CommandTable,
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  process.exitCode = isOutputLost ? exitCode.failure : code;
} catch (failure) {
  // A fault of this program, or an answer that no service of this API gives.
  const { message, stack } = failure as Error;
  const isDebug = process.env.SCW_DEBUG === 'true' || args.some((word) => word === '-D' || word === '--debug');
  process.stderr.write(isDebug ? `${stack}\n` : `Unexpected failure: ${message}\nRun it again with -D to see where.\n`);
  process.exitCode = exitCode.failure;
}

// Looking up the name of a host cannot be broken off, and the shell waits for this process.
if (isCompletion(args)) process.exit();
