import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import { connectDirectory } from '../support/directory.ts';
import { dataFolder, removeData, runProgram, type ServerProcess, startServer } from '../support/server-process.ts';
import { pythonWithScimTester } from './support/python.ts';

/** What check.py prints of one check. */
interface Checked {
  readonly status: string;
  readonly title: string;
  readonly resource: string | null;
  readonly reason: string | null;
}

/** What we do not do as the checks would have it, and why. */
const otherwise = [
  // A member always has a language: what is taken away becomes the ordinary one.
  ['check_remove_attribute', "PATCH modify() did not remove attribute 'locale'"],
  // A member is locked or not. Whoever leaves it open has to say which.
  ['check_remove_attribute', "Failed to remove attribute 'active': active must be true or false, not nothing"],
] as const;

const installing = 10 * 60_000;

for (const database of databases()) {
  describe(`scim2-tester against a server on ${database.name}`, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let checked: readonly Checked[] | null = null;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ data: dataFolder(), databaseUrl: created.url });
      const python = await pythonWithScimTester();
      if ('missing' in python) {
        console.warn(`${python.missing}: what it finds in our answers is not tested`);
        return;
      }
      const { address, token } = await connectDirectory(server);
      const check = join(import.meta.dirname, 'scim/check.py');
      const env = { HOME: server.data, PYTHONDONTWRITEBYTECODE: '1' };
      const { code, stdout, stderr } = await runProgram(python.path, [check, address, token], {
        env,
        milliseconds: 120_000,
      });
      expect(code, stderr).toBe(0);
      checked = JSON.parse(stdout);
    }, installing);
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });
    beforeEach(({ skip }) => skip(checked === null));

    it('all checks pass, but for those whose reason is known', () => {
      const failed = checked!.filter(({ status }) => status !== 'SUCCESS' && status !== 'SKIPPED');
      expect(failed.map(({ title, reason }) => [title, reason])).toEqual(otherwise);
      expect(checked!.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(60);
    });

    it('what is skipped is what is not served', () => {
      const skipped = checked!.filter(({ status }) => status === 'SKIPPED');
      expect(skipped.map(({ title, resource }) => [title, resource])).toEqual([
        ['search_with_attributes', 'User'],
        ['search_with_attributes', 'Group'],
      ]);
    });
  });
}
