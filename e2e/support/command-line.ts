import { Readable } from 'node:stream';
import { run } from '@bailiwick/cli';
import type { CommandTable } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import type { Outcome } from './server-process.ts';

export interface TypedAtTerminal {
  /** Answers to questions, in their order; what is asked beyond them gets an empty one. */
  readonly answers: readonly string[];
  /** Milliseconds since 1970; the clock of the machine when left out. */
  readonly now?: () => number;
}

/** The command line in this process: one line of words against a real server. */
export async function runInProcess(
  env: Readonly<Record<string, string>>,
  words: readonly string[],
  input: string | TypedAtTerminal = '',
): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' };
  const isTerminal = typeof input !== 'string';
  const stdin = isTerminal ? answering(input.answers) : Readable.from(input === '' ? [] : [input]);
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text;
      if (isTerminal && text.endsWith('] ')) stdin.emit('asked');
    },
    isTerminal,
    columns: isTerminal ? 120 : null,
  });
  const code = await run({
    args: words,
    env: { NO_COLOR: '1', ...env },
    stdin,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    table: table as CommandTable,
    now: (isTerminal ? input.now : undefined) ?? Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  return { code, ...texts };
}

/** Types the next answer when a question is asked, as somebody at a terminal does. */
function answering(answers: readonly string[]): Readable & { isTTY: boolean } {
  const left = [...answers];
  const stdin = Object.assign(new Readable({ read: () => {} }), { isTTY: true });
  stdin.on('asked', () => setImmediate(() => stdin.push(`${left.shift() ?? ''}\n`)));
  return stdin;
}
