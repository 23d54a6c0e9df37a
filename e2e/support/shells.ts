import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const scwProgram = join(import.meta.dirname, '../../packages/cli/bin/scw.js');
/** Runs a program in a terminal of its own; every Debian has it. */
const terminalProgram = 'script';
const folders = ['/bin', '/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(':')];
const isThere = (program: string) => folders.some((folder) => existsSync(join(folder, program)));

/** The shells that there are. In CI all must be there; elsewhere those that are missing are told. */
export function shellPrograms(): readonly ('bash' | 'zsh' | 'fish')[] {
  const canStart = process.platform === 'linux' && isThere(terminalProgram);
  return (['bash', 'zsh', 'fish'] as const).filter((shell) => {
    if (canStart && isThere(shell)) return true;
    if (process.env.CI) throw new Error(`no ${shell} in a terminal: install its package`);
    console.warn(`no ${shell} in a terminal found: completion in it is not tested`);
    return false;
  });
}

/**
 * A folder with a `scw` that completes as the real one, being it, and says of any other line what words it was given:
 * `<iam><user><list>`.
 */
export function saysWhatIsTyped(home: string): string {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const lines = [
    '#!/bin/sh',
    `if [ "$1" = autocomplete ]; then exec '${process.execPath}' '${scwProgram}' "$@"; fi`,
    `printf '<%s>' "$@"; echo`,
  ];
  writeFileSync(join(folder, 'scw'), `${lines.join('\n')}\n`, { mode: 0o755 });
  return folder;
}

/** A shell that somebody sits at. */
export interface Sitting extends AsyncDisposable {
  type(keys: string): void;
  /** Waits for something on the screen that was not there before, and takes everything up to it. */
  see(what: RegExp): Promise<RegExpExecArray>;
}

const patienceMilliseconds = 20_000;

/** Starts an interactive shell in a terminal, with the files of a home folder, and waits until it reads. */
export async function sitDown(
  shell: string,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Sitting> {
  const child = spawn(terminalProgram, ['--quiet', '--flush', '--command', `${shell} -i`, '/dev/null'], {
    cwd: home,
    env: { HOME: home, TERM: 'xterm', LANG: 'C.UTF-8', SHELL: `/bin/${shell}`, ...env } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const see = async (what: RegExp) => {
    const end = Date.now() + patienceMilliseconds;
    for (;;) {
      const text = withoutStyle(screen);
      const found = what.exec(text);
      if (found !== null) {
        screen = text.slice(found.index + found[0].length);
        return found;
      }
      if (Date.now() > end) throw new Error(`${shell} does not show ${what}: ${JSON.stringify(text)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const type = (keys: string) => {
    child.stdin.write(keys);
  };
  const leave = async () => {
    // The terminal goes, and the shell with it.
    child.kill('SIGKILL');
    await ended;
  };
  try {
    // What is typed does not match, what is printed does.
    type('echo rea""dy\r');
    await see(/^ready/m);
    return { type, see, [Symbol.asyncDispose]: leave };
  } catch (failure) {
    await leave();
    throw failure;
  }
}

/** Without what a terminal obeys and does not show: colours, moves of the cursor, titles. */
function withoutStyle(text: string): string {
  const sequence = [String.raw`\[[\d;?<>=]*[ -/]*[@-~]`, String.raw`\][^\x07\x1b]*(?:\x07|\x1b\\)`, '[()].', '[=>78]'];
  return text.replace(new RegExp(`\\x1b(?:${sequence.join('|')})`, 'g'), '');
}
