import { operations } from '@bailiwick/contract';
import { properties } from '@bailiwick/contract/schema-view';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { listApiKeys } from '../src/api-keys/store.ts';
import { listApplications } from '../src/applications/store.ts';
import { type Authorized, authorizedPlatform } from '../src/authorization/authorized.ts';
import { listGroups } from '../src/groups/store.ts';
import { listShownEntries } from '../src/logs/store.ts';
import { listPolicies } from '../src/policies/store.ts';
import { listProjects } from '../src/projects/store.ts';
import { listSshKeys } from '../src/ssh-keys/store.ts';
import type { PageRequest } from '../src/storage/list.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { listUsers } from '../src/users/store.ts';
import { planOf, watched } from './support/plans.ts';
import { uuid } from './support/rows.ts';

type List = (storage: Storage, scope: Authorized, request: PageRequest) => Promise<unknown>;

/** The lists that a database orders and that may be long. */
const lists: Readonly<Record<string, List>> = {
  'apiKeys.list': (storage, scope, request) => listApiKeys(storage, scope, request, 0),
  'apiKeys.listUses': (storage, scope, request) => listApiKeys(storage, scope, request, 0),
  'applications.list': listApplications,
  'groups.list': listGroups,
  'logs.list': listShownEntries,
  'policies.list': listPolicies,
  'projects.list': listProjects,
  'sshKeys.list': listSshKeys,
  'users.list': listUsers,
};
/** Held in memory, or of one user, who has at most a hundred; of tokens for a directory, two come with each year. */
const short = ['permissionSets.list', 'quotas.list', 'jwts.list', 'webauthn.list', 'scimTokens.list'];

const ordered = operations.flatMap(({ id, query }) => {
  const [, schema] = properties(query ?? undefined).find(([name]) => name === 'order_by') ?? [];
  return schema === undefined ? [] : [{ id: String(id), orders: (schema.enum ?? []).map(String) }];
});

for (const database of databases()) {
  describe(`the orders of lists on ${database.name}`, () => {
    let created: TestDatabase;
    let storage: Storage;
    beforeAll(async () => {
      created = await database.create();
      storage = await openStorage(created.url);
    });
    afterAll(async () => {
      await storage.close();
      await created.drop();
    });

    it('are all looked at here', () => {
      expect(ordered.map(({ id }) => id).toSorted()).toEqual([...Object.keys(lists), ...short].toSorted());
    });

    for (const { id, orders } of ordered.filter((each) => !short.includes(each.id))) {
      it(`${id} finds its first page in an index, in every order`, async () => {
        for (const order_by of orders) {
          const scope = authorizedPlatform(uuid(1));
          const watching = watched(storage);
          await lists[id]!(watching.storage, scope, { order_by });
          const pages = [...watching.statements.values()].filter(({ sql: text }) => text.includes('order by'));
          expect(pages).toHaveLength(1);
          expect(await planOf(storage, pages[0]!), order_by).toMatchObject({ scans: [], sorts: false });
        }
      });
    }
  });
}
