import { installCompletion } from '../completion/install.ts';
import { completionScript, shellNamed } from '../completion/script.ts';
import type { Result } from '../output/result.ts';
import type { OwnRun } from './command.ts';

/** `scw autocomplete script`: the lines themselves. */
export async function printScript(run: OwnRun): Promise<Result> {
  const { shell, basename } = asked(run);
  return { shape: 'text', text: completionScript(shell, basename).trimEnd() };
}

/** `scw autocomplete install`: a line in the file that the shell reads when it starts. */
export async function installScript(run: OwnRun): Promise<Result> {
  const { env, terminal } = run;
  return await installCompletion({ ...asked(run), env, terminal, platform: process.platform });
}

function asked({ assignments, env }: OwnRun) {
  const typed = (name: string) => String(assignments.find(({ argument }) => argument.name === name)?.value ?? '');
  return { shell: shellNamed(typed('shell'), env), basename: typed('basename') || 'scw' };
}
