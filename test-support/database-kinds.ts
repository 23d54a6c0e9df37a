import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** An empty database of its own; `url` is what `--database-url` takes. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export interface DatabaseKind {
  readonly name: 'SQLite' | 'PostgreSQL';
  create(): Promise<TestDatabase>;
}

/** What there is: SQLite always, PostgreSQL with the administration address of one. */
export function databaseKinds(postgres: string | null): readonly DatabaseKind[] {
  return [sqlite, ...(postgres === null ? [] : [postgresAt(postgres)])];
}

const sqlite: DatabaseKind = {
  name: 'SQLite',
  create: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bailiwick-sqlite-'));
    return {
      url: `file:${join(folder, 'bailiwick.db')}`,
      drop: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

function postgresAt(administration: string): DatabaseKind {
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: administration });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  return {
    name: 'PostgreSQL',
    create: async () => {
      const name = `test_${randomBytes(8).toString('hex')}`;
      await run(`create database ${name} template template0`);
      const url = new URL(administration);
      url.pathname = `/${name}`;
      return { url: url.href, drop: () => run(`drop database ${name} with (force)`) };
    },
  };
}
