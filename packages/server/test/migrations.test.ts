import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { ConfigError } from '../src/config.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { insertSamples, samples } from './support/rows.ts';
import { describeSchema } from './support/schema-dump.ts';

const names = Object.keys(migrations);

/** The rows of every table, only with the columns named, so that later ones may have more. */
async function readRows({ db }: Storage, columns?: Columns): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = new Map<string, readonly string[]>();
  for (const [table, known] of columns ?? (await readColumns(db))) {
    const { rows } = await sql`select ${sql.join(known.map((name) => sql.ref(name)))} from ${sql.table(table)}`.execute(
      db,
    );
    read.set(table, rows.map((row) => JSON.stringify(row)).sort());
  }
  return read;
}

type Columns = ReadonlyMap<string, readonly string[]>;

async function readColumns(db: Storage['db']): Promise<Columns> {
  const tables = await db.introspection.getTables();
  return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
}

const migrationsOf = async ({ db }: Storage): Promise<readonly string[]> =>
  (await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)).rows.map(
    ({ name }) => name,
  );

/** Tables that fill themselves. */
const ofTheDatabase = ['resource_counts', 'compatibility'];

for (const database of databases()) {
  describe(`migrations on ${database.name}`, () => {
    let created: TestDatabase;
    let newSchema: readonly string[];
    beforeAll(async () => {
      const fresh = await database.create();
      const storage = await openStorage(fresh.url);
      newSchema = await describeSchema(storage).finally(() => storage.close());
      await fresh.drop();
    });
    beforeEach(async () => {
      created = await database.create();
    });
    afterEach(() => created.drop());

    const withStorage = async <T>(
      options: Parameters<typeof openStorage>[1],
      work: (storage: Storage) => Promise<T>,
    ) => {
      const storage = await openStorage(created.url, options);
      return await work(storage).finally(() => storage.close());
    };

    it('are numbered without a gap, and made in that order', async () => {
      expect(names.map((name) => /^(\d{4})-[a-z-]+$/.exec(name)?.[1])).toEqual(
        names.map((_, index) => String(index + 1).padStart(4, '0')),
      );
      expect(await withStorage({}, migrationsOf)).toEqual(names);
    });

    for (const [index, state] of names.entries()) {
      it(`a database of ${state} is brought forward: its tables are those of a new one, its rows are all there`, async () => {
        const before = await withStorage({ migrateTo: state }, async (storage) => {
          expect(await migrationsOf(storage)).toEqual(names.slice(0, index + 1));
          await insertSamples(storage.db);
          const columns = await readColumns(storage.db);
          return { columns, rows: await readRows(storage, columns) };
        });
        const tables = new Set<string>(samples.map(([table]) => table));
        for (const [table, rows] of before.rows)
          if (!ofTheDatabase.includes(table)) expect([rows.length > 0, tables.has(table)], table).toEqual([true, true]);

        await withStorage({}, async (storage) => {
          expect(await migrationsOf(storage)).toEqual(names);
          expect(await describeSchema(storage)).toEqual(newSchema);
          expect(await readRows(storage, before.columns)).toEqual(before.rows);
        });
      });
    }

    const look = async (storage: Storage) => [await describeSchema(storage), await readRows(storage)];

    it('opening a database again changes nothing', async () => {
      const before = await withStorage({}, async (storage) => {
        await insertSamples(storage.db);
        return look(storage);
      });
      expect(await withStorage({}, look)).toEqual(before);
    });

    it('servers that start together on an empty database make its tables once', async () => {
      const worker = new URL('support/open-storage-worker.ts', import.meta.url);
      const ends = Array.from({ length: 4 }, async () => {
        const [code] = await once(new Worker(worker, { workerData: { url: created.url } }), 'exit');
        return code;
      });
      expect(await Promise.all(ends)).toEqual([0, 0, 0, 0]);
      expect(await withStorage({}, migrationsOf)).toEqual(names);
    });

    const future = '9999-from-the-future';
    const moveOn = ({ db }: Storage) =>
      sql`insert into kysely_migration (name, timestamp) values (${future}, '2040-01-01T00:00:00.000Z')`.execute(db);

    it('a database to which a newer version has only added is used as it is, and left alone', async () => {
      await withStorage({}, async (storage) => {
        await insertSamples(storage.db);
        await moveOn(storage);
        await sql`create table tomorrow (id integer)`.execute(storage.db);
        const before = await look(storage);
        expect(await withStorage({}, look)).toEqual(before);
        expect(await migrationsOf(storage)).toEqual([...names, future]);
      });
    });

    it('a database that a newer version has changed for others is refused in a sentence, and left alone', async () => {
      await withStorage({}, async (storage) => {
        await insertSamples(storage.db);
        await moveOn(storage);
        await storage.db.updateTable('compatibility').set({ least_migration: future }).execute();
        const before = await look(storage);
        const sentence = `the database belongs to a newer bailiwick: \`${future}\` is unknown to this one`;
        for (let attempt = 0; attempt < 2; attempt += 1)
          await expect(openStorage(created.url)).rejects.toThrow(new ConfigError(sentence));
        expect(await look(storage)).toEqual(before);
      });
    });

    it('every table carries the organization, but for those of the installation and of organizations themselves', async () => {
      const without = await withStorage({}, async ({ db }) =>
        [...(await readColumns(db))]
          .filter(([, columns]) => !columns.includes('organization_id'))
          .map(([table]) => table),
      );
      expect(without.toSorted()).toEqual([
        'compatibility',
        'installation',
        'known_permission_sets',
        'organizations',
        'sign_in_limits',
        'signing_keys',
      ]);
    });
  });
}
