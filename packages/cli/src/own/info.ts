import { readSettings } from '../client/configuration.ts';
import { maskSecret } from '../client/secret.ts';
import type { Key } from '../client/settings.ts';
import { isOn } from '../grammar/typed-text.ts';
import type { Result } from '../output/result.ts';
import type { OwnRun } from './command.ts';
import { sourceOf } from './source.ts';
import { buildInfo } from './version.ts';

const shown: readonly Key[] = [
  'api_url',
  'default_region',
  'default_zone',
  'default_organization_id',
  'default_project_id',
  'access_key',
  'secret_key',
];

/** `scw info`: the settings in force and where each comes from. */
export async function showInfo(run: OwnRun): Promise<Result> {
  const { place, settings } = await readSettings(sourceOf(run));
  const rows = [
    { key: 'config_path', value: place.file?.path ?? '', origin: place.fileOrigin },
    { key: 'profile', value: place.profile, origin: place.profileOrigin },
    ...shown.map((key) => {
      const { value, origin } = settings[key] ?? { value: '', origin: '' };
      const isHidden = key === 'secret_key' && value !== '' && !isOn(run, 'show-secret');
      return { key, value: isHidden ? maskSecret(value) : value, origin };
    }),
  ];
  const build = buildInfo();
  return {
    shape: 'object',
    type: 'Info',
    value: { build_info: build, settings: rows },
    sections: [
      { title: 'Build Info', type: 'BuildInfo', value: build },
      { title: 'Settings', type: 'Setting', rows },
    ],
  };
}
