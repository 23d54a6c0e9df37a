import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verify } from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import {
  createAnotherOrganization,
  deleteOrganization,
  initialize,
  listOrganizations,
  listQuotas,
  setQuota,
} from '../src/administration.ts';
import { ConfigError } from '../src/config.ts';
import { serve } from '../src/serve.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { type Administration, administrationOf } from './support/administration.ts';
import type { Json } from './support/server.ts';

const nobody = '6f0c0000-0000-4000-8000-000000000001';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const names = 'iam_users, iam_applications, iam_groups, iam_policies, iam_api_keys, iam_ssh_keys, account_projects';

for (const database of databases()) {
  describe(`administration on ${database.name}`, () => {
    let created: TestDatabase;
    let administration: Administration;

    beforeEach(async () => {
      created = await database.create();
      administration = administrationOf(created.url);
    });
    afterEach(async () => {
      administration.remove();
      await created.drop();
    });

    const withDatabase = async <T>(work: (db: Storage['db']) => Promise<T>): Promise<T> => {
      const storage = await openStorage(created.url);
      return await work(storage.db).finally(() => storage.close());
    };
    /** What a server over the same database and data folder answers. */
    const call = async (path: string, key: string): Promise<{ status: number; body: Json }> => {
      const lines: string[] = [];
      const config = { ...administration.config, port: 0, logLevel: 'silent' };
      const server = await serve(config, { out: (line) => void lines.push(line) });
      try {
        const url = lines.at(-1)?.replace('listening on ', '');
        const answer = await fetch(`${url}${path}`, { headers: { 'x-auth-token': key, connection: 'close' } });
        return { status: answer.status, body: await answer.json() };
      } finally {
        await server.stop();
      }
    };
    const refusal = (work: Promise<void>, sentence: string) => expect(work).rejects.toThrow(new ConfigError(sentence));
    const organizations = async (): Promise<readonly string[]> => {
      await listOrganizations(administration.config, administration.terminal);
      return administration.said().map((line) => line.split('  ')[0] ?? '');
    };
    /** Makes the first organization; its id. */
    const begin = async (): Promise<string> => {
      await initialize(administration.config, administration.terminal);
      administration.said();
      return (await organizations())[0] ?? '';
    };
    const createOrganization = async (name: string): Promise<Json> => {
      await createAnotherOrganization(administration.config, { name }, administration.terminal);
      const [line = ''] = administration.said();
      return parse(readFileSync(line.replace('export SCW_CONFIG_PATH=', ''), 'utf8'));
    };
    const modeOf = (file: string) => statSync(join(administration.data, file)).mode & 0o777;

    it('init makes the first organization and tells where its credentials are, in files of their owner alone', async () => {
      await initialize(administration.config, administration.terminal);
      const { data } = administration;
      const said = administration.said();
      expect(said).toEqual([
        `export SCW_CONFIG_PATH=${join(data, 'scw.yaml')}`,
        `the owner's password and keys are in ${join(data, 'first-start.txt')}`,
      ]);
      for (const file of ['scw.yaml', 'first-start.txt', 'server.key']) expect(modeOf(file), file).toBe(0o600);
      const settings = parse(readFileSync(join(data, 'scw.yaml'), 'utf8'));
      expect(settings).toEqual({
        api_url: 'http://127.0.0.1:8080',
        access_key: expect.stringMatching(/^SCW[0-9A-Z]{17}$/),
        secret_key: expect.stringMatching(uuid),
        default_organization_id: expect.stringMatching(uuid),
        default_project_id: settings.default_organization_id,
      });
      const owned = await call('/iam/v1alpha1/users?type=owner', settings.secret_key);
      expect([owned.status, owned.body.users[0].email]).toEqual([200, 'owner@bailiwick.internal']);
      expect(await organizations()).toEqual([settings.default_organization_id]);
    });

    it('init is done once, and leaves what is there', async () => {
      await begin();
      const files = () =>
        readdirSync(administration.data)
          .filter((file) => !file.startsWith('bailiwick.db'))
          .map((file) => [file, readFileSync(join(administration.data, file), 'utf8')]);
      const before = files();
      await initialize(administration.config, administration.terminal);
      expect(administration.said()).toEqual(['the database is in use already: nothing to do']);
      expect(files()).toEqual(before);
      expect(await organizations()).toHaveLength(1);
    });

    it('another server key is refused by init and by organization create', async () => {
      await begin();
      writeFileSync(join(administration.data, 'server.key'), Buffer.alloc(32, 9).toString('base64'));
      const sentence =
        'the server key is not the one this database was made with; put the right server.key into the data folder';
      const { config, terminal } = administration;
      await refusal(initialize(config, terminal), sentence);
      await refusal(createAnotherOrganization(config, { name: 'acme' }, terminal), sentence);
      expect(await organizations()).toHaveLength(1);
    });

    it('organization create makes one more, whose owner knows nothing of the first', async () => {
      const first = await begin();
      const values = { name: 'Acme & Co', 'owner-email': 'ada@example.org' };
      await createAnotherOrganization(administration.config, values, administration.terminal);
      const said = administration.said();
      const second = (await organizations())[1] ?? '';
      const note = `organization-${second}.txt`;
      expect(said).toEqual([
        `export SCW_CONFIG_PATH=${join(administration.data, `scw-${second}.yaml`)}`,
        `the owner's password and keys are in ${join(administration.data, note)}`,
      ]);
      for (const file of [note, `scw-${second}.yaml`]) expect(modeOf(file)).toBe(0o600);
      const settings = parse(readFileSync(join(administration.data, `scw-${second}.yaml`), 'utf8'));
      expect([settings.default_organization_id, settings.default_project_id]).toEqual([second, second]);
      const shown = await call(`/iam/v1alpha1/organizations/${second}`, settings.secret_key);
      expect([shown.status, shown.body.name]).toEqual([200, 'Acme & Co']);
      expect((await call(`/iam/v1alpha1/organizations/${first}`, settings.secret_key)).status).toBe(404);

      const lines = readFileSync(join(administration.data, note), 'utf8').trim().split('\n');
      const told = Object.fromEntries(lines.map((line) => line.split(/ {2,}/)));
      expect(told).toEqual({
        'sign in once': expect.stringMatching(/^http:\/\/127\.0\.0\.1:8080\/auth\/sign-in\?attempt=bwsi_/),
        organization: second,
        owner: 'ada@example.org',
        password: expect.stringMatching(/^[\w-]{24}$/),
        'access key': settings.access_key,
        'secret key': settings.secret_key,
      });
      const owner = await withDatabase((db) =>
        db.selectFrom('users').selectAll().where('organization_id', '=', second).executeTakeFirstOrThrow(),
      );
      expect([owner.username, owner.type]).toEqual(['ada@example.org', 'owner']);
      expect(await verify(owner.password_hash ?? '', told.password ?? '')).toBe(true);
    });

    it('organization create needs a name, and an address in its form', async () => {
      const { config, terminal } = administration;
      const needed = 'organization create needs --name NAME';
      for (const values of [{}, { name: '' }, { name: '  ' }])
        await refusal(createAnotherOrganization(config, values, terminal), needed);
      const values = { name: 'acme', 'owner-email': 'ada at example' };
      await refusal(
        createAnotherOrganization(config, values, terminal),
        '--owner-email must look like name@example.org',
      );
      expect(await organizations()).toEqual([]);
    });

    it('organization create on a new database makes the first one as well', async () => {
      const { default_organization_id: second } = await createOrganization('acme');
      const first = parse(readFileSync(join(administration.data, 'scw.yaml'), 'utf8'));
      expect(await organizations()).toEqual([first.default_organization_id, second]);
      expect((await call('/iam/v1alpha1/users', first.secret_key)).status).toBe(200);
    });

    it('organization list shows id and name in the order in which they were made', async () => {
      const first = await begin();
      const made = [await createOrganization('zebra'), await createOrganization('acme')];
      await listOrganizations(administration.config, administration.terminal);
      const [zebra, acme] = made.map(({ default_organization_id: id }) => id);
      expect(administration.said()).toEqual([`${first}  default`, `${zebra}  zebra`, `${acme}  acme`]);
    });

    it('organization delete wants the id twice and one that exists', async () => {
      const first = await begin();
      const { config, terminal } = administration;
      const twice = `deleting an organization deletes everything in it; repeat its id as --yes ${first}`;
      for (const values of [{}, { yes: '' }, { yes: 'yes' }, { yes: nobody }])
        await refusal(deleteOrganization(config, first, values, terminal), twice);
      const unknown = `there is no organization \`${nobody}\`; \`bailiwick organization list\` shows them`;
      await refusal(deleteOrganization(config, nobody, { yes: nobody }, terminal), unknown);
      expect(await organizations()).toEqual([first]);
    });

    it('organization delete takes everything but the log, whose last entry tells of it, and nothing of others', async () => {
      const first = await begin();
      const { default_organization_id: id, secret_key: key } = await createOrganization('acme');
      const { config, terminal } = administration;
      await deleteOrganization(config, id, { yes: id }, terminal);
      expect(administration.said()).toEqual([`organization ${id} is deleted`]);
      expect(await organizations()).toEqual([first]);
      expect((await call('/iam/v1alpha1/users', key)).status).toBe(401);
      const { secret_key } = parse(readFileSync(join(administration.data, 'scw.yaml'), 'utf8'));
      expect((await call('/iam/v1alpha1/users', secret_key)).body.total_count).toBe(1);
      await withDatabase(async (db) => {
        const log = await db.selectFrom('audit_entries').selectAll().where('organization_id', '=', id).execute();
        const revisions = log.map(({ revision }) => revision).toSorted((a, b) => a - b);
        expect(revisions).toEqual(revisions.map((_, index) => index + 1));
        expect(log.find(({ revision }) => revision === revisions.length)).toMatchObject({
          operation: 'organizations.delete',
          action: 'deleted',
          resource_type: 'organization',
          resource_id: id,
          bearer_type: 'platform',
        });
        for (const table of ['users', 'groups', 'policies', 'api_keys', 'projects', 'resource_counts'] as const) {
          const rows = await db.selectFrom(table).select('organization_id').execute();
          expect(
            rows.map((row) => row.organization_id).filter((owner) => owner !== first),
            table,
          ).toEqual([]);
        }
      });
      await refusal(
        deleteOrganization(config, id, { yes: id }, terminal),
        `there is no organization \`${id}\`; \`bailiwick organization list\` shows them`,
      );
    });

    it('quota set changes one quota of one organization, which leaves an entry that the log does not show', async () => {
      const first = await begin();
      await createOrganization('acme');
      const { config, terminal } = administration;
      await setQuota(config, [first, 'iam_groups', '500'], terminal);
      await setQuota(config, [first, 'iam_users', 'unlimited'], terminal);
      await setQuota(config, [first, 'iam_groups', '0'], terminal);
      expect(administration.said()).toEqual([
        `iam_groups of ${first} is 500`,
        `iam_users of ${first} is unlimited`,
        `iam_groups of ${first} is 0`,
      ]);
      await listQuotas(config, first, terminal);
      expect(administration.said()).toEqual([
        'iam_users  1/unlimited',
        'iam_applications  0/100',
        'iam_groups  3/0',
        'iam_policies  3/50',
        'iam_api_keys  1/100',
        'iam_ssh_keys  0/50',
        'account_projects  1/25',
      ]);
      await listQuotas(config, (await organizations())[1] ?? '', terminal);
      expect(administration.said().slice(0, 3)).toEqual([
        'iam_users  1/50',
        'iam_applications  0/100',
        'iam_groups  3/50',
      ]);
      const entries = await withDatabase((db) =>
        db.selectFrom('audit_entries').selectAll().where('operation', '=', 'quotas.set').orderBy('revision').execute(),
      );
      expect(
        entries.map(({ resource_type, resource_id, bearer_type }) => [resource_type, resource_id, bearer_type]),
      ).toEqual(['iam_groups', 'iam_users', 'iam_groups'].map((name) => ['quota', name, 'platform']));
      const { secret_key } = parse(readFileSync(join(administration.data, 'scw.yaml'), 'utf8'));
      const { body } = await call('/iam/v1alpha1/logs?page_size=100', secret_key);
      expect(body.logs.filter(({ resource_id }: Json) => resource_id.startsWith('iam_'))).toEqual([]);
    });

    it('quota set and quota list refuse what is wrong', async () => {
      const first = await begin();
      const { config, terminal } = administration;
      const unknown = `there is no organization \`${nobody}\`; \`bailiwick organization list\` shows them`;
      await refusal(setQuota(config, [nobody, 'iam_users', '5'], terminal), unknown);
      await refusal(listQuotas(config, nobody, terminal), unknown);
      await refusal(setQuota(config, [first, 'users', '5'], terminal), `\`users\` is none of ${names}`);
      await refusal(setQuota(config, [first], terminal), `\`\` is none of ${names}`);
      for (const value of ['-1', '1.5', 'many', '', '1e3', '9'.repeat(13)])
        await refusal(
          setQuota(config, [first, 'iam_users', value], terminal),
          'quota iam_users takes a number from 0 or `unlimited`',
        );
      await listQuotas(config, first, terminal);
      expect(administration.said()[0]).toBe('iam_users  1/50');
    });

    it('no secret is ever said', async () => {
      await initialize(administration.config, administration.terminal);
      await createAnotherOrganization(administration.config, { name: 'acme' }, administration.terminal);
      const said = administration.said().join('\n');
      const notes = readdirSync(administration.data).filter((file) => file.endsWith('.txt'));
      const secrets = notes.flatMap((file) =>
        [
          ...readFileSync(join(administration.data, file), 'utf8').matchAll(
            /^(?:password|secret key|access key) +(.+)$/gm,
          ),
        ].map(([, secret]) => secret),
      );
      expect(secrets).toHaveLength(6);
      for (const secret of secrets) expect(said).not.toContain(secret);
    });
  });
}
