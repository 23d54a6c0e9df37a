import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { loadBuiltInCatalogue } from '../src/catalogue/catalogue.ts';
import { type CatalogueSource, createCatalogueSource } from '../src/catalogue/source.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { create } from './support/bearers.ts';
import { type CatalogueFile, catalogueFile, refusals, wikiWith } from './support/catalogue-files.ts';
import { serverOn } from './support/server.ts';

const off = 'built_in_products: false\n';
const product = 'InstancesFullAccess';
const stays = ['IAMManager', 'ProjectManager', 'BillingManager', 'AuditTrailFullAccess', 'AllProductsFullAccess'];
const builtIn = loadBuiltInCatalogue();
const names = (source: CatalogueSource) => source.current().permissionSets.map(({ name }) => name);

for (const database of databases()) {
  describe(`sets of products that are not here, on ${database.name}`, () => {
    let created: TestDatabase;
    let storage: Storage;
    let file: CatalogueFile;
    const clock = { now: () => 1000 };

    beforeEach(async () => {
      created = await database.create();
      storage = await openStorage(created.url);
      file = catalogueFile(`${wikiWith({ name: 'WikiReader' })}${off}`);
    });
    afterEach(async () => {
      file.remove();
      await storage.close();
      await created.drop();
    });

    it('are there unless the file says otherwise, and go and come with it', async () => {
      const source = await createCatalogueSource({ path: file.path, storage, clock });
      const less = names(source);
      expect(less).not.toContain(product);
      expect(less).toEqual(expect.arrayContaining([...stays, 'SSHKeysReadOnly', 'IAMDecisionPoint', 'WikiReader']));
      expect(less.length).toBeLessThan(50);
      file.write(`${wikiWith({ name: 'WikiReader' })}built_in_products: true\n`);
      await source.reload();
      expect(names(source)).toEqual([...builtIn.permissionSets.map(({ name }) => name), 'WikiReader']);
      const ids = builtIn.permissionSets.map(({ id }) => id);
      expect(
        source
          .current()
          .permissionSets.slice(0, -1)
          .map(({ id }) => id),
      ).toEqual(ids);
      file.write(`${wikiWith({ name: 'WikiReader' })}${off}`);
      await source.reload();
      expect(names(source)).toEqual(less);
      expect(source.report().deprecated).toEqual([]);
      expect(source.current().deprecatedSets.map(({ name }) => name)).toContain(product);
    });
  });

  describe(`an organization without sets of products, on ${database.name}`, () => {
    const server = serverOn(database, { catalogue: `${wikiWith({ name: 'WikiReader' })}${off}` });

    it('is born as any other, and no rule takes a set of a product', async () => {
      const rules = (set: string) => [
        { permission_set_names: [set], project_ids: [server.organization.organizationId] },
      ];
      const { id } = await create(server, '/iam/v1alpha1/policies', { name: 'readers', rules: rules('WikiReader') });
      expect(id).toBeTruthy();
      const answer = await server.call('POST', '/iam/v1alpha1/policies', {
        body: { name: 'x', rules: rules(product) },
      });
      expect([answer.status, answer.body.type]).toEqual([400, 'invalid_arguments']);
      const { body } = await server.call(
        'GET',
        `/iam/v1alpha1/permission-sets?page_size=100&organization_id=${server.organization.organizationId}`,
      );
      expect(body.total_count).toBeLessThan(50);
    });
  });
}

describe('a file that switches the sets of products off', () => {
  it('cannot include them, nor take their names', () => {
    expect(refusals(`${wikiWith({ name: 'WikiReader', lines: [`includes: [${product}]`] })}${off}`)).toEqual([
      `FILE:15: permission set \`WikiReader\`: it includes \`${product}\`, which \`built_in_products\` switches off; take one of the two out`,
    ]);
    expect(refusals(`${wikiWith({ name: product })}${off}`)).toEqual([
      `FILE:12: permission set \`${product}\`: the name \`${product}\` is that of a built-in set; choose another`,
    ]);
    expect(refusals(`${wikiWith()}built_in_products: no\n`)).toEqual([
      'FILE:12: catalogue: `built_in_products` takes true or false, not a text',
    ]);
  });
});
