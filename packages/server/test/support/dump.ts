import { sql } from 'kysely';
import type { Services } from '../../src/context.ts';

/** Every row of every table: equal dumps mean that nothing was stored, and no revision used. */
export type Dump = Readonly<Record<string, readonly string[]>>;

/** The tables are asked of the database, so that a new one counts without being named here. */
export async function dumpTables({ storage }: Pick<Services, 'storage'>): Promise<Dump> {
  const tables = await storage.db.introspection.getTables();
  const dumped = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await sql`select * from ${sql.table(name)}`.execute(storage.db);
      return [name, rows.map((row) => JSON.stringify(row)).sort()] as const;
    }),
  );
  return Object.fromEntries(dumped);
}
