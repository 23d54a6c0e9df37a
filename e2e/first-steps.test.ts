import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { readDatabase } from './support/database.ts';
import { contradictions } from './support/invariants.ts';
import {
  type Json,
  removeData,
  runBailiwick,
  runProgram,
  runScw,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const root = join(import.meta.dirname, '..');
const lists = [
  'account project',
  'iam application',
  'iam api-key',
  'iam user',
  'iam group',
  'iam policy',
  'iam ssh-key',
] as const;
/** Everything that the steps make rows of, and what hangs on it. */
const tables = [
  'projects',
  'applications',
  'api_keys',
  'users',
  'groups',
  'group_members',
  'policies',
  'rules',
  'rule_permission_sets',
  'rule_projects',
  'ssh_keys',
  'jwts',
];

for (const database of databases()) {
  describe(`a newcomer on ${database.name}`, { timeout: 90_000 }, () => {
    let server: ServerProcess;
    let created: TestDatabase;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const scwJson = async (line: string): Promise<Json> => {
      const { code, stdout, stderr } = await runScw(server, [...line.split(' '), '-o', 'json']);
      expect([code, stderr], line).toEqual([0, '']);
      return JSON.parse(stdout);
    };
    const everything = () => Promise.all(lists.map((list) => scwJson(`${list} list`)));
    const rowsOfAll = () =>
      readDatabase(created.url, async (rows) => {
        const all: Record<string, readonly Json[]> = {};
        for (const table of tables) all[table] = await rows(`select * from ${table} order by 1, 2`);
        // Using a key is no change to it: the moment is kept within a minute, not at once.
        return { ...all, api_keys: all.api_keys?.map(({ last_used_at, ...key }) => key) };
      });

    it('takes the first steps, and nothing but the log is left of them', async () => {
      const before = await everything();
      const rowsBefore = await rowsOfAll();
      const logBefore = await scwJson('iam log list order-by=created_at_asc');
      const env = {
        ...process.env,
        HOME: server.data,
        SCW_CONFIG_PATH: server.configuration,
        SCW: `${process.execPath} packages/cli/bin/scw.js`,
      };
      const { code, stdout, stderr } = await runProgram('bash', ['examples/first-steps.sh'], { cwd: root, env });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^NbRules +2$/m);
      expect(stdout).toMatch(/^Fingerprint +256 MD5:[0-9a-f:]{47} \(ssh-ed25519\)$/m);
      expect(stdout.match(/^.*has been successfully deleted\.$/gm)).toEqual(
        ['Policy', 'Group', 'User', 'API key', 'Application', 'SSH key', 'Project'].map(
          (what) => `✅ ${what} has been successfully deleted.`,
        ),
      );

      expect(await everything()).toEqual(before);
      expect(await rowsOfAll()).toEqual(rowsBefore);
      expect(await contradictions(created.url)).toEqual([]);
      const log = await scwJson('iam log list order-by=created_at_asc');
      expect(log.slice(0, logBefore.length)).toEqual(logBefore);
      expect(
        log.slice(logBefore.length).map(({ action, resource_type }: Json) => `${resource_type} ${action}`),
      ).toEqual([
        'application created',
        'api_key created',
        'user created',
        'group created',
        'group updated',
        'policy created',
        'policy updated',
        'policy deleted',
        'group deleted',
        'user deleted',
        'api_key deleted',
        'application deleted',
      ]);
    });

    it('makes a second organization, whose key knows nothing of the first', async () => {
      const administer = (...words: string[]) =>
        runBailiwick(['organization', ...words, '--data', server.data, '--database-url', created.url]);
      const { code, stdout } = await administer('create', '--name', 'second');
      expect(code).toBe(0);
      const configuration = /export SCW_CONFIG_PATH=(\S+)/.exec(stdout)?.[1] ?? '';
      expect((await administer('list')).stdout.trim().split('\n')).toHaveLength(2);
      const { id } = await scwJson('iam application create name=mine');
      const other = { SCW_CONFIG_PATH: configuration, SCW_API_URL: server.url };
      const words = ['iam', 'application', 'get', id];
      expect((await runScw(server, words)).code).toBe(0);
      expect(await runScw(server, words, other)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^Cannot find resource 'application'/),
      });
      const list = await runScw(server, ['iam', 'application', 'list', '-o', 'json'], other);
      expect([list.code, list.stdout]).toEqual([0, '[]\n']);
    });
  });
}
