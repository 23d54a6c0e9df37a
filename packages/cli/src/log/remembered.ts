import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Remembered, readRemembered, writeRemembered } from '@bailiwick/contract/log-tree';
import { type ConfigurationSource, configurationPath } from '../client/configuration.ts';
import { fileError } from '../client/file-problem.ts';
import { writeFileAtOnce } from '../client/yaml-file.ts';
import { bareError } from '../command-error.ts';

/**
 * The file of verified heads: the one that was typed, else one beside the configuration.
 *
 * @throws CommandError when not even a home folder is known
 */
export function rememberedPath(typed: string | null, source: ConfigurationSource): string {
  if (typed) return typed;
  const configuration = configurationPath(source);
  if (configuration === null)
    throw bareError('no folder for verified heads is known: set HOME or type state-file=PATH');
  return join(dirname(configuration), 'scw-log-heads.json');
}

/** @throws CommandError when there is a file and it cannot be read */
export async function loadRemembered(path: string): Promise<Remembered> {
  const text = await readFile(path, 'utf8').catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === 'ENOENT') return null;
    throw fileError(`read ${path}`, failure);
  });
  if (text === null) return new Map();
  const remembered = readRemembered(text);
  if (remembered === null)
    throw bareError(
      `${path} holds no heads of logs`,
      undefined,
      'Restore it, or remove it to verify as for the first time.',
    );
  return remembered;
}

/** @throws CommandError when it cannot be written */
export async function saveRemembered(path: string, remembered: Remembered): Promise<void> {
  const unwritable = (failure: unknown) => fileError(`write ${path}`, failure);
  await writeFileAtOnce(path, writeRemembered(remembered), { file: 0o600, folder: 0o700 }, { unwritable });
}
