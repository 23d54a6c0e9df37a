import { createPublicKey } from 'node:crypto';
import {
  entryMembers,
  hashLeaf,
  isConsistent,
  isIncluded,
  isSignedBy,
  parseHash,
  readHead,
  rootOfHead,
  thumbprint,
} from '@bailiwick/contract/log-tree';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { authorizedPlatform } from '../src/authorization/authorized.ts';
import { adoptLogs } from '../src/log-tree/adopt.ts';
import { readTree } from '../src/log-tree/store.ts';
import { verifyLog } from '../src/log-tree/verify.ts';
import { changeWithin } from '../src/storage/change.ts';
import { chunks } from '../src/storage/chunks.ts';
import { create } from './support/bearers.ts';
import { expectRefused, invalid } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const never = new AbortController().signal;
const author = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;
const event = { resource: 'organization', action: 'updated' } as const;

for (const database of databases()) {
  describe(`the log tree on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;

    /** So many changes in one transaction. */
    const change = (organizationId: string, times: number) =>
      server.services.storage.transaction(async (db) => {
        const request = { scope: authorizedPlatform(organizationId), author, operation: 'organizations.update', event };
        for (let done = 0; done < times; done += 1)
          await changeWithin(db, server.services, request, async ({ touches }) => touches(organizationId));
      });
    const verify = (organizationId = organization) =>
      server.services.storage.snapshot((db) =>
        verifyLog(db, organizationId, { keys: server.services.secrets.logKeys(), remembered: null }),
      );
    const headOf = async (organizationId = organization) =>
      (await readTree(server.services.storage.db, organizationId))?.head;
    const get = async (path: string): Promise<Json> => (await server.call('GET', `${iam}/log-tree/${path}`)).body;
    const hashes = (list: readonly string[]) => list.map((text) => parseHash(text) ?? Buffer.alloc(0));

    beforeAll(async () => {
      organization = server.organization.organizationId;
      await change(organization, 1100);
    });

    it('every column of an entry is hashed, but for the hash', async () => {
      const tables = await server.services.storage.db.introspection.getTables();
      const columns = tables.find(({ name }) => name === 'audit_entries')?.columns.map(({ name }) => name);
      expect(columns?.toSorted()).toEqual([...entryMembers, 'leaf_hash'].toSorted());
    });

    it('each change is taken in by its own transaction, and what is stored fits what was signed', async () => {
      const before = await headOf();
      await create(server, `${iam}/applications`, { name: 'web', description: 'naïve “quotes” 夜番' });
      const head = await headOf();
      expect(head).toMatchObject({ tree_size: (before?.tree_size ?? 0) + 1, adopted_size: 0 });
      expect(await verify()).toMatchObject({ entries: head?.tree_size, faults: [] });
    });

    it('a change that comes to nothing leaves the tree as it was, and the next one goes on from there', async () => {
      const before = await headOf();
      const undone = server.services.storage.transaction(async (db) => {
        const request = { scope: authorizedPlatform(organization), author, operation: 'organizations.update', event };
        await changeWithin(db, server.services, request, async ({ touches }) => touches(organization));
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect(await headOf()).toEqual(before);
      await change(organization, 1);
      expect((await headOf())?.tree_size).toBe((before?.tree_size ?? 0) + 1);
      expect((await verify()).faults).toEqual([]);
    });

    it('the head is signed with a key that anybody may read', async () => {
      const head = readHead(await get('head'));
      const { keys } = (await server.call('GET', '/.well-known/log-keys.json', { key: null })).body;
      expect(keys).toHaveLength(1);
      expect([thumbprint(keys[0]), head?.key_id]).toEqual([keys[0].kid, keys[0].kid]);
      if (head === null) throw new Error('no head');
      const key = createPublicKey({ key: keys[0], format: 'jwk' });
      expect(isSignedBy(head, key)).toBe(true);
      expect(isSignedBy({ ...head, tree_size: head.tree_size - 1 }, key)).toBe(false);
    });

    it('proves entries and growth, at any size, through the API', async () => {
      const { tree_size: size, root_hash: root } = await get('head');
      const rootAt = async (first: number) => {
        const { entries } = await get(`entries?after=${first - 1}&limit=1`);
        const proof = await get(`inclusion-proof?revision=${first}&tree_size=${size}`);
        const leaf = hashLeaf(entries[0].content);
        expect([proof.leaf_index, proof.leaf_hash]).toEqual([first - 1, leaf.toString('hex')]);
        expect(isIncluded(leaf, first - 1, hashes(proof.hashes), size, Buffer.from(root, 'hex'))).toBe(true);
      };
      for (const revision of [1, 2, 255, 256, 257, 511, 512, 513, 1000, 1024, 1025, size]) await rootAt(revision);
      const { id } = (await get('entries?after=299&limit=1')).entries.map(({ content }: Json) =>
        JSON.parse(content),
      )[0];
      expect((await get(`inclusion-proof?log_id=${id}`)).leaf_index).toBe(299);

      const another = await server.anotherOrganization();
      await change(another.organizationId, 300);
      const seen = await headOf(another.organizationId);
      await change(another.organizationId, 500);
      const now = await headOf(another.organizationId);
      if (!seen || !now) throw new Error('no head');
      const path = `${iam}/log-tree/consistency-proof?first_size=${seen.tree_size}`;
      const { body } = await server.call('GET', path, { key: another.secretKey });
      const tree = (head: typeof now) => ({ size: head.tree_size, root: rootOfHead(head) });
      expect(isConsistent(tree(seen), tree(now), hashes(body.hashes))).toBe(true);
    });

    it('refuses sizes that there are not, and tells the right ones', async () => {
      const { tree_size: size } = await get('head');
      const refuse = async (path: string, argument: string, help: string) =>
        expectRefused(server, ['GET', `${iam}/log-tree/${path}`], invalid([argument, 'constraint', help]));
      await refuse(`inclusion-proof?revision=1&tree_size=${size + 1}`, 'tree_size', `value must be at most ${size}`);
      await refuse('inclusion-proof?revision=5&tree_size=4', 'tree_size', 'value must be at least 5');
      await refuse(`consistency-proof?first_size=${size + 1}`, 'first_size', `value must be at most ${size}`);
      expect((await server.call('GET', `${iam}/log-tree/inclusion-proof`)).status).toBe(400);
    });

    /** Entries as servers wrote them that knew no tree. */
    const withoutTree = async (organizationId: string, times: number) => {
      const { storage, ids } = server.services;
      await storage.transaction(async (db) => {
        const { revision } = await db
          .updateTable('organizations')
          .set((row) => ({ revision: row('revision', '+', times) }))
          .where('id', '=', organizationId)
          .returning('revision')
          .executeTakeFirstOrThrow();
        const entries = Array.from({ length: times }, (_, index) => ({
          organization_id: organizationId,
          revision: revision - times + 1 + index,
          id: ids.uuid(),
          created_at: server.clock.now(),
          operation: 'organizations.update',
          action: 'updated' as const,
          resource_type: 'organization',
          resource_id: organizationId,
          bearer_type: 'platform' as const,
          bearer_id: '',
          ip: '',
          user_agent: '',
          request_id: '',
        }));
        for (const rows of chunks(entries)) await db.insertInto('audit_entries').values(rows).execute();
      });
    };

    it('entries of servers that know no tree are taken in by the next change of one that does', async () => {
      const { organizationId } = await server.anotherOrganization();
      await withoutTree(organizationId, 3);
      expect((await verify(organizationId)).faults).toEqual([
        { revision: null, problem: 'no signed head holds the last 3 entries' },
      ]);
      await change(organizationId, 1);
      const { head, faults } = await verify(organizationId);
      expect([head?.adopted_size, faults]).toEqual([(head?.tree_size ?? 0) - 1, []]);
    });

    it('a log from before the tree is taken in as a whole, one of a deleted organization too', async () => {
      const { db } = server.services.storage;
      const [old, gone] = [await server.anotherOrganization(), await server.anotherOrganization()];
      for (const { organizationId } of [old, gone]) {
        await withoutTree(organizationId, 1500);
        await db.deleteFrom('log_heads').where('organization_id', '=', organizationId).execute();
      }
      await db.deleteFrom('organizations').where('id', '=', gone.organizationId).execute();
      await adoptLogs(server.services, never);
      for (const { organizationId } of [old, gone]) {
        const { head, entries, faults } = await verify(organizationId);
        expect([head?.tree_size, head?.adopted_size, faults]).toEqual([entries, entries, []]);
        expect(entries).toBeGreaterThan(1500);
      }
      await change(old.organizationId, 1);
      expect((await verify(old.organizationId)).faults).toEqual([]);
    });

    it('a head that somebody else has made is not signed over, and the change is made all the same', async () => {
      const { organizationId } = await server.anotherOrganization();
      const { db } = server.services.storage;
      const forged = { root_hash: 'ab'.repeat(32), signature: 'forged' };
      await db.updateTable('log_heads').set(forged).where('organization_id', '=', organizationId).execute();
      const size = (await headOf(organizationId))?.tree_size;
      await change(organizationId, 2);
      expect(await headOf(organizationId)).toMatchObject({ ...forged, tree_size: size });
      const problems = (await verify(organizationId)).faults.map(({ problem }) => problem);
      expect(problems).toContain('the head is not signed with the key of the service');
      expect(problems).toContain('no signed head holds the last 2 entries');
    });

    it('changes that come at once are each in the tree', async () => {
      const before = (await headOf())?.tree_size ?? 0;
      const names = Array.from({ length: 20 }, (_, index) => `at-once-${index}`);
      await Promise.all(names.map((name) => create(server, `${iam}/groups`, { name })));
      const { head, faults } = await verify();
      expect([head?.tree_size, faults]).toEqual([before + 20, []]);
    });
  });
}
