import { expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, keyFor } from './support/bearers.ts';
import { serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
/** More than this server keeps in memory. */
const many = 120;
const memory = { bytes: 100 * 20_500, idleSeconds: 3_600 };

for (const database of databases()) {
  const server = serverOn(database, { memory });

  /** Organizations with an owner and its key, as copies of the first: hashing a password for each would take minutes. */
  const copies = async (): Promise<readonly { readonly id: string; readonly key: string }[]> => {
    const { services, organization } = server;
    const { ids, secrets, storage } = services;
    const { ownerId, accessKey } = organization;
    return storage.transaction(async (db) => {
      const user = db.selectFrom('users').selectAll().where('id', '=', ownerId);
      const { last_login_order: _login, ...owner } = await user.executeTakeFirstOrThrow();
      const apiKey = db.selectFrom('api_keys').selectAll().where('access_key', '=', accessKey);
      const { expires_order: _, ...held } = await apiKey.executeTakeFirstOrThrow();
      const made: { readonly id: string; readonly key: string }[] = [];
      for (let count = 0; count < many; count += 1) {
        const [id, userId, key] = [ids.uuid(), ids.uuid(), ids.uuid()];
        const own = { organization_id: id };
        await db
          .insertInto('organizations')
          .values({ id, name: 'copy', alias: null, created_at: 1, revision: 1 })
          .execute();
        await db.insertInto('projects').values(projectOf(id)).execute();
        await db
          .insertInto('users')
          .values({ ...owner, ...own, id: userId })
          .execute();
        const ofOwner = { user_id: userId, access_key: ids.accessKey(), secret_hash: secrets.hash(key) };
        await db
          .insertInto('api_keys')
          .values({ ...held, ...own, ...ofOwner, default_project_id: id })
          .execute();
        made.push({ id, key });
      }
      return made;
    });
  };
  const projectOf = (id: string) => ({
    ...{ id, organization_id: id, name: 'default', name_sort: 'default', description: '' },
    ...{ created_at: 1, updated_at: 1 },
  });

  it(`of ${many} organizations on ${database.name} the ones asked for last stay in memory, and rights that end are gone`, async () => {
    const others = await copies();
    const { organizationId } = server.organization;
    const { id } = await createApplication(server);
    const rules = [{ permission_set_names: ['IAMGroupReadOnly'], organization_id: organizationId }];
    const policy = await create(server, `${iam}/policies`, { name: 'groups', application_id: id, rules });
    const key = await keyFor(server, { application_id: id });
    const ask = async (secret: string): Promise<string> => {
      const permissions = [{ service: 'iam', name: 'group', action: 'list' }];
      const { body } = await server.call('POST', `${iam}/check-permissions`, { key: secret, body: { permissions } });
      return body.responses[0].decision;
    };
    const isInMemory = (organization: string) => server.services.decisions.revision(organization) > 0;

    for (const [at, other] of others.entries()) {
      expect(await ask(other.key)).toBe('allow');
      // Asked for all the time, so it stays although it was there first.
      if (at % 10 === 0) expect(await ask(key)).toBe('allow');
    }
    expect(isInMemory(organizationId)).toBe(true);
    const stayed = others.filter((other) => isInMemory(other.id)).length;
    expect(stayed).toBeGreaterThan(80);
    expect(stayed).toBeLessThan(100);
    expect(others.slice(0, 2).some((other) => isInMemory(other.id))).toBe(false);

    for (const other of others) await ask(other.key);
    expect(isInMemory(organizationId)).toBe(false);
    expect((await server.call('DELETE', `${iam}/policies/${policy.id}`)).status).toBe(204);
    expect(await ask(key)).toBe('deny');
    const [first] = others;
    expect(first && (await ask(first.key))).toBe('allow');
  }, 120_000);
}
