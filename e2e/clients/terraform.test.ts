import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import { dataFolder, listAll, removeData, type ServerProcess, startServer } from '../support/server-process.ts';
import { resultsOf } from './support/compatibility.ts';
import { openWorkspace, type TerraformPrograms, terraformPrograms, type Workspace } from './support/terraform.ts';

const results = resultsOf('terraform');
const building = 45 * 60_000;
const applying = 180_000;

for (const database of databases()) {
  describe(`Terraform with the official provider, on ${database.name}`, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let programs: TerraformPrograms | null = null;
    const opened: Workspace[] = [];
    let publicKey: string;
    results(database.name, () => {
      if (programs === null) return null;
      const { terraform, provider } = programs;
      const version = `provider ${provider.version}, ${terraform.name} ${terraform.version}`;
      return { client: 'the official Terraform provider', version };
    });
    beforeEach(({ skip }) => skip(programs === null));

    beforeAll(async () => {
      const found = await terraformPrograms();
      if ('missing' in found) console.warn(`${found.missing}: what it makes of our answers is not tested`);
      else programs = found;
      created = await database.create();
      server = await startServer({ data: dataFolder(), databaseUrl: created.url });
      const key = join(server.data, 'id_test');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
      publicKey = readFileSync(`${key}.pub`, 'utf8').trim();
    }, building);
    afterAll(async () => {
      for (const workspace of opened) workspace[Symbol.dispose]();
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const open = (file: string) => {
      const workspace = openWorkspace(programs!, server, readFileSync(join(import.meta.dirname, file), 'utf8'));
      opened.push(workspace);
      return workspace;
    };

    describe('every resource and data source', () => {
      let folder: Workspace;
      const variables = (suffix: string) => ['-var', `public_key=${publicKey}`, '-var', `suffix=${suffix}`];
      const works = async (words: readonly string[]) => {
        const outcome = await folder.run(words);
        expect(outcome.code, `${words[0]}: ${outcome.stdout}${outcome.stderr}`).toBe(0);
        return outcome.stdout;
      };
      const plan = async (suffix: string) => {
        const outcome = await folder.run(['plan', '-input=false', '-detailed-exitcode', ...variables(suffix)]);
        // 0 is nothing to do, 2 is a change.
        expect([0, 2], outcome.stdout + outcome.stderr).toContain(outcome.code);
        return outcome.code === 0 ? 'nothing' : outcome.stdout;
      };

      it(
        'all resources and data sources: plan, apply and an empty second plan',
        async () => {
          folder = open('terraform/everything.tf');
          await works(['apply', '-input=false', '-auto-approve', ...variables('')]);
          expect(await plan('')).toBe('nothing');
          const found = JSON.parse(await works(['output', '-json'])).found.value;
          expect(found).toMatchObject({
            application: [expect.any(String), 'ci'],
            group: [expect.any(String), 'ops'],
            policy: [expect.any(String), 'readers'],
            user: [expect.any(String), 'ada'],
            ssh_key: [expect.any(String), 'laptop'],
            api_key: 'for builds',
            project: 'site',
            projects: 2,
          });
        },
        applying,
      );

      it(
        'all resources: a change in place',
        async () => {
          const changed = await works(['apply', '-input=false', '-auto-approve', ...variables('-2')]);
          expect(changed).toMatch(/0 added, \d+ changed, 0 destroyed/);
          expect(await plan('-2')).toBe('nothing');
        },
        applying,
      );

      it(
        'import',
        async () => {
          for (const [address, id] of resourcesOf(JSON.parse(await works(['show', '-json'])))) {
            if (hasMoreThanTheService.includes(address)) continue;
            await works(['state', 'rm', address]);
            await works(['import', '-input=false', ...variables('-2'), address, id]);
          }
          expect(await plan('-2')).toBe('nothing');
        },
        // Two starts of the program for each resource.
        2 * applying,
      );

      it(
        'destroy',
        async () => {
          await works(['destroy', '-auto-approve', ...variables('-2')]);
          for (const path of ['iam/v1alpha1/applications', 'iam/v1alpha1/ssh-keys', 'iam/v1alpha1/users?type=member']) {
            expect((await listAll(server, `/${path}`)).items).toEqual([]);
          }
        },
        applying,
      );
    });

    it(
      'fifty resources side by side, none of which had to be asked for twice',
      async () => {
        const { run } = open('terraform/many.tf');
        const variables = ['-var', `organization_id=${server.organizationId}`];
        const log = { TF_LOG_PROVIDER: 'DEBUG' };
        const applied = await run(['apply', '-input=false', '-auto-approve', ...variables], log);
        expect(applied.code, applied.stdout).toBe(0);
        expect(applied.stdout).toContain('Apply complete! Resources: 50 added');
        // One line when a request is made, and another for each time it is sent.
        expect(applied.stderr.match(/creating POST request on/g)).toHaveLength(50);
        expect(applied.stderr.match(/\[DEBUG\] POST /g)).toHaveLength(50);
        expect(applied.stderr).not.toMatch(/retrying/i);
        const again = await run(['plan', '-input=false', '-detailed-exitcode', ...variables]);
        expect(again.code, again.stdout).toBe(0);
        const gone = await run(['destroy', '-auto-approve', ...variables]);
        expect(gone.code, gone.stdout + gone.stderr).toBe(0);
      },
      applying,
    );
  });
}

/** Not imported: a password, or that the members are looked after elsewhere, is nothing that a service tells. */
const hasMoreThanTheService = ['scaleway_iam_user.ada', 'scaleway_iam_group.outside'];

interface State {
  readonly values: {
    readonly root_module: {
      readonly resources: readonly {
        readonly address: string;
        readonly mode: string;
        readonly values: { readonly id: string };
      }[];
    };
  };
}

/** Address and id of everything that was made. */
function resourcesOf({ values }: State): readonly (readonly [string, string])[] {
  return values.root_module.resources
    .filter(({ mode }) => mode === 'managed')
    .map(({ address, values: { id } }) => [address, id] as const);
}
