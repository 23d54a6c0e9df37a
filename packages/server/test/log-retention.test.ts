import {
  isConsistent,
  isIncluded,
  isSignedBy,
  parseHash,
  rootOfHead,
  type SignedLogHead,
} from '@bailiwick/contract/log-tree';
import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { authorizedPlatform } from '../src/authorization/authorized.ts';
import { checkAudit } from '../src/doctor/integrity.ts';
import { signerOf } from '../src/log-tree/keys.ts';
import { removeOldEntries } from '../src/log-tree/retention.ts';
import { readTree } from '../src/log-tree/store.ts';
import { verifyLog } from '../src/log-tree/verify.ts';
import { changeWithin } from '../src/storage/change.ts';
import { create } from './support/bearers.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const never = new AbortController().signal;
const author = { kind: 'platform', id: '', ip: '192.0.2.9', userAgent: 'curl', requestId: '' } as const;
const event = { resource: 'organization', action: 'updated' } as const;
const daySeconds = 24 * 3600;
/** More than one transaction of the job, and more than one stored subtree. */
const old = 600;

class Undone extends Error {}

for (const database of databases()) {
  describe(`old entries on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let before: SignedLogHead;
    let oldId: string;
    let removed: number;

    const change = (organizationId: string, times: number) =>
      server.services.storage.transaction(async (db) => {
        const request = { scope: authorizedPlatform(organizationId), author, operation: 'organizations.update', event };
        for (let done = 0; done < times; done += 1)
          await changeWithin(db, server.services, request, async ({ touches }) => touches(organizationId));
      });
    const remove = (days = 30) => removeOldEntries(server.services, days, never);
    const verify = (organizationId = organization, remembered: SignedLogHead | null = null) =>
      server.services.storage.snapshot((db) =>
        verifyLog(db, organizationId, { keys: server.services.secrets.logKeys(), remembered }),
      );
    const headOf = async (organizationId = organization): Promise<SignedLogHead> => {
      const tree = await readTree(server.services.storage.db, organizationId);
      if (tree === null) throw new Error('no head');
      return tree.head;
    };
    const get = async (path: string): Promise<Json> => (await server.call('GET', `${iam}/${path}`)).body;
    const hashes = (list: readonly string[]) => list.map((text) => parseHash(text) ?? Buffer.alloc(0));
    const entries = async (organizationId = organization) =>
      server.services.storage.db
        .selectFrom('audit_entries')
        .select(['revision', 'created_at'])
        .where('organization_id', '=', organizationId)
        .orderBy('revision')
        .execute();

    beforeAll(async () => {
      organization = server.organization.organizationId;
      await create(server, `${iam}/applications`, { name: 'old' });
      [{ id: oldId }] = (await get('logs?order_by=created_at_desc')).logs;
      await change(organization, old);
      before = await headOf();
      server.clock.advance(40 * daySeconds);
      await create(server, `${iam}/applications`, { name: 'young' });
      await change(organization, 5);
      await remove();
      removed = before.tree_size;
    });

    it('are gone, but for their hashes, and the head says how many', async () => {
      const left = await entries();
      expect(left.map(({ revision }) => revision)).toEqual(
        Array.from({ length: 6 }, (_, index) => removed + 1 + index),
      );
      const head = await headOf();
      expect([head.removed_size, head.tree_size]).toEqual([removed, removed + 6]);
      expect(isSignedBy(head, signerOf(head, server.services.secrets.logKeys()).publicKey)).toBe(true);
      expect(await verify()).toMatchObject({ entries: removed + 6, faults: [] });
      expect((await verify(organization, before)).faults).toEqual([]);
    });

    it('are not found, and not listed', async () => {
      const answer = await server.call('GET', `${iam}/logs/${oldId}`);
      expect([answer.status, answer.body.type]).toEqual([404, 'not_found']);
      expect((await server.call('GET', `${iam}/log-tree/inclusion-proof?log_id=${oldId}`)).status).toBe(404);
      expect(await get('logs')).toMatchObject({ total_count: 1, logs: [{ resource_type: 'application' }] });
    });

    it('are proved all the same, and so is what came after them', async () => {
      const head = await get('log-tree/head');
      const { tree_size: size } = head;
      for (const revision of [1, 2, 256, 257, 512, removed - 1, removed, removed + 1, size]) {
        const {
          entries: [entry],
        } = await get(`log-tree/entries?after=${revision - 1}&limit=1`);
        expect([entry.revision, entry.content === null]).toEqual([revision, revision <= removed]);
        const proof = await get(`log-tree/inclusion-proof?revision=${revision}`);
        expect(proof.leaf_hash).toBe(entry.leaf_hash);
        const leaf = parseHash(proof.leaf_hash) ?? Buffer.alloc(0);
        expect(isIncluded(leaf, revision - 1, hashes(proof.hashes), size, rootOfHead(head))).toBe(true);
      }
      const { hashes: path } = await get(`log-tree/consistency-proof?first_size=${before.tree_size}`);
      const [first, second] = [before, head].map((of) => ({ size: of.tree_size, root: rootOfHead(of) }));
      expect(first && second && isConsistent(first, second, hashes(path))).toBe(true);
    });

    it('are missed by nobody: the log goes on, and the doctor finds nothing', async () => {
      const { storage } = server.services;
      await change(organization, 300);
      const head = await headOf();
      expect([head.removed_size, head.tree_size]).toEqual([removed, removed + 306]);
      expect((await verify()).faults).toEqual([]);
      expect((await checkAudit({ kind: storage.kind, db: storage.db })).state).toBe('ok');
    });

    it('are removed once; what is younger stays', async () => {
      const head = await headOf();
      await remove();
      expect(await headOf()).toEqual(head);
    });

    it('stay where they are the newest of an organization', async () => {
      const { organizationId } = await server.anotherOrganization();
      const { tree_size: size } = await headOf(organizationId);
      server.clock.advance(2 * daySeconds);
      await remove(1);
      await remove(1);
      expect((await entries(organizationId)).map(({ revision }) => revision)).toEqual([size]);
      expect(await verify(organizationId)).toMatchObject({
        entries: size,
        faults: [],
        head: { removed_size: size - 1 },
      });
    });

    it('stay where one of them is not what was stored, so that this is still found', async () => {
      const { organizationId } = await server.anotherOrganization();
      await change(organizationId, 20);
      server.clock.advance(2 * daySeconds);
      await change(organizationId, 1);
      await withoutTriggers([
        sql`update audit_entries set ip = '203.0.113.1' where organization_id = ${organizationId} and revision = 10`,
      ]);
      await remove(1);
      expect((await entries(organizationId))[0]?.revision).toBe(10);
      expect((await verify(organizationId)).faults[0]).toMatchObject({ revision: 10 });
    });

    it('are refused by the database where their hash is not there', async () => {
      const { db } = server.services.storage;
      for (const statement of [
        sql`delete from audit_entries where organization_id = ${organization}`,
        sql`delete from log_leaves where organization_id = ${organization}`,
        sql`update log_leaves set leaf_hash = '' where organization_id = ${organization}`,
      ])
        await expect(statement.execute(db)).rejects.toThrow(/(audit_entries|log_leaves) is append-only/);
    });

    const withoutTriggers = async (statements: readonly RawBuilder<unknown>[]) => {
      const { storage } = server.services;
      const triggers = storage.kind === 'sqlite' ? await sqliteTriggers() : [];
      const isPostgres = storage.kind === 'postgres';
      await storage.db.connection().execute(async (db) => {
        if (isPostgres) await sql`set session_replication_role = replica`.execute(db);
        for (const { name } of triggers) await sql`drop trigger ${sql.ref(name)}`.execute(db);
        for (const statement of statements) await statement.execute(db);
        for (const { text } of triggers) await sql.raw(text).execute(db);
        if (isPostgres) await sql`set session_replication_role = origin`.execute(db);
      });
    };
    const sqliteTriggers = async () =>
      (
        await sql<{ name: string; text: string }>`select name, sql as text from sqlite_master
          where type = 'trigger' and tbl_name in ('audit_entries', 'log_leaves')`.execute(server.services.storage.db)
      ).rows;

    const own = sql`organization_id = ${sql.raw('(select max(organization_id) from log_heads where removed_size > 500)')}`;
    const manipulations: Readonly<Record<string, readonly RawBuilder<unknown>[]>> = {
      'change a hash that is left': [
        sql`update log_leaves set leaf_hash = ${'ab'.repeat(32)} where ${own} and revision = 77`,
      ],
      'drop a hash that is left': [sql`delete from log_leaves where ${own} and revision = 77`],
      'drop the last one': [
        sql`delete from log_leaves where ${own} and revision = (select max(revision) from log_leaves)`,
      ],
      'remove a younger entry': [
        sql`insert into log_leaves select organization_id, revision, leaf_hash from audit_entries
          where ${own} and revision = (select min(revision) from audit_entries where ${own})`,
        sql`delete from audit_entries where ${own} and revision = (select min(revision) from audit_entries where ${own})`,
      ],
      'say that more was removed': [sql`update log_heads set removed_size = removed_size + 1 where ${own}`],
      'say that nothing was removed': [sql`update log_heads set removed_size = 0 where ${own}`],
      'put an entry back that never was': [
        sql`insert into audit_entries select organization_id, 77, 'made up', created_at, operation, action, resource_type,
          resource_id, bearer_type, bearer_id, ip, user_agent, request_id, reason, leaf_hash from audit_entries
          where ${own} and revision = (select max(revision) from audit_entries where ${own})`,
      ],
    };

    for (const [name, statements] of Object.entries(manipulations)) {
      it(`tell of who lays hands on them: ${name}`, async () => {
        const { storage, secrets } = server.services;
        const triggers = storage.kind === 'sqlite' ? await sqliteTriggers() : [];
        const manipulated = storage.transaction(async (db) => {
          if (storage.kind === 'postgres') await sql`set local session_replication_role = replica`.execute(db);
          for (const trigger of triggers) await sql`drop trigger ${sql.ref(trigger.name)}`.execute(db);
          for (const statement of statements) await statement.execute(db);
          const { faults } = await verifyLog(db, organization, { keys: secrets.logKeys(), remembered: null });
          expect(faults.length).toBeGreaterThan(0);
          throw new Undone();
        });
        await expect(manipulated).rejects.toThrow(Undone);
      });
    }
  });
}
