import { installCompletion } from '../completion/install.ts';
import { completionScript, shellNamed } from '../completion/script.ts';
import { typedText } from '../grammar/typed-text.ts';
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

function asked(run: OwnRun) {
  const shell = shellNamed(typedText(run, 'shell') ?? '', run.env);
  return { shell, basename: typedText(run, 'basename') || 'scw' };
}
