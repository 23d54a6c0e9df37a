import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { emptyConfigurationFile } from '../../client/configuration-file.ts';
import { fileError } from '../../client/file-problem.ts';
import { isThere } from '../../client/yaml-file.ts';
import { CommandError } from '../../command-error.ts';
import type { Result } from '../../output/result.ts';
import type { OwnRun } from '../command.ts';
import { pathOf, placeOf } from './place.ts';
import { validateFile } from './validate.ts';

/** `config edit`: opens the file, a new one where there is none, and checks what was made of it. */
export async function editConfiguration(run: OwnRun): Promise<Result> {
  const path = pathOf(run);
  // An editor would make a file that others may read.
  if (!(await isThere(path))) await emptyConfigurationFile(path);
  await edit(run.env.VISUAL || run.env.EDITOR || 'vi', path, run);
  const { file } = await placeOf(run);
  try {
    validateFile(file);
  } catch (failure) {
    if (!(failure instanceof CommandError)) throw failure;
    throw new CommandError(failure.message, {
      details: failure.details ?? '',
      hint: 'The file is as you left it. Mend it with: scw config edit',
    });
  }
  return { shape: 'success', message: 'configuration edited.' };
}

async function edit(editor: string, path: string, { env }: OwnRun): Promise<void> {
  const options = { stdio: 'inherit', env: { ...env } } as const;
  // The variable may hold words of its own (`code --wait`), which a shell takes apart.
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${path}"`, { ...options, shell: true })
      : spawn('sh', ['-c', `${editor} "$1"`, 'sh', path], options);
  const [code] = await once(child, 'close').catch((failure: unknown) => {
    throw fileError(`start the editor '${editor}'`, failure);
  });
  if (code !== 0) {
    throw new CommandError(`the editor '${editor}' ended with exit code ${code}`, {
      hint: 'Choose another one with VISUAL or EDITOR',
    });
  }
}
