import { checkPair } from '../../client/configuration.ts';
import {
  activeProfile,
  type ConfigurationFile,
  mergedSettings,
  profileNames,
  requireProfile,
  rootProfile,
} from '../../client/configuration-file.ts';
import { checkFormats, undecidedSwitches } from '../../client/settings.ts';
import { bareError, CommandError } from '../../command-error.ts';
import { isObject } from '../../output/result.ts';

/**
 * Checks every profile, each laid over the root.
 *
 * @param isPart true for a file that is to be laid over another, which may hold what this one lacks
 * @throws CommandError for the first thing that is wrong, with the profile it stands in
 */
export function validateFile(file: ConfigurationFile, isPart = false): void {
  const { profiles } = file.content;
  if (profiles !== undefined && profiles !== null && !isObject(profiles)) {
    throw bareError(`profiles of ${file.path} is no map of names and profiles`);
  }
  for (const name of [rootProfile, ...profileNames(file)]) checkProfile(file, name, isPart);
  const active = activeProfile(file);
  if (active !== null && !isPart) requireProfile(file, active);
}

function checkProfile(file: ConfigurationFile, name: string, isPart: boolean): void {
  try {
    const { profiles } = file.content;
    const profile = name === rootProfile || !isObject(profiles) ? {} : profiles[name];
    if (profile !== null && !isObject(profile)) throw bareError(`profile ${name} is no map of keys and values`);
    const settings = mergedSettings(file, name);
    checkFormats(settings);
    if (!isPart) checkPair(settings);
    const [undecided] = undecidedSwitches(settings);
    if (undecided) throw bareError(`invalid ${undecided[0]} '${undecided[1]}', expected true or false`);
  } catch (failure) {
    if (!(failure instanceof CommandError)) throw failure;
    throw new CommandError(failure.message, { details: `It stands in profile ${name} of ${file.path}.` });
  }
}
