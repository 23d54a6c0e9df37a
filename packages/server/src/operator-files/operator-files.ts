import { type AuthzenMappings, noMappings } from '../authzen/mapped.ts';
import { readMappings } from '../authzen/mapping.ts';
import { type Config, yamlOf } from '../config.ts';
import { readRoutes } from '../gateway-auth/read-routes.ts';
import type { Routes } from '../gateway-auth/routes.ts';
import { defaultLimits, type LimitFile } from '../limits/limits.ts';
import { readLimits } from '../limits/read-limits.ts';
import { type OperatorFile, openOperatorFile, withoutFile } from './file.ts';
import type { KnownNames } from './values.ts';

/** Files in which an operator says how the questions of others are read, and how many of them there may be. */
export interface OperatorFiles {
  readonly authzen: OperatorFile<AuthzenMappings>;
  readonly gateway: OperatorFile<Routes>;
  readonly limits: OperatorFile<LimitFile>;
}

export const noOperatorFiles: OperatorFiles = {
  authzen: withoutFile(noMappings),
  gateway: withoutFile([]),
  limits: withoutFile(defaultLimits),
};

/**
 * @param known the names of the catalogue that is in force when a file is read
 * @throws ConfigError when a file cannot be used
 */
export async function openOperatorFiles(
  { authzen, gateway, limits }: Pick<Config, 'authzen' | 'gateway' | 'limits'>,
  known: () => KnownNames,
): Promise<OperatorFiles> {
  return {
    authzen: await openOperatorFile(authzen, '--authzen', noMappings, (text, path) =>
      readMappings(text, path, known()),
    ),
    gateway: await openOperatorFile<Routes>(gateway, '--gateway', [], (text, path) => readRoutes(text, path, known())),
    limits: await openOperatorFile<LimitFile>(limits, '--limits', defaultLimits, (text, path) =>
      readLimits(yamlOf(text, path), path),
    ),
  };
}
