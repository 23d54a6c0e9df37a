import { afterAll, beforeAll } from 'vitest';
import type { DatabaseKind, TestDatabase } from '../../test-support/databases.ts';
import { freePort } from './free-port.ts';
import { removeData, type ServerProcess, type ServerSetting, startServer } from './server-process.ts';

/**
 * A server process on a database of its own for all tests of a `describe`, started before and stopped after them.
 */
export function serverOn(
  database: DatabaseKind,
  setting: () => Partial<ServerSetting> | Promise<Partial<ServerSetting>> = () => ({}),
): { readonly server: ServerProcess; readonly databaseUrl: string } {
  let server: ServerProcess | null = null;
  let created: TestDatabase | null = null;
  beforeAll(async () => {
    created = await database.create();
    server = await startServer({ ...(await setting()), databaseUrl: created.url });
  });
  afterAll(async () => {
    if (server !== null) {
      await server.stop();
      removeData(server);
    }
    await created?.drop();
  });
  const there = <T>(thing: T | null): T => {
    if (thing === null) throw new Error('the server is started before the first test');
    return thing;
  };
  return {
    get server() {
      return there(server);
    },
    get databaseUrl() {
      return there(created).url;
    },
  };
}

/** One that people know by a name: authenticators belong to names, an address has none. */
export function serverWithNameOn(database: DatabaseKind): ReturnType<typeof serverOn> & { readonly origin: string } {
  let origin = '';
  const running = serverOn(database, async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    return { port, env: { BAILIWICK_PUBLIC_URL: origin } };
  });
  return {
    get server() {
      return running.server;
    },
    get databaseUrl() {
      return running.databaseUrl;
    },
    get origin() {
      return origin;
    },
  };
}
