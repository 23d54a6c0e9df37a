import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { type Attempt, expectAccepted, expectRefusedByConstraint } from './support/attempts.ts';
import { a, application, b, insertRow, insertSamples, policy, type Row, type Table, uuid } from './support/rows.ts';

const id = uuid(900);
const A = a.organization;

for (const database of databases()) {
  describe(`deleting in the ${database.name} database itself`, () => {
    let created: TestDatabase;
    let storage: Storage;

    beforeAll(async () => {
      created = await database.create();
      storage = await openStorage(created.url);
      await insertSamples(storage.db);
    });
    afterAll(async () => {
      await storage.close();
      await created.drop();
    });

    const accept: Attempt = (work) => expectAccepted(storage, work);
    const refuse: Attempt = (work) => expectRefusedByConstraint(storage, work);

    it('takes no principal that a policy is for, and no project that a key prefers', async () => {
      const remove = (table: Table, gone: string) => (db: Storage['db']) =>
        sql`delete from ${sql.table(table)} where id = ${gone}`.execute(db);
      const attach = (row: Row) => (db: Storage['db']) => insertRow(db, 'policies', policy(id, A, row));
      const cases = [
        ['users', a.member, 'user_id'],
        ['groups', a.group, 'group_id'],
      ] as const;
      for (const [table, gone, column] of cases) {
        await accept(remove(table, gone));
        await refuse(async (db) => {
          await attach({ [column]: gone })(db);
          await remove(table, gone)(db);
        });
      }
      await refuse(remove('applications', a.application));
      await refuse(remove('projects', a.project));
      await accept(async (db) => {
        await sql`update policies set application_id = null`.execute(db);
        await remove('applications', a.application)(db);
        await remove('projects', a.project)(db);
      });
    });

    describe('and the counters, which', () => {
      const totals = async (db: Storage['db'], of = A) => {
        const rows = await db.selectFrom('resource_counts').selectAll().where('organization_id', '=', of).execute();
        return Object.fromEntries(rows.map(({ resource, total }) => [resource, total]));
      };
      const present = async (db: Storage['db'], of = A) => {
        const counted = Object.keys(await totals(db, of));
        const numbers = counted.map(async (table) => {
          const query = sql<{ n: number }>`select count(*) as n from ${sql.table(table)} where organization_id = ${of}`;
          return [table, (await query.execute(db)).rows[0]?.n];
        });
        return Object.fromEntries(await Promise.all(numbers));
      };
      const all = { projects: 2, users: 2, applications: 1, groups: 2, policies: 1, api_keys: 2, ssh_keys: 1 };
      const cases: readonly (readonly [string, string, Readonly<Record<string, number>>])[] = [
        ['one row', `delete from api_keys where access_key = '${a.key}'`, { api_keys: 1 }],
        ['several rows at once', 'delete from api_keys', { api_keys: 0 }],
        ['no row', `delete from users where id = '${id}'`, {}],
        ['a user with its keys', `delete from users where id = '${a.owner}'`, { users: 1, api_keys: 1 }],
        [
          'an application with its keys',
          `update policies set application_id = null; delete from applications where id = '${a.application}'`,
          { applications: 0, api_keys: 1 },
        ],
        [
          'a project with its SSH keys',
          `update api_keys set default_project_id = organization_id; delete from projects where id = '${a.project}'`,
          { projects: 1, ssh_keys: 0 },
        ],
        ['groups and policies', 'delete from policies; delete from groups', { groups: 0, policies: 0 }],
      ];
      for (const [what, statements, changed] of cases) {
        it(`stay right when a delete takes ${what}`, async () => {
          await accept(async (db) => {
            expect(await totals(db)).toEqual(all);
            const other = await totals(db, b.organization);
            for (const statement of statements.split('; ')) await sql.raw(`${statement}`).execute(db);
            expect(await totals(db)).toEqual({ ...all, ...changed });
            expect(await present(db)).toEqual(await totals(db));
            if (!what.startsWith('several') && !what.startsWith('groups'))
              expect(await totals(db, b.organization)).toEqual(other);
          });
        });
      }

      it('stay right when many rows of two organizations come at once, and when the insert is undone', async () => {
        const rows = [1, 2, 3].map((n) => application(uuid(900 + n), n === 3 ? b.organization : A));
        await accept(async (db) => {
          const columns = Object.keys(rows[0] ?? {}).map((name) => sql.ref(name));
          const values = rows.map((row) => sql`(${sql.join(Object.values(row))})`);
          await sql`insert into applications (${sql.join(columns)}) values ${sql.join(values)}`.execute(db);
          expect([(await totals(db)).applications, (await totals(db, b.organization)).applications]).toEqual([3, 2]);
        });
        expect([
          (await totals(storage.db)).applications,
          (await totals(storage.db, b.organization)).applications,
        ]).toEqual([1, 1]);
      });

      it('are never negative', async () => {
        await refuse((db) => sql`update resource_counts set total = -1`.execute(db));
      });
    });

    it('an organization takes everything in it but its log, and nothing of others', async () => {
      const left = async (db: Storage['db'], of: string) => {
        const tables = await db.introspection.getTables();
        const owned = tables.filter(({ columns }) => columns.some(({ name }) => name === 'organization_id'));
        const counted = owned.map(async ({ name }) => {
          const query = sql<{ n: number }>`select count(*) as n from ${sql.table(name)} where organization_id = ${of}`;
          return [name, (await query.execute(db)).rows[0]?.n ?? 0] as const;
        });
        return (await Promise.all(counted)).filter(([, n]) => n > 0);
      };
      await accept(async (db) => {
        const others = await left(db, b.organization);
        await sql`delete from organizations where id = ${A}`.execute(db);
        expect((await left(db, A)).toSorted()).toEqual([
          ['audit_entries', 2],
          ['log_heads', 1],
          ['log_nodes', 1],
        ]);
        expect(await left(db, b.organization)).toEqual(others);
      });
    });
  });
}
