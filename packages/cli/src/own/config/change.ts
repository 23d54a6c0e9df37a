import {
  changeConfigurationFile,
  ownSettings,
  profileNames,
  readConfigurationFile,
  requireFile,
  requireProfile,
  rootProfile,
} from '../../client/configuration-file.ts';
import { argumentOfKey, checkFormats, keyOfArgument, keys, type Settings } from '../../client/settings.ts';
import { typedText } from '../../grammar/typed-text.ts';
import type { Result } from '../../output/result.ts';
import type { OwnRun } from '../command.ts';
import { placeOf } from './place.ts';
import { validateFile } from './validate.ts';

/** `config set`: makes the file, and the profile, where there is none. */
export async function setSettings(run: OwnRun): Promise<Result> {
  const { file, profile } = await placeOf(run);
  const typed: Settings = Object.fromEntries(
    keys.flatMap((key) => {
      const value = typedText(run, argumentOfKey(key));
      return value === null ? [] : [[key, value]];
    }),
  );
  if (Object.keys(typed).length === 0) {
    return { shape: 'success', message: 'nothing changed: no setting was typed.' };
  }
  checkFormats(typed);
  await changeConfigurationFile(file.path, (draft) => draft.set(profile, typed));
  return { shape: 'success', message: 'configuration updated.' };
}

/** `config unset` */
export async function unsetSetting(run: OwnRun): Promise<Result> {
  const { file, profile } = await placeOf(run);
  requireFile(file);
  const name = typedText(run, 'key') ?? '';
  const key = keyOfArgument(name);
  if (key === null || requireProfile(file, profile)[key] === undefined) {
    return { shape: 'success', message: `nothing changed: ${name} was not set.` };
  }
  await changeConfigurationFile(file.path, (draft) => draft.unset(profile, key));
  return { shape: 'success', message: `setting ${name} removed.` };
}

/** `config import`: root over root, profiles over profiles. */
export async function importConfiguration(run: OwnRun): Promise<Result> {
  const { file } = await placeOf(run);
  const other = await readConfigurationFile(typedText(run, 'file') ?? '');
  requireFile(other);
  validateFile(other, true);
  await changeConfigurationFile(file.path, (draft) => {
    for (const profile of [rootProfile, ...profileNames(other)]) draft.set(profile, ownSettings(other, profile) ?? {});
  });
  return { shape: 'success', message: 'configuration imported.' };
}
