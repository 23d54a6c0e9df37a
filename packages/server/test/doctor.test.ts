import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { initialize } from '../src/administration.ts';
import { ConfigError, readConfig } from '../src/config.ts';
import { examine } from '../src/doctor/command.ts';
import type { Finding } from '../src/doctor/finding.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { type Administration, administrationOf } from './support/administration.ts';

for (const database of databases()) {
  describe(`doctor on ${database.name}`, () => {
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

    const begin = async () => {
      await initialize(administration.config, administration.terminal);
      administration.said();
    };
    const look = async (config = administration.config) => {
      const code = await examine(config, 'json', administration.terminal);
      const said: { ok: boolean; findings: readonly Finding[] } = JSON.parse(administration.said().join('\n'));
      expect(said.ok).toBe(code === 0);
      return { code, find: (about: string) => said.findings.find((finding) => finding.about === about), ...said };
    };
    const damage = async (work: (storage: Storage) => Promise<unknown>) => {
      const storage = await openStorage(created.url);
      await work(storage).finally(() => storage.close());
    };

    it('finds no problem where there is none', async () => {
      await begin();
      const { code, findings } = await look();
      expect(findings.filter(({ state }) => state === 'problem')).toEqual([]);
      expect(code).toBe(0);
      expect(findings.map(({ about }) => about)).toEqual([
        'data folder',
        'server key',
        'disk space',
        'database',
        'migrations',
        'key of the database',
        'configuration',
        'writes',
        'clock',
        'integrity',
        'counters',
        'log',
        'mail',
      ]);
    });

    it('changes nothing, and makes no database and no key', async () => {
      const { code, find } = await look();
      expect([code, find('server key')?.state]).toEqual([1, 'problem']);
      await damage(async ({ db }) => expect(await db.selectFrom('installation').selectAll().execute()).toEqual([]));
      expect((await look()).find('server key')?.state).toBe('problem');
    });

    it('says each finding in a line, and how to mend what is not fine', async () => {
      await begin();
      await examine(administration.config, undefined, administration.terminal);
      const said = administration.said();
      expect(said.find((line) => line.includes('migrations'))).toMatch(/^ok {7}migrations {11}all \d+ are made$/);
      expect(said.at(-2)).toMatch(/^warning {2}mail/);
      expect(said.at(-1)).toBe(`${' '.repeat(30)}set --smtp-url and --mail-from`);
    });

    const damages: readonly (readonly [string, string, () => unknown])[] = [
      ['server key', 'a key that others can read', () => chmodSync(join(administration.data, 'server.key'), 0o644)],
      ['server key', 'a key that is gone', () => rmSync(join(administration.data, 'server.key'))],
      [
        'key of the database',
        'another server key',
        () => writeFileSync(join(administration.data, 'server.key'), Buffer.alloc(32, 9).toString('base64')),
      ],
      [
        'counters',
        'a counter that is wrong',
        () => damage(({ db }) => db.updateTable('resource_counts').set({ total: 77 }).execute()),
      ],
      [
        'log',
        'a revision without its entry',
        () => damage(({ db }) => db.updateTable('organizations').set({ revision: 77 }).execute()),
      ],
      [
        'migrations',
        'tables of a newer version',
        () => damage(({ db }) => sql`insert into kysely_migration values ('9999-x', '2040-01-01')`.execute(db)),
      ],
      [
        'clock',
        'a clock that is behind',
        () =>
          damage(({ db }) =>
            sql`insert into audit_entries (organization_id, revision, id, created_at, operation, action, resource_type, resource_id,
              bearer_type, bearer_id, ip, user_agent, request_id, reason) select organization_id, 99, 'x', ${Number.MAX_SAFE_INTEGER}, operation, action,
              resource_type, resource_id, bearer_type, bearer_id, ip, user_agent, request_id, reason
              from audit_entries limit 1`.execute(db),
          ),
      ],
    ];
    for (const [about, what, make] of damages.filter(([name]) => name !== 'clock' || database.name === 'SQLite')) {
      it(`finds ${what}, and ends with 1`, async () => {
        await begin();
        await make();
        const { code, find } = await look();
        expect([code, find(about)?.state, typeof find(about)?.mend]).toEqual([1, 'problem', 'string']);
      });
    }

    it('warns of a data folder that others can look into, and of migrations to be made', async () => {
      const storage = await openStorage(created.url, { migrateTo: '0005-audit' });
      await storage.close();
      chmodSync(administration.data, 0o755);
      const { find } = await look();
      expect([find('data folder')?.state, find('migrations')?.state]).toEqual(['warning', 'warning']);
    });

    it('finds a mail server that does not answer, and a file that cannot be used', async () => {
      await begin();
      const words = [
        '--smtp-url',
        'smtp://127.0.0.1:1',
        '--mail-from',
        'iam@example.org',
        '--gateway',
        '/nowhere.yaml',
      ];
      const { config } = administrationOf(created.url, { words });
      const { find } = await look({ ...config, data: administration.data });
      expect([find('mail')?.state, find('configuration')?.state]).toEqual(['problem', 'problem']);
    });
  });
}

describe('doctor', () => {
  it('takes -o json, and no other form', async () => {
    const extra = { output: { type: 'string', short: 'o' } } as const;
    for (const words of [['-o', 'json'], ['-ojson'], ['--output', 'json']])
      expect(readConfig(['doctor', ...words], {}, extra).values).toEqual({ output: 'json' });
    const { config, values } = readConfig(['doctor', '-o', 'xml'], {}, extra);
    await expect(examine(config, values.output, { out: () => {} })).rejects.toThrow(ConfigError);
  });

  it('says where there is no database, or none that can be reached', async () => {
    for (const url of ['file:///nowhere/at/all.db', 'postgres://nobody@127.0.0.1:1/none']) {
      const { config, terminal, said, remove } = administrationOf(url);
      expect(await examine(config, undefined, terminal)).toBe(1);
      expect(said().join('\n')).toMatch(/^problem {2}database/m);
      remove();
    }
  });
});
