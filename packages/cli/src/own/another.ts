import { readInvocation, runsOf } from '../grammar/invocation.ts';
import type { Result } from '../output/result.ts';
import { ownActionOf } from './actions.ts';
import type { OwnRun } from './command.ts';
import { isOwn } from './program.ts';

/** Runs another own command within a run, as if these words were typed after it. */
export async function runAnother(run: OwnRun, own: string, words: readonly string[]): Promise<Result> {
  const command = run.program.commands.filter(isOwn).find((one) => one.own === own)!;
  const setup = { now: run.now, defaults: { organization: null, project: null } };
  const [typed = []] = runsOf(command, words, setup);
  const { assignments } = await readInvocation(command, typed, setup);
  const action = await ownActionOf(command);
  return await action({ ...run, command, words, assignments });
}
