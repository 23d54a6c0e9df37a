import { bareError } from '../command-error.ts';
import type { OwnAction, OwnCommand } from './command.ts';

/** Loaded when it is run: most runs are of another command. */
const actions: Readonly<Record<string, () => Promise<OwnAction>>> = {
  'alias.create': async () => (await import('./alias.ts')).createAlias,
  'alias.delete': async () => (await import('./alias.ts')).removeAlias,
  'alias.list': async () => (await import('./alias.ts')).listAliases,
  'autocomplete.install': async () => (await import('./autocomplete.ts')).installScript,
  'autocomplete.script': async () => (await import('./autocomplete.ts')).printScript,
  'config.destroy': async () => (await import('./config/whole-file.ts')).destroyConfiguration,
  'config.dump': async () => (await import('./config/show.ts')).dumpConfiguration,
  'config.edit': async () => (await import('./config/edit.ts')).editConfiguration,
  'config.get': async () => (await import('./config/show.ts')).getSetting,
  'config.import': async () => (await import('./config/change.ts')).importConfiguration,
  'config.info': async () => (await import('./config/show.ts')).showConfiguration,
  'config.profile.activate': async () => (await import('./config/profiles.ts')).activateProfile,
  'config.profile.delete': async () => (await import('./config/profiles.ts')).deleteProfile,
  'config.profile.list': async () => (await import('./config/profiles.ts')).listProfiles,
  'config.reset': async () => (await import('./config/whole-file.ts')).resetConfiguration,
  'config.set': async () => (await import('./config/change.ts')).setSettings,
  'config.unset': async () => (await import('./config/change.ts')).unsetSetting,
  'config.validate': async () => (await import('./config/whole-file.ts')).validateConfiguration,
  'iam.apply': async () => (await import('./apply.ts')).applyFile,
  'iam.export': async () => (await import('./export.ts')).exportFile,
  'iam.log.verify': async () => (await import('./log-verify.ts')).verifyOrganizationLog,
  info: async () => (await import('./info.ts')).showInfo,
  init: async () => (await import('./init/init.ts')).initialize,
  login: async () => (await import('./login/login.ts')).logIn,
  version: async () => (await import('./version.ts')).showVersion,
};

/** @throws CommandError when this program has no such action */
export async function ownActionOf({ own, words }: OwnCommand): Promise<OwnAction> {
  const load = actions[own];
  if (load === undefined) throw bareError(`this program cannot do ${words.join(' ')}`);
  return await load();
}
