import type { Readable } from 'node:stream';
import { CommandError } from './command-error.ts';

/** Where output goes. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Characters in a line; null where unknown. */
  readonly columns: number | null;
}

/** The streams of a run. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Ctrl-C at a question. */
export class Interrupted extends CommandError {}

/**
 * Asks a yes-or-no question; an empty answer is a yes unless said otherwise, and Ctrl-D, which answers nothing, is a no.
 * Where standard input is no terminal one line is read from it and the question is not shown; its end is an empty answer.
 *
 * @throws Interrupted
 */
export async function confirm(
  { stdin, stderr }: Terminal,
  question: string,
  { whenEmpty }: { readonly whenEmpty: boolean } = { whenEmpty: true },
): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  if (stdin.isTTY) stderr.write(`${question} [${whenEmpty ? 'Y/n' : 'y/N'}] `);
  const answer = await new Promise<string | null>((resolve, reject) => {
    const lines = createInterface({ input: stdin });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('SIGINT', () => reject(new Interrupted('interrupted')));
    lines.once('close', () => resolve(null));
  });
  if (answer === null && stdin.isTTY) {
    // What is printed next begins on a line of its own.
    stderr.write('\n');
    return false;
  }
  const typed = (answer ?? '').trim();
  return typed === '' ? whenEmpty : /^y(?:es)?$/i.test(typed);
}
