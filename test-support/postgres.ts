import type { TestProject } from 'vitest/node';
import { openCluster } from './postgres-cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Administration address of a PostgreSQL for tests; null where there is none. */
    postgresUrl: string | null;
  }
}

/**
 * Gives the tests a PostgreSQL: the one named by BAILIWICK_TEST_POSTGRES_URL, else a throw-away cluster. Outside of CI
 * a machine without PostgreSQL runs the tests on SQLite only, and is told so.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const cluster = await openCluster(process.env.BAILIWICK_TEST_POSTGRES_URL);
  if (cluster === null) {
    const message = 'no PostgreSQL found: install its server package or set BAILIWICK_TEST_POSTGRES_URL';
    if (process.env.CI) throw new Error(message);
    console.warn(`${message}; the tests run on SQLite only`);
  }
  project.provide('postgresUrl', cluster?.url ?? null);
  return cluster?.stop;
}
