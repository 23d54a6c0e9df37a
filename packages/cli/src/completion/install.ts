import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '../client/configuration.ts';
import { fileError } from '../client/file-problem.ts';
import { CommandError } from '../command-error.ts';
import type { Result } from '../output/result.ts';
import { confirm, type Terminal } from '../terminal.ts';
import { completionScript } from './script.ts';
import type { Shell } from './shell.ts';

export interface Installation {
  readonly shell: Shell;
  /** Under which the program is started. */
  readonly basename: string;
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly platform: NodeJS.Platform;
}

/**
 * Adds the line that sets up completion to what the shell reads when it starts, after a yes.
 *
 * @throws CommandError when the answer is no, or the file cannot be written
 */
export async function installCompletion({ shell, basename, env, terminal, platform }: Installation): Promise<Result> {
  if (platform === 'win32') throw new CommandError('unsupported OS');
  // Refuses names that cannot stand in a line of a shell.
  completionScript(shell, basename);
  const path = startFile(shell, env, platform);
  const line = loadingLine(shell, basename);
  const content = await readFile(path, 'utf8').catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === 'ENOENT') return '';
    throw fileError(`read ${path}`, failure);
  });
  if (content.split('\n').some((other) => other.trim() === line)) {
    terminal.stderr.write(`Completion is set up in ${path} already.\n`);
    return { shape: 'nothing' };
  }
  const lines = `# Completion of ${basename}\n${line}\n`;
  terminal.stderr.write(`To complete ${basename} in ${shell}, these lines go to the end of ${path}:\n\n${lines}\n`);
  if (!(await confirm(terminal, 'Add them?'))) {
    throw new CommandError('installation of completion canceled', {
      hint: `Add it later with: ${basename} autocomplete install`,
    });
  }
  const gap = content === '' ? '' : content.endsWith('\n') ? '\n' : '\n\n';
  await mkdir(dirname(path), { recursive: true })
    .then(() => appendFile(path, `${gap}${lines}`))
    .catch((failure: NodeJS.ErrnoException) => {
      throw fileError(`write ${path}`, failure);
    });
  return {
    shape: 'success',
    message: `Completion is set up in ${path}. It works in shells that you start from now on.`,
  };
}

function loadingLine(shell: Shell, basename: string): string {
  const command = `${basename} autocomplete script shell=${shell}${basename === 'scw' ? '' : ` basename=${basename}`}`;
  // Silent where the program is not found: a shell must start all the same.
  return shell === 'fish' ? `command -q ${basename}; and ${command} | source` : `eval "$(${command} 2>/dev/null)"`;
}

/** What an interactive shell reads when it starts. On macOS every bash is a login shell. */
function startFile(shell: Shell, env: Environment, platform: NodeJS.Platform): string {
  const home = env.HOME;
  if (!home) throw new CommandError('no home folder is known', { hint: 'Set HOME.' });
  switch (shell) {
    case 'bash':
      return join(home, platform === 'darwin' ? '.bash_profile' : '.bashrc');
    case 'zsh':
      return join(env.ZDOTDIR || home, '.zshrc');
    case 'fish':
      return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'fish', 'config.fish');
  }
}
