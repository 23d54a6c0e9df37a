import type { Configuration } from '../../client/configuration.ts';
import { CommandError } from '../../command-error.ts';
import { initSshKey } from '../../commands/ssh-key-init.ts';
import { Interrupted, type Terminal } from '../../terminal.ts';
import { runAnother } from '../another.ts';
import type { OwnRun } from '../command.ts';

/**
 * Something that comes after the file is written and does not undo it.
 *
 * @returns why it failed; null when it did not
 */
async function extra(name: string, work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (failure) {
    if (!(failure instanceof CommandError) || failure instanceof Interrupted) throw failure;
    return `Except for ${name}: ${failure.message}`;
  }
}

/** `autocomplete install`, as if it was typed without arguments. */
export async function installCompletion(run: OwnRun, terminal: Terminal): Promise<string | null> {
  return await extra('autocomplete', () => runAnother({ ...run, terminal }, 'autocomplete.install', []));
}

/** `iam ssh-key init` with the new keys. */
export async function addSshKey(run: OwnRun, configuration: Configuration, terminal: Terminal): Promise<string | null> {
  return await extra('SSH key', () =>
    initSshKey({ api: run.open(configuration), configuration, env: run.env, terminal }),
  );
}
