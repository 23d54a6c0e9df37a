import type { ConfigurationSource } from '../client/configuration.ts';
import type { OwnRun } from './command.ts';

/** Where the configuration of a run comes from. */
export function sourceOf({ env, flags, terminal }: OwnRun): ConfigurationSource {
  return {
    env,
    config: flags.config,
    profile: flags.profile,
    warn: (text) => terminal.stderr.write(`${text}\n`),
  };
}
