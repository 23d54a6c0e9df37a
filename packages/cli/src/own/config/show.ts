import { readSettings, valuesOf } from '../../client/configuration.ts';
import { requireFile, requireProfile } from '../../client/configuration-file.ts';
import { maskSecret } from '../../client/secret.ts';
import { isKey, keyOfArgument, type Settings, variables } from '../../client/settings.ts';
import { isOn, typedText } from '../../grammar/typed-text.ts';
import type { Result } from '../../output/result.ts';
import { toYaml } from '../../output/yaml.ts';
import type { OwnRun } from '../command.ts';
import { sourceOf } from '../source.ts';
import { masked } from './mask.ts';
import { placeOf } from './place.ts';

/** `config get`: the value that stands in the profile itself. */
export async function getSetting(run: OwnRun): Promise<Result> {
  const { file, profile } = await placeOf(run);
  requireFile(file);
  const settings = withoutSecret(requireProfile(file, profile), isOn(run, 'show-secret'));
  const key = keyOfArgument(typedText(run, 'key') ?? '');
  return { shape: 'text', text: key === null ? null : (settings[key] ?? null) };
}

/** `config dump`: the file, comments left out since an old key may stand in one. */
export async function dumpConfiguration(run: OwnRun): Promise<Result> {
  const { file } = await placeOf(run);
  requireFile(file);
  const value = masked(file.content, isOn(run, 'show-secret'));
  return { shape: 'text', text: (await toYaml(value)).trimEnd(), value };
}

/** `config info`: what is in force, the environment included. */
export async function showConfiguration(run: OwnRun): Promise<Result> {
  const { place, fromFile, settings } = await readSettings(sourceOf(run));
  const beaten = Object.entries(settings).flatMap(([key, { origin }]) =>
    isKey(key) && fromFile[key] !== undefined && origin.startsWith('env ') ? [`${key} (${variables[key]})`] : [],
  );
  if (beaten.length > 0) run.terminal.stderr.write(`The environment beats the file for ${beaten.join(', ')}.\n`);
  const value = {
    ConfigPath: place.file?.path ?? '',
    ProfileName: place.profile,
    Profile: { ...withoutSecret(valuesOf(settings), isOn(run, 'show-secret')) },
  };
  return { shape: 'object', type: 'ConfigInfo', value };
}

function withoutSecret(settings: Settings, isShown: boolean): Settings {
  const { secret_key } = settings;
  return secret_key === undefined || isShown ? settings : { ...settings, secret_key: maskSecret(secret_key) };
}
