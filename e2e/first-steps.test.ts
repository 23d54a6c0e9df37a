import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import {
  removeData,
  runBailiwick,
  runProgram,
  runScw,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const root = join(import.meta.dirname, '..');

for (const database of databases()) {
  describe(`a newcomer on ${database.name}`, () => {
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

    it('takes the first steps, and nothing but the log is left of them', async () => {
      const everything = async () => {
        const lists = [
          'account project',
          'iam application',
          'iam api-key',
          'iam user',
          'iam group',
          'iam policy',
          'iam ssh-key',
        ];
        return Promise.all(
          lists.map(async (list) => (await runScw(server, [...list.split(' '), 'list', '-o', 'json'])).stdout),
        );
      };
      const before = await everything();
      const env = {
        ...process.env,
        HOME: server.data,
        SCW_CONFIG_PATH: server.configuration,
        SCW: `${process.execPath} packages/cli/bin/scw.js`,
      };
      const { code, stdout, stderr } = await runProgram('bash', ['examples/first-steps.sh'], { cwd: root, env });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('ObjectStorageFullAccess');
      expect(stdout.match(/has been successfully deleted\./g)).toHaveLength(7);
      expect(await everything()).toEqual(before);
    });

    it('makes a second organization, whose key knows nothing of the first', async () => {
      const administer = (...words: string[]) =>
        runBailiwick(['organization', ...words, '--data', server.data, '--database-url', created.url]);
      const { code, stdout } = await administer('create', '--name', 'second');
      expect(code).toBe(0);
      const configuration = /export SCW_CONFIG_PATH=(\S+)/.exec(stdout)?.[1] ?? '';
      expect((await administer('list')).stdout.trim().split('\n')).toHaveLength(2);
      const { stdout: made } = await runScw(server, ['iam', 'application', 'create', 'name=mine', '-o', 'json']);
      const other = { SCW_CONFIG_PATH: configuration, SCW_API_URL: server.url };
      const words = ['iam', 'application', 'get', JSON.parse(made).id];
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
