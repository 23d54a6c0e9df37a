import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { loadBuiltInCatalogue } from '../src/catalogue/catalogue.ts';
import { CatalogueError } from '../src/catalogue/faults.ts';
import { type CatalogueSource, createCatalogueSource } from '../src/catalogue/source.ts';
import { ConfigError } from '../src/config.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { type CatalogueFile, catalogueFile, wikiWith } from './support/catalogue-files.ts';

const builtIn = loadBuiltInCatalogue();
const names = (source: CatalogueSource) => source.current().permissionSets.map(({ name }) => name);
const own = (source: CatalogueSource) => names(source).slice(builtIn.permissionSets.length);

for (const database of databases()) {
  describe(`the catalogue of a server on ${database.name}`, () => {
    let created: TestDatabase;
    let storage: Storage;
    let file: CatalogueFile;
    let now: number;
    const clock = { now: () => now };

    beforeEach(async () => {
      created = await database.create();
      storage = await openStorage(created.url);
      file = catalogueFile(wikiWith({ name: 'WikiReader' }));
      now = 1000;
    });
    afterEach(async () => {
      file.remove();
      await storage.close();
      await created.drop();
    });

    const open = (path: string | undefined = file.path) => createCatalogueSource({ path, storage, clock });
    const rows = () => storage.db.selectFrom('known_permission_sets').selectAll().orderBy('name').execute();

    it('is what comes with the product and then the file, in their orders', async () => {
      file.write(wikiWith({ name: 'WikiWriter' }, { name: 'WikiReader' }));
      const source = await open();
      const builtInNames = builtIn.permissionSets.map(({ name }) => name);
      expect(names(source)).toEqual([...builtInNames, 'WikiWriter', 'WikiReader']);
      expect(source.current().services.map(({ name }) => name)).toEqual(['iam', 'account', 'wiki']);
      expect(source.current().permissionErrorResource('wiki:page:read')).toBe('page');
      expect(source.report()).toEqual({
        services: 1,
        permissions: 5,
        permissionSets: 2,
        added: ['WikiWriter', 'WikiReader'],
        renamed: [],
        deprecated: [],
      });
    });

    it('is what comes with the product where there is no file, with the ids it has without a database', async () => {
      const source = await createCatalogueSource({ storage, clock });
      expect(source.current().permissionSets).toEqual(builtIn.permissionSets);
      expect(await rows()).toEqual(
        builtIn.permissionSets
          .map(({ id, name, scope_type }) => ({ id, name, scope_type, first_seen_at: 1000 }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      );
    });

    it('is remembered once: a later start changes nothing', async () => {
      await open();
      const before = await rows();
      expect(before).toHaveLength(builtIn.permissionSets.length + 1);
      now = 2000;
      const again = await open();
      expect(again.report().added).toEqual([]);
      expect(await rows()).toEqual(before);
    });

    it('follows a renaming under the same id, also when the set is gone for a while', async () => {
      const source = await open();
      const id = source.current().byName('WikiReader')?.id;
      file.write(wikiWith());
      expect((await source.reload()).deprecated).toEqual([{ name: 'WikiReader', rules: 0 }]);
      expect([own(source), source.current().byId(id ?? '')?.deprecated]).toEqual([[], true]);
      file.write(wikiWith({ name: 'WikiVisitor', lines: ['former_names: [WikiReader]'] }));
      expect((await source.reload()).renamed).toEqual([{ from: 'WikiReader', to: 'WikiVisitor' }]);
      expect(source.current().byName('WikiVisitor')?.id).toBe(id);
      const known = await rows();
      expect(known.find((row) => row.id === id)).toEqual({
        ...{ id, name: 'WikiVisitor', scope_type: 'projects', first_seen_at: 1000 },
      });
      expect((await open()).current().byId(id ?? '')?.name).toBe('WikiVisitor');
    });

    it('stays in force when the file becomes wrong, is refused with every fault, and follows when it is right', async () => {
      const source = await open();
      const before = source.current();
      const known = await rows();
      file.write(wikiWith({ name: 'WikiWriter' }, { name: 'wiki', lines: ['includes: [Nothing]'] }));
      const failure: unknown = await source.reload().catch((refused: unknown) => refused);
      expect(failure).toBeInstanceOf(CatalogueError);
      expect(failure).toBeInstanceOf(ConfigError);
      expect(failure).toMatchObject({
        path: file.path,
        untold: 0,
        faults: [
          { line: 15, thing: 'permission set `wiki`' },
          { line: 18, thing: 'permission set `wiki`' },
        ],
      });
      expect(source.current()).toBe(before);
      expect(await rows()).toEqual(known);
      file.write(wikiWith({ name: 'WikiWriter' }));
      await source.reload();
      expect(own(source)).toEqual(['WikiWriter']);
    });

    it('does not begin with a file that is wrong', async () => {
      file.write('version: 2');
      await expect(open()).rejects.toThrow(
        new CatalogueError(file.path, [
          { line: 1, thing: 'catalogue', reason: 'the version of the format is 1; write `version: 1`' },
        ]),
      );
      expect(await rows()).toEqual([]);
    });

    it('is given on before it is in force, and not in force when that fails', async () => {
      const given: (readonly [string, readonly string[]])[] = [];
      const source: CatalogueSource = await createCatalogueSource({
        path: file.path,
        storage,
        clock,
        use: (next) => {
          if (next.byName('WikiBroken')) throw new Error('not that');
          given.push([next.permissionSets.at(-1)?.name ?? '', given.length === 0 ? [] : own(source)]);
        },
      });
      file.write(wikiWith({ name: 'WikiWriter' }));
      await source.reload();
      file.write(wikiWith({ name: 'WikiBroken' }));
      await expect(source.reload()).rejects.toThrow('not that');
      expect(given).toEqual([
        ['WikiReader', []],
        ['WikiWriter', ['WikiReader']],
      ]);
      expect(own(source)).toEqual(['WikiWriter']);
    });

    it('ends as the file is, however many reloads are asked for at once, wrong ones among them', async () => {
      const source = await open();
      const loads: Promise<unknown>[] = [];
      for (let version = 0; version < 20; version += 1) {
        file.write(version % 5 === 3 ? 'version: 2' : wikiWith({ name: `Wiki${version}` }));
        loads.push(source.reload().catch((failure: unknown) => failure));
        if (version % 2 === 0) await new Promise((resolve) => setTimeout(resolve, version));
      }
      const outcomes = await Promise.all(loads);
      expect(own(source)).toEqual(['Wiki19']);
      // Calls that wait together share one load.
      expect(new Set(outcomes).size).toBeLessThan(outcomes.length);
      for (const outcome of outcomes)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CatalogueError);
        else expect(outcome).toMatchObject({ permissionSets: 1 });
      const held = new Set((await rows()).map(({ name }) => name));
      expect(held.has('Wiki19')).toBe(true);
    });

    /** What servers make of their files that load them at one moment, each with connections of its own. */
    const startTogether = (paths: readonly string[]) => {
      const waiting = new Int32Array(new SharedArrayBuffer(4));
      const start = async (path: string): Promise<ReadonlyMap<string, string>> => {
        const worker = new Worker(new URL('support/load-catalogue-worker.ts', import.meta.url), {
          workerData: { url: created.url, path, waiting, all: paths.length },
        });
        const [sets] = await once(worker, 'message');
        return new Map((sets as [string, string][]).map(([id, name]) => [name, id]));
      };
      return Promise.all(paths.map(start));
    };

    it('has one id for each set on all servers that start together', async () => {
      const all = await startTogether(Array.from({ length: 4 }, () => file.path));
      for (const one of all) expect(one).toEqual(all[0]);
      const known = await rows();
      expect(new Map(known.map(({ id, name }) => [name, id]))).toEqual(all[0]);
      expect(known).toHaveLength(builtIn.permissionSets.length + 1);
    });

    it('loses no set when servers start together with files from before and after a renaming', async () => {
      const source = await open();
      const id = source.current().byName('WikiReader')?.id;
      const renamed = catalogueFile(wikiWith({ name: 'WikiVisitor', lines: ['former_names: [WikiReader]'] }));
      await startTogether([file.path, renamed.path, file.path, renamed.path]);
      const last = (await open(renamed.path)).current();
      const set = last.byName('WikiVisitor');
      expect(set?.id).toBe(id);
      // What the servers with the old file made of the name in the meantime has become part of it.
      const known = (await rows()).filter(({ name }) => name.startsWith('Wiki'));
      expect(known.map(({ name }) => name)).toEqual(known.map(() => 'WikiVisitor'));
      expect(known.map((row) => row.id).toSorted()).toEqual([set?.id, ...(set?.other_ids ?? [])].toSorted());
      expect(last.deprecatedSets).toEqual([]);
      renamed.remove();
    });
  });
}
