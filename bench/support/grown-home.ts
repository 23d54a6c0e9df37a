import type { DatabaseKind } from '../../test-support/database-kinds.ts';
import { type GrownOrganization, type GrownShape, seedGrown } from './seed-grown.ts';
import { createHome, type Home } from './server.ts';

/** A home whose database is filled; its servers are started on that. */
export interface GrownHome extends Home {
  readonly organizations: readonly GrownOrganization[];
}

export async function createGrownHome(
  database: DatabaseKind,
  shape: GrownShape,
  progress: (text: string) => void,
): Promise<GrownHome> {
  const home = await createHome(database);
  try {
    await using server = await home.start();
    const organizations = await seedGrown(server, shape, (table) => progress(`${database.name}: filling ${table}`));
    return { ...home, organizations };
  } catch (failure) {
    await home[Symbol.asyncDispose]();
    throw failure;
  }
}
