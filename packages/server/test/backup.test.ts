import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseKind, databases, type TestDatabase } from '../../../test-support/databases.ts';
import { initialize } from '../src/administration.ts';
import { backUpTo, restoreFrom } from '../src/backup/command.ts';
import { ConfigError } from '../src/config.ts';
import { deriveSecrets } from '../src/secrets.ts';
import { serverKeyCheck } from '../src/server-keys/check.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import { openStorage } from '../src/storage/open.ts';
import { type Administration, administrationOf } from './support/administration.ts';
import { type Dump, dumpTables } from './support/dump.ts';
import { insertSamples } from './support/rows.ts';

const names = Object.keys(migrations);

for (const source of databases()) {
  describe(`a backup of ${source.name}`, () => {
    let created: TestDatabase;
    let from: Administration;
    let file: string;
    const others: { drop(): Promise<void> }[] = [];

    beforeEach(async () => {
      created = await source.create();
      from = administrationOf(created.url);
      file = join(from.data, 'backup.gz');
    });
    afterEach(async () => {
      from.remove();
      await created.drop();
      for (const other of others.splice(0)) await other.drop();
    });

    /** An empty database, and a data folder with the same server key. */
    const another = async (kind: DatabaseKind, { withKey = true } = {}): Promise<Administration> => {
      const database = await kind.create();
      const administration = administrationOf(database.url);
      const drop = async () => {
        administration.remove();
        await database.drop();
      };
      others.push({ drop });
      const key = readFileSync(join(from.data, 'server.key'));
      if (withKey) writeFileSync(join(administration.data, 'server.key'), key);
      return administration;
    };
    const dump = async ({ config }: Administration): Promise<Dump> => {
      const storage = await openStorage(config.databaseUrl);
      return await dumpTables({ storage }).finally(() => storage.close());
    };
    /** Of all but what tells of the tables themselves. */
    const rowsOf = async (administration: Administration) => {
      const { compatibility: _, ...tables } = await dump(administration);
      return Object.values(tables).flat();
    };
    const begin = async () => {
      await initialize(from.config, from.terminal);
      await backUpTo(from.config, file, from.terminal);
    };
    const refusal = (work: Promise<void>, words: RegExp) =>
      expect(work).rejects.toThrow(expect.toSatisfy((it) => it instanceof ConfigError && words.test(it.message)));
    const linesIn = () => gunzipSync(readFileSync(file)).toString().split('\n');
    const rewrite = (change: (lines: string[]) => readonly string[]) =>
      writeFileSync(file, gzipSync(change(linesIn()).join('\n')));

    for (const [which, target] of databases().entries()) {
      it(`is restored into ${target.name} row by row, and served there`, async () => {
        await begin();
        const to = await another(target);
        await restoreFrom(to.config, file, to.terminal);
        expect(await dump(to)).toEqual(await dump(from));
        await initialize(to.config, to.terminal);
        expect(to.said().at(-1)).toBe('the database is in use already: nothing to do');
      });

      // Each migration once from here, to one kind after the other.
      for (const state of names.filter((_, index) => index % databases().length === which)) {
        it(`as of ${state} is restored into ${target.name} and brought forward as the database itself is`, async () => {
          const key = Buffer.alloc(32, 7);
          writeFileSync(join(from.data, 'server.key'), key.toString('base64'));
          const storage = await openStorage(created.url, { migrateTo: state });
          await insertSamples(storage.db);
          const check = { server_key_check: serverKeyCheck(deriveSecrets([{ id: null, bytes: key }])) };
          await storage.db.updateTable('installation').set(check).execute();
          await storage.close();
          await backUpTo(from.config, file, from.terminal);
          const to = await another(target);
          await restoreFrom(to.config, file, to.terminal);
          const restored = await dump(to);
          expect(restored).toEqual(await dump(from));
          expect(Object.values(restored).flat().length).toBeGreaterThan(1);
        });
      }
    }

    it('is a file of its owner alone, without the server key', async () => {
      await begin();
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const key = readFileSync(join(from.data, 'server.key'), 'utf8').trim();
      expect(linesIn().join('\n')).not.toContain(key);
    });

    it('leaves the tables of an older version as they are', async () => {
      const storage = await openStorage(created.url, { migrateTo: names[3]! });
      await insertSamples(storage.db);
      await storage.close();
      await backUpTo(from.config, file, from.terminal);
      const again = await openStorage(created.url, { asItIs: true });
      const { rows } = await sql`select name from kysely_migration`.execute(again.db);
      await again.close();
      expect(rows).toHaveLength(4);
    });

    it('is refused when there is nothing to back up', async () => {
      await refusal(backUpTo(from.config, file, from.terminal), /there is no database|never used/);
      const storage = await openStorage(created.url);
      await storage.close();
      await refusal(backUpTo(from.config, file, from.terminal), /never used/);
    });

    const damages: readonly (readonly [string, () => void, RegExp])[] = [
      ['cut off', () => writeFileSync(file, readFileSync(file).subarray(0, -40)), /cut off/],
      ['cut off between two lines', () => rewrite((lines) => [...lines.slice(0, -3), '']), /cut off/],
      ['cut off in a line', () => rewrite((lines) => lines.slice(0, -1)), /cut off/],
      ['empty', () => writeFileSync(file, ''), /cut off/],
      ['changed', () => rewrite((lines) => lines.map((line) => line.replace('"default"', '"changed"'))), /changed/],
      ['without a row', () => rewrite((lines) => lines.toSpliced(-3, 1)), /changed/],
      ['longer', () => rewrite((lines) => [...lines.slice(0, -1), '[]', '']), /changed/],
      ['not gzip', () => writeFileSync(file, 'hello'), /no gzip file/],
      ['something else', () => writeFileSync(file, gzipSync('{"a":1}\n')), /is not a backup/],
      ['of a newer form', () => rewrite(([, ...rest]) => ['{"bailiwick_backup":2}', ...rest]), /newer bailiwick/],
      [
        'of an unknown migration',
        () => rewrite((all) => all.with(0, all[0]!.replace(names.at(-1)!, '9999-x'))),
        /unknown/,
      ],
      ['with an unknown table', () => rewrite((all) => all.with(0, all[0]!.replace('"jwts"', '"jwtz"'))), /jwtz/],
      ['with an unknown column', () => rewrite((all) => all.with(0, all[0]!.replace('"jti"', '"jtj"'))), /jwts|tokens/],
      ['not there', () => rmSync(file), /cannot be read/],
    ];
    for (const [what, damage, words] of damages) {
      it(`that is ${what} is refused, and leaves nothing behind`, async () => {
        await begin();
        const to = await another(source);
        damage();
        await refusal(restoreFrom(to.config, file, to.terminal), words);
        expect(await rowsOf(to)).toEqual([]);
      });
    }

    it('is not restored into a database that holds something', async () => {
      await begin();
      const before = await dump(from);
      await refusal(restoreFrom(from.config, file, from.terminal), /is not empty/);
      expect(await dump(from)).toEqual(before);
    });

    it('is not restored beside another server key, or none', async () => {
      await begin();
      const to = await another(source, { withKey: false });
      await refusal(restoreFrom(to.config, file, to.terminal), /there is no server key/);
      writeFileSync(join(to.data, 'server.key'), Buffer.alloc(32, 9).toString('base64'));
      await refusal(restoreFrom(to.config, file, to.terminal), /another server key/);
      expect(await rowsOf(to)).toEqual([]);
    });
  });
}
