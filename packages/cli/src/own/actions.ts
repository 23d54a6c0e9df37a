import type { OwnAction, OwnCommand } from './command.ts';

/** Loaded when it is run: most runs are of another command. */
const actions: Readonly<Record<string, () => Promise<OwnAction>>> = {
  'iam.apply': async () => (await import('./apply.ts')).applyFile,
  'iam.export': async () => (await import('./export.ts')).exportFile,
  version: async () => (await import('./version.ts')).showVersion,
};

export async function ownActionOf({ own }: OwnCommand): Promise<OwnAction> {
  const load = actions[own];
  if (load === undefined) throw new Error(`no action is named ${own}`);
  return await load();
}
