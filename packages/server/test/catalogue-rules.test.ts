import { createCatalogue } from '@bailiwick/authz';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { toCatalogueData } from '../src/catalogue/catalogue.ts';
import { type CatalogueSource, createCatalogueSource } from '../src/catalogue/source.ts';
import { createApplication, keyFor } from './support/bearers.ts';
import { type CatalogueFile, catalogueFile, wikiWith } from './support/catalogue-files.ts';
import { expectRefused, invalid } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`permission sets of an operator on ${database.name}`, () => {
    const server = serverOn(database);
    let file: CatalogueFile;
    let source: CatalogueSource;
    let organization: string;
    let reader: { readonly id: string; readonly key: string };

    beforeAll(async () => {
      organization = server.organization.organizationId;
      file = catalogueFile(wikiWith({ name: 'WikiReader' }));
      source = await createCatalogueSource({
        ...server.services,
        path: file.path,
        use: (catalogue) => server.services.decisions.useCatalogue(createCatalogue(toCatalogueData(catalogue))),
      });
      Object.defineProperty(server.services, 'catalogue', { get: () => source.current(), enumerable: true });
      const { id } = await createApplication(server);
      reader = { id, key: await keyFor(server, { application_id: id }) };
    });
    afterAll(() => {
      file.remove();
    });

    const load = async (text: string) => {
      file.write(text);
      return source.reload();
    };
    const createPolicy = async (name: string, sets: readonly string[]): Promise<Json> => {
      const rules = [{ permission_set_names: sets, project_ids: [organization] }];
      const body = { name, organization_id: organization, application_id: reader.id, rules };
      const { status, body: policy } = await server.call('POST', `${iam}/policies`, { body });
      expect([status, policy.name]).toEqual([200, name]);
      return policy;
    };
    const namesIn = async (policy: Json): Promise<Json> =>
      (await server.call('GET', `${iam}/rules?policy_id=${policy.id}`)).body.rules[0].permission_set_names;
    const mayRead = async (): Promise<Json> => {
      const permissions = [{ service: 'wiki', name: 'page', action: 'read', project_id: organization }];
      const answer = await server.call('POST', `${iam}/check-permissions`, { key: reader.key, body: { permissions } });
      return answer.body.responses[0].decision;
    };
    const listed = async (name: string): Promise<Json> => {
      const pages = [1, 2, 3].map((page) =>
        server.call('GET', `${iam}/permission-sets?organization_id=${organization}&page_size=100&page=${page}`),
      );
      return (await Promise.all(pages))
        .flatMap(({ body }) => body.permission_sets)
        .find((set: Json) => set.name === name);
    };
    const refusedRule = async (name: string, help: string) => {
      const rules = [{ permission_set_names: [name], project_ids: [organization] }];
      const body = { name: 'refused', organization_id: organization, application_id: reader.id, rules };
      const request = ['POST', `${iam}/policies`, { body }] as const;
      await expectRefused(server, request, invalid(['rules[0].permission_set_names', 'constraint', help]));
    };

    it('are listed with the others, go into rules, grant, are renamed, deprecated and come back, while rules stay', async () => {
      const set = await listed('WikiReader');
      expect(set).toEqual({
        id: source.current().byName('WikiReader')?.id,
        name: 'WikiReader',
        scope_type: 'projects',
        description: '',
        categories: [],
      });
      expect(await mayRead()).toBe('deny');
      const policy = await createPolicy('readers', ['WikiReader', 'SSHKeysReadOnly']);
      expect(await namesIn(policy)).toEqual(['WikiReader', 'SSHKeysReadOnly']);
      expect(await mayRead()).toBe('allow');

      await load(wikiWith({ name: 'WikiVisitor', lines: ['former_names: [WikiReader]'] }));
      expect(await namesIn(policy)).toEqual(['WikiVisitor', 'SSHKeysReadOnly']);
      expect([await mayRead(), (await listed('WikiVisitor')).id, await listed('WikiReader')]).toEqual([
        'allow',
        set.id,
        undefined,
      ]);
      await refusedRule(
        'WikiReader',
        'permission set WikiReader is retired; see the list of permission sets for the one that replaced it',
      );

      expect((await load(wikiWith())).deprecated).toEqual([{ name: 'WikiVisitor', rules: 1 }]);
      expect(await namesIn(policy)).toEqual(['WikiVisitor', 'SSHKeysReadOnly']);
      expect([await mayRead(), await listed('WikiVisitor')]).toEqual(['deny', undefined]);
      await refusedRule(
        'WikiVisitor',
        'permission set WikiVisitor is deprecated: rules that have it keep it, but it grants nothing; choose another from the list of permission sets',
      );

      await load(wikiWith({ name: 'WikiVisitor' }));
      expect([await mayRead(), (await listed('WikiVisitor')).id]).toEqual(['allow', set.id]);
    });

    it('keep their scope type while a rule holds them', async () => {
      await load(wikiWith({ name: 'WikiKeeper' }));
      const policy = await createPolicy('keepers', ['WikiKeeper']);
      const changed = `${wikiWith().replace(' []', '')}  - {name: WikiKeeper, scope_type: organization}\n`;
      await expect(load(changed)).rejects.toThrow(
        `${file.path}:12: permission set \`WikiKeeper\`: its scope type was projects, and 1 rule holds it as that; keep it, or give the set another name`,
      );
      expect(source.current().byName('WikiKeeper')?.scope_type).toBe('projects');
      await server.call('DELETE', `${iam}/policies/${policy.id}`);
      await load(changed);
      expect((await listed('WikiKeeper')).scope_type).toBe('organization');
    });

    it('grant and refuse through all reloads without one request that fails', async () => {
      const texts = [wikiWith({ name: 'WikiSteady' }), wikiWith(), 'version: 2'];
      await load(texts[0] ?? '');
      await createPolicy('steady', ['WikiSteady']);
      let asking = true;
      const answers = (async () => {
        const seen = new Map<Json, number>();
        while (asking) {
          const answer = await mayRead();
          seen.set(answer, (seen.get(answer) ?? 0) + 1);
          await new Promise((resolve) => setImmediate(resolve));
        }
        return seen;
      })();
      for (let turn = 0; turn < 30; turn += 1) {
        await load(texts[turn % texts.length] ?? '').catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      asking = false;
      const seen = await answers;
      expect([...seen.keys()].toSorted()).toEqual(['allow', 'deny']);
    });
  });
}
