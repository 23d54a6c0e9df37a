import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { uniqueKeys } from './support/keys.ts';
import { foreignKeys } from './support/schema-dump.ts';

/**
 * A database that is spread over machines by organization wants the organization in every key, or the table on every machine
 * (docs/scaling.md, "Spreading the database").
 */

/** Of the installation, not of organizations: few rows, which every machine could hold. */
const everywhere = new Set([
  'installation',
  'signing_keys',
  'known_permission_sets',
  'compatibility',
  'kysely_migration',
  'kysely_migration_lock',
]);

/** Found by a word that does not tell of which organization it is: each needs a table beside that tells where to look. */
const lookedUpFirst: Readonly<Record<string, string>> = {
  'organizations id': 'the organization itself: its id is what rows are spread by',
  'organizations alias': 'the name of an organization, at a sign-in',
  'api_keys secret_hash': 'an API key, at every request that memory does not know',
  'jwts jti': 'a session; its token tells the organization',
  'jwts renew_hash': 'a session that is renewed',
  'jwts renew_family': 'the family of a renew token; the token could tell the organization',
  'sign_in_attempts token_hash': 'an attempt, which may be of nobody; its token could tell the organization',
  'sign_in_attempts saml_id, saml_request':
    'what an identity provider answers; the configuration tells the organization',
  'password_links token_hash': 'a link in a mail; it could tell the organization',
  'sign_in_grants token_hash': 'a program that waits for somebody, of whom it knows nothing',
  'sign_in_grants user_code_hash': 'the same, by the code that a person types',
  'connection_tokens token_hash': 'a token that another organization hands over',
  'scim_tokens secret_hash': 'the token of a directory; its path could tell the organization',
  'sign_in_limits name': 'tries by name and address, of whoever it is: a store of its own where it grows',
};

/** Random, so that no two are the same without a key that says so. With the organization in front they would be keys as well. */
const random: Readonly<Record<string, readonly string[]>> = {
  id: [
    'projects',
    'users',
    'applications',
    'groups',
    'policies',
    'rules',
    'ssh_keys',
    'outbox',
    'webauthn_authenticators',
    'webauthn_ceremonies',
    'audit_entries',
    'saml',
    'saml_certificates',
    'scim',
    'scim_tokens',
  ],
  user_id: ['scim_users'],
  group_id: ['scim_groups'],
  access_key: ['api_keys'],
  'application_id, group_id': ['group_members'],
  'group_id, user_id': ['group_members'],
  'policy_id, position': ['rules'],
  'position, rule_id': ['rule_permission_sets', 'rule_projects'],
};

for (const database of databases()) {
  describe(`keys on ${database.name}`, () => {
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

    it('hold the organization, but for those of which it is said why not', async () => {
      const keys = (await uniqueKeys(storage)).filter(({ table }) => !everywhere.has(table));
      expect(keys.length).toBeGreaterThan(40);
      const others = keys.filter(({ columns }) => !columns.includes('organization_id'));
      const names = others.map(({ table, columns }) => `${table} ${columns.join(', ')}`);
      const reasoned = [
        ...Object.keys(lookedUpFirst),
        ...Object.entries(random).flatMap(([columns, tables]) => tables.map((table) => `${table} ${columns}`)),
      ];
      expect([...new Set(names)].toSorted()).toEqual(reasoned.toSorted());
    });

    it('of every table that grows tell the organization of a row', async () => {
      const tables = (await storage.db.introspection.getTables({ withInternalKyselyTables: true })).filter(
        ({ name }) => !everywhere.has(name) && name !== 'organizations',
      );
      const without = tables.filter(({ columns }) => !columns.some(({ name }) => name === 'organization_id'));
      expect(without.map(({ name }) => name)).toEqual(['sign_in_limits']);
    });

    it('that refer to another row stay within the organization, but for connections between two', async () => {
      const keys = await foreignKeys(storage);
      const across = keys.filter(({ columns }) => columns.some((name) => name === 'target_organization_id'));
      expect(across.map(({ from }) => from)).toEqual(['connections']);
    });
  });
}
