import { type AuthzenMappings, noMappings } from '../authzen/mapped.ts';
import { readMappings } from '../authzen/mapping.ts';
import type { Config } from '../config.ts';
import { readRoutes } from '../gateway-auth/read-routes.ts';
import type { Routes } from '../gateway-auth/routes.ts';
import { type OperatorFile, openOperatorFile, withoutFile } from './file.ts';
import type { KnownNames } from './values.ts';

/** Files in which an operator says how the questions of others are read. */
export interface OperatorFiles {
  readonly authzen: OperatorFile<AuthzenMappings>;
  readonly gateway: OperatorFile<Routes>;
}

export const noOperatorFiles: OperatorFiles = { authzen: withoutFile(noMappings), gateway: withoutFile([]) };

/**
 * @param known the names of the catalogue that is in force when a file is read
 * @throws ConfigError when a file cannot be used
 */
export async function openOperatorFiles(
  { authzen, gateway }: Pick<Config, 'authzen' | 'gateway'>,
  known: () => KnownNames,
): Promise<OperatorFiles> {
  return {
    authzen: await openOperatorFile(authzen, '--authzen', noMappings, (text, path) =>
      readMappings(text, path, known()),
    ),
    gateway: await openOperatorFile<Routes>(gateway, '--gateway', [], (text, path) => readRoutes(text, path, known())),
  };
}
