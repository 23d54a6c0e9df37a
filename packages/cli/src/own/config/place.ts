import { configurationPath, type Place, readPlace } from '../../client/configuration.ts';
import type { ConfigurationFile } from '../../client/configuration-file.ts';
import { bareError, type CommandError } from '../../command-error.ts';
import type { OwnRun } from '../command.ts';
import { sourceOf } from '../source.ts';

/** A place that has a path, whether there is a file or not. */
export interface KnownPlace extends Place {
  readonly file: ConfigurationFile;
}

/**
 * The file and the profile that a line is about.
 *
 * @throws CommandError when the file cannot be read, or no folder for one is known
 */
export async function placeOf(run: OwnRun): Promise<KnownPlace> {
  const place = await readPlace(sourceOf(run));
  if (place.file === null) throw nowhere();
  return { ...place, file: place.file };
}

/**
 * The path alone, for commands that work on a file that cannot be read too.
 *
 * @throws CommandError when no folder for it is known
 */
export function pathOf(run: OwnRun): string {
  const path = configurationPath(sourceOf(run));
  if (path === null) throw nowhere();
  return path;
}

function nowhere(): CommandError {
  return bareError('no folder for the configuration file is known: set HOME or SCW_CONFIG_PATH, or use -c');
}
