import { inject } from 'vitest';
import { type DatabaseKind, databaseKinds } from './database-kinds.ts';

export type { DatabaseKind, TestDatabase } from './database-kinds.ts';

/** The databases every storage test runs on: `for (const database of databases()) describe(…)`. */
export function databases(): readonly DatabaseKind[] {
  return databaseKinds(inject('postgresUrl'));
}
