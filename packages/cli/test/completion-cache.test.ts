import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder, createCache } from '../src/completion/cache.ts';
import { secretKey } from './support/cli.ts';
import { ask, lists } from './support/completion.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const start = Date.UTC(2026, 0, 31);
const key = ['http://iam', 'digest', 'users.list'];
const values = [{ value: 'id', label: 'alice' }];

/** A cache in a new folder, at a time that can be set. */
function setUp(folder = join(temporaryFolder('scw-cache'), 'scw')) {
  const clock = { now: start };
  const own = join(folder, 'completion');
  const files = () => readdirSync(own).map((name) => join(own, name));
  return { folder, own, clock, files, cache: createCache({ folder, now: () => clock.now }) };
}

describe('the cache of completion', () => {
  it('gives back for five seconds what was put in', async () => {
    const { cache, clock } = setUp();
    expect(await cache.read(key)).toBeNull();
    await cache.write(key, values);
    clock.now = start + 4999;
    expect(await cache.read(key)).toEqual(values);
    expect(await cache.read([...key, 'other'])).toBeNull();
    clock.now = start + 5000;
    expect(await cache.read(key)).toBeNull();
    await cache.write(key, []);
    expect(await cache.read(key)).toEqual([]);
  });

  it('does not believe in what was written in the future', async () => {
    const { cache, clock } = setUp();
    await cache.write(key, values);
    clock.now = start - 1;
    expect(await cache.read(key)).toBeNull();
  });

  it('is for its owner alone, and leaves nothing half written', async () => {
    const { cache, own, folder, files } = setUp();
    await Promise.all([cache.write(key, values), cache.write(key, values)]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(files().map((file) => statSync(file).mode & 0o777)).toEqual([0o600]);
  });

  it('takes what it cannot read as absent, and replaces it', async () => {
    const { cache, files } = setUp();
    await cache.write(key, values);
    for (const text of ['', '{', 'null', '[]', '{"at":"x","values":[]}', `{"at":${start},"values":[{"value":1}]}`]) {
      writeFileSync(files()[0]!, text);
      expect(await cache.read(key), text).toBeNull();
    }
    await cache.write(key, values);
    expect(await cache.read(key)).toEqual(values);
  });

  it('does not follow links, and does not use a folder that others may open', async () => {
    const foreign = temporaryFolder('scw-foreign');
    const linked = setUp();
    mkdirSync(linked.folder);
    symlinkSync(foreign, linked.own);
    await linked.cache.write(key, values);
    expect(readdirSync(foreign)).toEqual([]);
    expect(await linked.cache.read(key)).toBeNull();

    const open = setUp();
    await open.cache.write(key, values);
    const [file] = open.files();
    chmodSync(open.own, 0o777);
    expect(await open.cache.read(key)).toBeNull();
    chmodSync(open.own, 0o700);
    expect(await open.cache.read(key)).toEqual(values);

    const other = setUp();
    await other.cache.write([...key, 'other'], values);
    symlinkSync(file!, join(other.own, file!.split('/').at(-1)!));
    expect(await other.cache.read(key)).toBeNull();
  });

  it('does without where nothing can be written', async () => {
    const file = join(temporaryFolder('scw-cache'), 'file');
    writeFileSync(file, '');
    for (const folder of [null, join(file, 'scw')]) {
      const cache = createCache({ folder, now: () => start });
      await cache.write(key, values);
      expect(await cache.read(key)).toBeNull();
    }
  });

  it('stands where the environment says', () => {
    const home = { HOME: '/home/alice' };
    expect(cacheFolder({ ...home, XDG_CACHE_HOME: '/x', SCW_CACHE_DIR: '/c' })).toBe('/c');
    expect(cacheFolder({ ...home, XDG_CACHE_HOME: '/x' })).toBe('/x/scw');
    expect(cacheFolder(home)).toBe('/home/alice/.cache/scw');
    expect(cacheFolder({})).toBeNull();
  });
});

describe('completion with its cache', () => {
  const reply = lists({ groups: [{ id: 'group', name: 'ops' }], rules: [{ id: 'rule' }] });

  it('asks once for a list, and again as somebody else', async () => {
    const { folder } = setUp();
    const env = { SCW_CACHE_DIR: folder, SCW_API_URL: undefined as string | undefined };
    const once = async (accessKey: string, url: string) => {
      const setting = { reply, env: { SCW_CACHE_DIR: env.SCW_CACHE_DIR, SCW_ACCESS_KEY: accessKey, SCW_API_URL: url } };
      return await ask(['fish', '--', 'scw iam group get '], setting);
    };
    // Nobody listens at this address: what comes, comes from the cache.
    const nowhere = 'http://127.0.0.1:9';
    expect((await once('SCWEXAMPLEEXAMPLE000', nowhere)).words).toEqual([]);
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) =>
      response.end(JSON.stringify({ groups: [{ id: 'group', name: 'ops' }], total_count: 1 })),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    expect((await once('SCWEXAMPLEEXAMPLE000', url)).words).toEqual(['group\tops']);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect((await once('SCWEXAMPLEEXAMPLE000', url)).words).toEqual(['group\tops']);
    expect((await once('SCWOTHEROTHEROTHER00', url)).words).toEqual([]);
    expect((await once('SCWEXAMPLEEXAMPLE000', nowhere)).words).toEqual([]);
  });

  it('keeps no secret, neither in a file nor in its name, and no list that belongs to one thing', async () => {
    const { folder, files } = setUp();
    const setting = { reply, env: { SCW_CACHE_DIR: folder } };
    await ask(['fish', '--', 'scw iam group get '], setting);
    await ask(['fish', '--', 'scw iam rule delete policy rule-id='], setting);
    expect(files()).toHaveLength(1);
    for (const text of [...files(), ...files().map((file) => readFileSync(file, 'utf8'))]) {
      expect(text).not.toContain(secretKey);
      expect(text).not.toContain('SCWEXAMPLEEXAMPLE000');
    }
  });
});
