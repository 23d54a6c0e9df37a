import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { bendDatabase, readDatabase } from './support/database.ts';
import { removeData, runBailiwick, runScw, type ServerProcess, startServer } from './support/server-process.ts';

const dropTriggers = {
  SQLite: ['update', 'delete', 'replace'].map((name) => `drop trigger audit_entries_no_${name}`),
  PostgreSQL: ['append_only', 'may_delete'].map((name) => `drop trigger audit_entries_${name} on audit_entries`),
};

for (const database of databases()) {
  describe(`a log that is bent behind the back of a running server on ${database.name}`, () => {
    let created: TestDatabase;
    let server: ServerProcess;
    let ours: string;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
      ours = `organization_id = '${server.organizationId}'`;
      await bendDatabase(created.url, ...dropTriggers[database.name]);
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const change = async (name: string) =>
      expect((await runScw(server, ['iam', 'application', 'create', `name=${name}`])).code).toBe(0);
    const byClient = async () => {
      const { code, stdout, stderr } = await runScw(server, ['iam', 'log', 'verify', '-o', 'json']);
      if (stdout === '') throw new Error(stderr);
      return { code, ...JSON.parse(stdout) };
    };
    const byOperator = () => runBailiwick(['log', 'verify', '--data', server.data, '--database-url', created.url]);
    const bend = (...statements: readonly string[]) => bendDatabase(created.url, ...statements);

    it('is as it was signed while nobody has', async () => {
      await change('one');
      expect(await byClient()).toMatchObject({ code: 0, verified: true, adopted: 0, verified_before: 0 });
      await change('two');
      const found = await byClient();
      expect(found).toMatchObject({ code: 0, verified: true, verified_before: found.entries - 1 });
      const { code, stdout } = await byOperator();
      expect([code, stdout]).toEqual([0, expect.stringMatching(/: as it was signed\n$/)]);
    });

    it('a changed entry is named, by the client and by the operator, also after further changes', async () => {
      const [{ ip }] = await readDatabase(created.url, (rows) =>
        rows(`select ip from audit_entries where ${ours} and revision = 5`),
      );
      await bend(`update audit_entries set ip = '203.0.113.9' where ${ours} and revision = 5`);
      await change('three');
      const fault = { entry: 5, problem: 'it was changed: it is not what was signed' };
      expect(await byClient()).toMatchObject({ code: 1, verified: false, faults: expect.arrayContaining([fault]) });
      const { code, stdout } = await byOperator();
      expect([code, stdout]).toEqual([
        1,
        expect.stringContaining('entry 5: it was changed: it is not what was signed'),
      ]);
      await bend(`update audit_entries set ip = '${ip}' where ${ours} and revision = 5`);
      expect((await byClient()).code).toBe(0);
    });

    it('a log that is cut and whose former head is put back is found by whoever has verified it since', async () => {
      const [former] = await readDatabase(created.url, (rows) => rows(`select * from log_heads where ${ours}`));
      const restored = Object.entries(former).map(([column, value]) => `${column} = '${value}'`);
      await change('four');
      expect([(await byClient()).code, (await byOperator()).code]).toEqual([0, 0]);
      await bend(
        `delete from audit_entries where ${ours} and revision > ${former.tree_size}`,
        `update organizations set revision = ${former.tree_size} where id = '${server.organizationId}'`,
        `update log_heads set ${restored.join(', ')} where ${ours}`,
      );
      const size = former.tree_size;
      const problem = `the log was cut: it has ${size} entries, ${size + 1} were verified before`;
      expect(await byClient()).toMatchObject({ code: 1, faults: [{ entry: null, problem }] });
      expect(await byOperator()).toMatchObject({ code: 1, stdout: expect.stringContaining(problem) });
      const elsewhere = join(server.data, 'another.json');
      const fresh = await runScw(server, ['iam', 'log', 'verify', `state-file=${elsewhere}`]);
      expect(fresh.code, 'nothing is known of what was cut').toBe(0);
    });
  });
}
