import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { authorizedPlatform } from '../src/authorization/authorized.ts';
import type { Services } from '../src/context.ts';
import type { BornOrganization } from '../src/organizations/create.ts';
import { changeWithin } from '../src/storage/change.ts';
import { anotherApp, waitingToBegin } from './support/attacks.ts';
import { create, createApplication, createMember, keyFor } from './support/bearers.ts';
import { callsTo, type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
/** Room for two organizations with what the tests put into one of them, not for three. */
const memory = { bytes: 68_000, idleSeconds: 3_600 };

for (const database of databases()) {
  describe(`more organizations than stay in memory on ${database.name}`, () => {
    const server = serverOn(database, { memory });
    /** So many that asking each of them puts everything else out of memory. */
    let others: readonly BornOrganization[];
    let organization: string;

    beforeAll(async () => {
      organization = server.organization.organizationId;
      others = [await server.anotherOrganization(), await server.anotherOrganization()];
      await server.call('PATCH', `${iam}/organizations/${organization}/security-settings`, {
        body: { no_escalation: true },
      });
    });

    const ask = async ({ organizationId, secretKey }: BornOrganization) => {
      const listed = await server.call('GET', `${iam}/permission-sets?organization_id=${organizationId}`, {
        key: secretKey,
      });
      expect(listed.status).toBe(200);
    };
    const putOutOfMemory = async () => {
      for (const other of others) await ask(other);
      expect(inMemory(organization)).toBe(0);
    };
    const inMemory = (id: string) => server.services.decisions.revision(id);
    const inDatabase = async (id: string): Promise<number> => {
      const { db } = server.services.storage;
      return (await db.selectFrom('organizations').select('revision').where('id', '=', id).executeTakeFirstOrThrow())
        .revision;
    };
    const rule = (set: string): Json => ({ permission_set_names: [set], organization_id: organization });
    const mayListGroups = async (key: string): Promise<boolean> => {
      const question = { service: 'iam', name: 'group', action: 'list', organization_id: organization };
      const { body } = await server.call('POST', `${iam}/check-permissions`, {
        key,
        body: { permissions: [question] },
      });
      return body.responses[0].decision === 'allow';
    };

    /** An application with a right, a policy to take it by, and somebody who may write policies but holds nothing else. */
    const cast = async () => {
      const { id } = await createApplication(server);
      const rules = [rule('IAMGroupReadOnly')];
      const policy = await create(server, `${iam}/policies`, { name: 'groups', application_id: id, rules });
      const member = await createMember(server);
      await create(server, `${iam}/policies`, {
        name: 'manager',
        user_id: member.id,
        rules: [rule('IAMPolicyManager'), rule('IAMApplicationManager')],
      });
      return {
        key: await keyFor(server, { application_id: id }),
        policy: policy.id as string,
        manager: { id: member.id as string, key: await keyFor(server, { user_id: member.id }) },
      };
    };

    /** A change that is sent while the organization is in memory, and made when it no longer is. */
    const madeOutOfMemory = async (send: (services: Services) => Promise<Json>): Promise<Json> => {
      const gate = waitingToBegin(server.services);
      const sent = send(gate.services);
      await gate.arrived;
      await putOutOfMemory();
      gate.open();
      return sent;
    };
    /** A change past the turns of this server, which the gated one has. */
    const changedByAnotherServer = () => {
      const change = {
        scope: authorizedPlatform(organization),
        author: { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' },
        operation: 'organizations.update',
        event: { resource: 'organization', action: 'updated' },
      } as const;
      return server.services.storage.transaction((db) =>
        changeWithin(db, server.services, change, async ({ touches }) => touches(organization)),
      );
    };
    const giveMore = (manager: { readonly id: string; readonly key: string }) => async (services: Services) => {
      const app = await anotherApp(services);
      const rules = [rule('IAMGroupManager')];
      const body = { name: 'more', user_id: manager.id, rules };
      return callsTo(app, manager.key)('POST', `${iam}/policies`, { body });
    };

    it('a change that is refused leaves memory where the database is, and the next one counts', async () => {
      const { key, policy, manager } = await cast();
      expect(await mayListGroups(key)).toBe(true);
      const before = await inDatabase(organization);
      expect((await madeOutOfMemory(giveMore(manager))).status).toBe(403);
      expect(await inDatabase(organization)).toBe(before);
      expect(inMemory(organization)).toBeLessThanOrEqual(before);
      expect(await mayListGroups(key)).toBe(true);
      expect((await server.call('DELETE', `${iam}/policies/${policy}`)).status).toBe(204);
      expect(await mayListGroups(key)).toBe(false);
      expect(inMemory(organization)).toBe(before + 1);
    });

    it('a change that is refused after something else has changed leaves memory where the database is', async () => {
      const { key, policy, manager } = await cast();
      const before = await inDatabase(organization);
      const gate = waitingToBegin(server.services);
      const sent = giveMore(manager)(gate.services);
      await gate.arrived;
      await changedByAnotherServer();
      await putOutOfMemory();
      gate.open();
      expect((await sent).status).toBe(403);
      expect(inMemory(organization)).toBe(before + 1);
      expect((await server.call('DELETE', `${iam}/policies/${policy}`)).status).toBe(204);
      expect(await mayListGroups(key)).toBe(false);
    });

    it('the organization that was asked for longest ago goes first', async () => {
      const [first, second] = others;
      if (!first || !second) throw new Error('there are two others');
      await ask(first);
      await ask(second);
      await ask(first);
      await mayListGroups(server.organization.secretKey);
      expect(inMemory(first.organizationId)).toBeGreaterThan(0);
      expect(inMemory(second.organizationId)).toBe(0);
    });

    it('an organization that nobody asks for leaves after its time, and comes back when somebody does', async () => {
      const [idle] = others;
      if (!idle) throw new Error('there are two others');
      const { decisions } = server.services;
      const hour = memory.idleSeconds * 1_000_000;
      await ask(idle);
      decisions.tidy(hour);
      await ask(idle);
      decisions.tidy(2 * hour);
      decisions.tidy(3 * hour - 1);
      expect(inMemory(idle.organizationId)).toBeGreaterThan(0);
      decisions.tidy(3 * hour);
      expect(inMemory(idle.organizationId)).toBe(0);
      await ask(idle);
      expect(inMemory(idle.organizationId)).toBeGreaterThan(0);
    });

    it('rights that end are gone at once, whatever is in memory', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { key, policy } = await cast();
        if (round % 2 === 0) await putOutOfMemory();
        expect(await mayListGroups(key)).toBe(true);
        const [answer] = await Promise.all([server.call('DELETE', `${iam}/policies/${policy}`), ...others.map(ask)]);
        expect(answer.status).toBe(204);
        if (round % 2 === 1) await putOutOfMemory();
        expect(await mayListGroups(key)).toBe(false);
      }
    });
  });
}
