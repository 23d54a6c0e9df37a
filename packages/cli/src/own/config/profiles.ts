import {
  changeConfigurationFile,
  ownSettings,
  profileNames,
  requireFile,
  rootProfile,
} from '../../client/configuration-file.ts';
import { bareError, CommandError } from '../../command-error.ts';
import { typedText } from '../../grammar/typed-text.ts';
import type { Result } from '../../output/result.ts';
import type { OwnRun } from '../command.ts';
import { type KnownPlace, placeOf } from './place.ts';

/** `config profile list`: those beside the root, without their keys. */
export async function listProfiles(run: OwnRun): Promise<Result> {
  const { file } = await placeOf(run);
  requireFile(file);
  const fields = run.types.Profile ?? [];
  const rows = profileNames(file).map((name) => {
    const row: Readonly<Record<string, string>> = { ...ownSettings(file, name), name };
    return Object.fromEntries(fields.map(({ key }) => [key, row[key] ?? '']));
  });
  return { shape: 'list', type: 'Profile', rows, columns: null };
}

/** `config profile activate` */
export async function activateProfile(run: OwnRun): Promise<Result> {
  const { file } = await placeOf(run);
  requireFile(file);
  const name = typedText(run, 'profile-name') ?? '';
  if (name !== rootProfile) requireNamed(file, name);
  await changeConfigurationFile(file.path, (draft) => draft.activate(name));
  return { shape: 'success', message: `profile ${name} activated.` };
}

/** `config profile delete`: an active one is no longer active. */
export async function deleteProfile(run: OwnRun): Promise<Result> {
  const { file } = await placeOf(run);
  requireFile(file);
  const name = typedText(run, 'name') ?? '';
  if (name === rootProfile) {
    throw new CommandError('the default profile is the root of the file and cannot be deleted', {
      hint: 'Empty the whole file with: scw config reset',
    });
  }
  requireNamed(file, name);
  await changeConfigurationFile(file.path, (draft) => draft.deleteProfile(name));
  return { shape: 'success', message: `profile ${name} deleted.` };
}

function requireNamed(file: KnownPlace['file'], name: string): void {
  if (!profileNames(file).includes(name)) throw bareError(`no profile named ${name}`);
}
