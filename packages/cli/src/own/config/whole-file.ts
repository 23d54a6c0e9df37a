import { deleteConfigurationFile, emptyConfigurationFile, requireFile } from '../../client/configuration-file.ts';
import { isThere } from '../../client/yaml-file.ts';
import type { Result } from '../../output/result.ts';
import type { OwnRun } from '../command.ts';
import { pathOf, placeOf } from './place.ts';
import { validateFile } from './validate.ts';

/** `config validate` */
export async function validateConfiguration(run: OwnRun): Promise<Result> {
  const { file } = await placeOf(run);
  requireFile(file);
  validateFile(file);
  return { shape: 'success', message: 'configuration is valid.' };
}

/** `config reset`: also for a file that cannot be read as one. */
export async function resetConfiguration(run: OwnRun): Promise<Result> {
  const path = pathOf(run);
  requireFile({ path, isThere: await isThere(path), content: {} });
  await emptyConfigurationFile(path);
  return { shape: 'success', message: 'configuration emptied.' };
}

/** `config destroy`: no question, scripts use it. */
export async function destroyConfiguration(run: OwnRun): Promise<Result> {
  const rest = await deleteConfigurationFile(pathOf(run));
  if (rest === null) return { shape: 'success', message: 'configuration file deleted.' };
  const details = `It was a link to ${rest}, which stays as it is, with the keys that it holds.`;
  return { shape: 'success', message: 'link to the configuration file deleted.', details };
}
