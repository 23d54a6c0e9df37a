import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What is waited for on the screen, and what is typed then. */
export type Step = readonly [shown: string, typed: string];

const program = join(import.meta.dirname, '../../bin/scw.js');

/**
 * Runs the built program on a terminal of its own and answers as a person would: each answer is typed when its question
 * stands on the screen.
 */
export async function onTerminal(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  steps: readonly Step[],
  /** File that gets standard error instead of the screen. */
  errors: string | null = null,
): Promise<{ readonly code: number; readonly screen: string }> {
  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const command = [process.execPath, program, ...words].map(quoted).join(' ');
  const line = errors === null ? command : `${command} 2>${quoted(errors)}`;
  const { PATH = '' } = process.env;
  const child = spawn('script', ['-q', '-e', '-c', line, '/dev/null'], {
    env: { PATH, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    // A question that nobody answers must not outlive its test.
    timeout: 25_000,
  });
  const waiting = [...steps];
  let screen = '';
  let answered = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [next] = waiting;
    if (next === undefined || !screen.slice(answered).includes(next[0])) return;
    answered = screen.length;
    waiting.shift();
    child.stdin.write(next[1]);
  });
  const [code] = await once(child, 'close');
  return { code, screen };
}
