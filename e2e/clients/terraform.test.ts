import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import { endedCertificate, signingCertificate } from '../../test-support/signing-certificate.ts';
import {
  callApi,
  dataFolder,
  listAll,
  removeData,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts';
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
    let publicKeys: readonly string[];
    results(database.name, () => {
      if (programs === null) return null;
      const { terraform, provider } = programs;
      const machine = `${terraform.name} ${terraform.version}`;
      return { client: 'the official Terraform provider', version: `provider ${provider.version}`, machine };
    });
    beforeEach(({ skip }) => skip(programs === null));

    beforeAll(async () => {
      const found = await terraformPrograms();
      if ('missing' in found) console.warn(`${found.missing}: what it makes of our answers is not tested`);
      else programs = found;
      created = await database.create();
      server = await startServer({ data: dataFolder(), databaseUrl: created.url });
      publicKeys = ['laptop', 'phone'].map((name) => {
        const key = join(server.data, name);
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
        return readFileSync(`${key}.pub`, 'utf8').trim();
      });
    }, building);
    afterAll(async () => {
      for (const workspace of opened) workspace[Symbol.dispose]();
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const open = (file: string) => {
      const workspace = openWorkspace(programs!, readFileSync(join(import.meta.dirname, file), 'utf8'), server);
      opened.push(workspace);
      return workspace;
    };

    describe('every resource and data source', () => {
      let folder: Workspace;
      const variables = (suffix: string) => {
        const [key, other] = publicKeys;
        const values = [`public_key=${key}`, `other_public_key=${other}`, `suffix=${suffix}`];
        return values.flatMap((value) => ['-var', value]);
      };
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
            old_ssh_key: [expect.any(String), 'phone'],
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
          const importAgain = async (chosen: (address: string) => boolean) => {
            for (const [address, id] of resourcesOf(JSON.parse(await works(['show', '-json'])))) {
              if (!chosen(address)) continue;
              await works(['state', 'rm', address]);
              await works(['import', '-input=false', ...variables('-2'), address, id]);
            }
          };
          await importAgain((address) => !hasMoreThanTheService.includes(address));
          expect(await plan('-2')).toBe('nothing');
          await importAgain((address) => hasMoreThanTheService.includes(address));
          const completed = await works(['apply', '-input=false', '-auto-approve', ...variables('-2')]);
          expect(completed).toContain(`0 added, ${hasMoreThanTheService.length} changed, 0 destroyed`);
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
      'sign-in by an identity provider, and provisioning by a directory',
      async () => {
        const { run } = open('terraform/federation.tf');
        const works = async (words: readonly string[], { content }: { readonly content: string }) => {
          const outcome = await run([...words, '-input=false', '-var', `certificate=${content}`]);
          expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
          return outcome.stdout;
        };
        const apply = ['apply', '-auto-approve'];
        const plan = ['plan', '-detailed-exitcode'];
        const found = async () => JSON.parse((await run(['output', '-json'])).stdout).found.value;
        const iam = '/iam/v1alpha1';
        const configuration = async (kind: string) =>
          await callApi(server, 'GET', `${iam}/organizations/${server.organizationId}/${kind}`);

        await works(apply, signingCertificate);
        await works(plan, signingCertificate);
        const { id } = (await configuration('saml')).body;
        expect(await found()).toMatchObject({
          provider: `${server.url}/saml/${id}`,
          consumer: `${server.url}/iam/v1/saml/${id}/login`,
          entity_id: '',
          certificate: signingCertificate.content,
          origin: 'identity_provider',
          scim: (await configuration('scim')).body.id,
        });
        const idp = { entity_id: 'https://idp.example.org', single_sign_on_url: 'https://idp.example.org/sso' };
        await callApi(server, 'PATCH', `${iam}/saml/${id}`, idp);
        expect(await works(apply, endedCertificate)).toContain('1 added, 0 changed, 1 destroyed');
        expect(await found()).toMatchObject({ entity_id: idp.entity_id, certificate: endedCertificate.content });
        await works(plan, endedCertificate);
        await works(['destroy', '-auto-approve'], endedCertificate);
        for (const kind of ['saml', 'scim']) expect((await configuration(kind)).status).toBe(404);
      },
      applying,
    );

    it(
      'an ephemeral key and a write-only password: each run works with its own key, and no state holds either',
      async () => {
        const { run } = open('terraform/ephemeral.tf');
        const post = async (path: string, body: object) =>
          (await callApi(server, 'POST', `/iam/v1alpha1/${path}`, body)).body;
        const { id } = await post('applications', { name: 'pipeline' });
        const rules = [{ permission_set_names: ['IAMManager'], organization_id: server.organizationId }];
        await post('policies', { name: 'pipeline', application_id: id, rules });
        const keys = async () => (await listAll(server, `/iam/v1alpha1/api-keys?bearer_id=${id}`)).items;
        const password = 'correct horse battery';
        const values = [`application_id=${id}`, 'expires_at=2040-01-02T03:04:05Z', `password=${password}`];
        const variables = values.flatMap((value) => ['-var', value]);

        const applied = await run(['apply', '-input=false', '-auto-approve', ...variables]);
        expect(applied.code, applied.stdout + applied.stderr).toBe(0);
        const made = await keys();
        expect(made.length).toBeGreaterThan(0);
        for (const key of made) expect(key.expires_at).toBe('2040-01-02T03:04:05Z');
        const state = (await run(['show', '-json'])).stdout;
        for (const secret of [password, ...made.map(({ access_key }) => access_key)])
          expect(state).not.toContain(secret);
        const [application] = resourcesOf(JSON.parse(state));
        expect((await listAll(server, '/iam/v1alpha1/users?type=member')).items).toMatchObject([{ username: 'grace' }]);
        const { items: entries } = await listAll(server, `/iam/v1alpha1/logs?search=${application?.[1]}`);
        expect(entries).toMatchObject([{ action: 'created', bearer_id: id }]);

        const again = await run(['plan', '-input=false', '-detailed-exitcode', ...variables]);
        expect(again.code, again.stdout + again.stderr).toBe(0);
        expect((await keys()).length).toBeGreaterThan(made.length);
        const gone = await run(['destroy', '-auto-approve', ...variables]);
        expect(gone.code, gone.stdout + gone.stderr).toBe(0);
      },
      applying,
    );

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

/** A password, or that the members are looked after elsewhere, is nothing that a service tells: it is added in place. */
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
