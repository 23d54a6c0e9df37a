import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Built, builtFolder } from '../../test-support/built.ts';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import { blockOf } from '../support/pages.ts';
import {
  listAll,
  type Outcome,
  removeData,
  runProgram,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts';
import { goProgram } from './support/go-programs.ts';
import { pythonWithSdk } from './support/python.ts';
import { openWorkspace, terraformPrograms } from './support/terraform.ts';

const page = 'clients.md';
const building = 45 * 60_000;

for (const database of databases()) {
  describe(`the examples of ${page} on ${database.name}`, { timeout: 120_000 }, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let folder: string;
    let scw: Built;
    let python: Built;
    let terraform: Awaited<ReturnType<typeof terraformPrograms>>;

    beforeAll(async () => {
      [scw, python, terraform] = [await goProgram('scw'), await pythonWithSdk(), await terraformPrograms()];
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
      // Here, so that npm packages are found.
      folder = mkdtempSync(join(builtFolder, 'page-'));
    }, building);
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true });
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const run = (program: string, words: readonly string[], env: Readonly<Record<string, string>>) => {
      const own = { PATH: `${folder}:${process.env.PATH}`, HOME: server.data, ...env };
      return runProgram(program, words, { env: own, milliseconds: 60_000 });
    };
    /** The export lines of the page, with what this server has. */
    const variables = (): Readonly<Record<string, string>> => {
      const values = [server.url, server.accessKey, server.secretKey, server.organizationId, server.organizationId];
      const names = [...blockOf(page, 'sh', 'SCW_API_URL').matchAll(/^export (\w+)=/gm)].map(([, name = '']) => name);
      return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    };
    const file = () => ({ SCW_CONFIG_PATH: server.configuration });
    const expectDone = ({ code, stdout, stderr }: Outcome) => {
      expect(code, stdout + stderr).toBe(0);
      return stdout;
    };
    const namesOf = async (path: string) => (await listAll(server, path)).items.map(({ name }) => name);

    for (const [title, environment] of [
      ['the variables', variables],
      ['the file', file],
    ] as const) {
      it(`the official scw, configured by ${title}`, async ({ skip }) => {
        if ('missing' in scw) return skip(scw.missing);
        rmSync(join(folder, 'scw'), { force: true });
        symlinkSync(scw.path, join(folder, 'scw'));
        const lines = blockOf(page, 'sh', 'scw iam application create');
        const env = { ...environment(), SCW_DISABLE_CHECK_VERSION: 'true' };
        expect(expectDone(await run('bash', ['-e', '-c', lines], env))).toContain('"name":"web"');
      });
    }

    it('Terraform', async ({ skip }) => {
      if ('missing' in terraform) return skip(terraform.missing);
      using workspace = openWorkspace(terraform, blockOf(page, 'hcl', 'provider "scaleway" {}'), server);
      expectDone(await workspace.run(['apply', '-input=false', '-auto-approve']));
      expect(await namesOf('/iam/v1alpha1/policies')).toContain('deploy');
      expectDone(await workspace.run(['destroy', '-auto-approve']));
    });

    it('JavaScript', async () => {
      const example = join(folder, 'example.mjs');
      writeFileSync(example, blockOf(page, 'js', 'createClient'));
      expect(expectDone(await run(process.execPath, [example], variables()))).toBe('owner@bailiwick.internal\n');
    });

    it('Python', async ({ skip }) => {
      if ('missing' in python) return skip(python.missing);
      const example = join(folder, 'example.py');
      writeFileSync(example, blockOf(page, 'python', 'from_config_file_and_env'));
      expect(expectDone(await run(python.path, [example], file()))).toBe('owner@bailiwick.internal\n');
      expect(await namesOf('/iam/v1alpha1/policies')).toContain('nightly');
    });
  });
}
