import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { type Attempt, expectAccepted, expectRefusedByConstraint } from './support/attempts.ts';
import {
  a,
  apiKey,
  application,
  auditEntry,
  b,
  group,
  insertRow,
  insertSamples,
  jwt,
  organization,
  policy,
  project,
  type Row,
  rule,
  sshKey,
  type Table,
  user,
  uuid,
} from './support/rows.ts';
import { foreignKeys } from './support/schema-dump.ts';

const id = uuid(900);
const A = a.organization;
const eleven = JSON.stringify(Array.from({ length: 11 }, (_, index) => `t${index}`));
const ten = JSON.stringify(Array.from({ length: 10 }, (_, index) => `t${index}`));
const newKey = (more: Row = { application_id: a.application }) => apiKey('SCWCCCCCCCCCCCCCCCCC', A, more);
const newMember = (more: Row = { user_id: a.owner }): Row => ({
  organization_id: A,
  group_id: a.group,
  user_id: null,
  application_id: null,
  position: 5,
  ...more,
});
const newRule = rule(id, A, a.policy, { position: 1 });
const permissionSet: Row = { organization_id: A, rule_id: a.rule, position: 1, permission_set_id: 'set' };
const ruleProject: Row = { organization_id: A, rule_id: a.rule, position: 1, project_id: A };

const principals = { user_id: a.owner, group_id: a.group, application_id: a.application } as const;

/** A row that is fine, and what makes it break the invariant. */
const invariants: readonly (readonly [invariant: string, Table, Row, wrong: Row])[] = [
  ['two groups of an organization do not have one name', 'groups', group(id, A), { name: a.group }],
  ['an organization has each special group once', 'groups', group(id, A), { kind: 'all_users', managed: 1 }],
  ['a special group is managed', 'groups', group(id, A, { kind: 'all_applications', managed: 1 }), { managed: 0 }],
  ['two users of an organization do not have one username', 'users', user(id, A), { username_key: a.member }],
  ['an organization has one owner', 'users', user(id, A), { type: 'owner', account_root_user_id: id }],
  ['a member has no account of its own', 'users', user(id, A), { account_root_user_id: id }],
  ['the owner is not locked', 'users', user(id, A, { locked: 1 }), { type: 'owner', account_root_user_id: id }],
  ['two organizations do not have one alias', 'organizations', organization(id), { alias: 'acme' }],
  [
    'members can sign in somehow',
    'organizations',
    organization(id, { login_password_enabled: 0 }),
    { login_magic_code_enabled: 0 },
  ],
  ['a lock needs one attempt at least', 'organizations', organization(id), { login_attempts_before_locked: 0 }],
  ['a lock needs no more than 50 attempts', 'organizations', organization(id), { login_attempts_before_locked: 51 }],
  ['an access key is there once', 'api_keys', newKey(), { access_key: a.key }],
  ['a secret opens one key', 'api_keys', newKey(), { secret_hash: a.key }],
  ['a renew token renews one session', 'jwts', jwt(id, A, a.member), { renew_hash: a.jti }],
  ['rules of a policy are in order', 'rules', newRule, { position: 0 }],
  ['a user is in a group once', 'group_members', newMember(), { user_id: a.member }],
  [
    'an application is in a group once',
    'group_members',
    newMember({ group_id: a.everybody, application_id: a.application }),
    { group_id: a.group },
  ],
  [
    'a quota is set once',
    'quota_overrides',
    { organization_id: A, name: 'iam_groups', value: 1 },
    { name: 'iam_users' },
  ],
  ['a quota is not negative', 'quota_overrides', { organization_id: A, name: 'iam_groups', value: 0 }, { value: -1 }],
  ['a revision has one entry', 'audit_entries', auditEntry(A, 3), { revision: 2 }],
  ['an entry has an id of its own', 'audit_entries', auditEntry(A, 3), { id: uuid(301) }],

  ['an API key has a bearer', 'api_keys', newKey(), { application_id: null }],
  ['an API key has one bearer', 'api_keys', newKey(), { user_id: a.member }],
  ['a group member is somebody', 'group_members', newMember(), { user_id: null }],
  ['a group member is one', 'group_members', newMember(), { application_id: a.application }],
  ...(['user_id', 'group_id', 'application_id'] as const).flatMap((first, index, kinds) =>
    kinds
      .slice(index + 1)
      .map(
        (second) =>
          [
            `a policy has one principal, not ${first} and ${second}`,
            'policies',
            policy(id, A, { [first]: principals[first] }),
            { [second]: principals[second] },
          ] as const,
      ),
  ),

  ...(
    [
      ['users', user(id, A, { tags: ten })],
      ['applications', application(id, A, { tags: ten })],
      ['groups', group(id, A, { tags: ten })],
      ['policies', policy(id, A, { tags: ten })],
    ] as const
  ).map(([table, row]) => [`${table} have at most 10 tags`, table, row, { tags: eleven }] as const),

  ['a user is an owner or a member', 'users', user(id, A), { type: 'guest' }],
  ['a user is there or invited', 'users', user(id, A), { status: 'gone' }],
  ['a group is of a known kind', 'groups', group(id, A), { kind: 'other', managed: 1 }],
  ['a rule has a known scope', 'rules', newRule, { scope: 'everything' }],
  ['a rule has a known scope type', 'rules', newRule, { scope_type: 'account_root_user' }],
  ['an entry has a known action', 'audit_entries', auditEntry(A, 3), { action: 'read' }],
  ['an entry has a known kind of bearer', 'audit_entries', auditEntry(A, 3), { bearer_type: 'group' }],
  ['a flag is 0 or 1', 'applications', application(id, A), { managed: 2 }],

  ['a project is of an organization that exists', 'projects', project(id, A), { organization_id: id }],
  ['a group has no member group', 'group_members', newMember(), { user_id: a.everybody }],
  ['a membership is of a group that exists', 'group_members', newMember(), { group_id: id }],
  ['a user of another organization is in no group', 'group_members', newMember(), { user_id: b.owner }],
  [
    'an application of another organization is in no group',
    'group_members',
    newMember({ group_id: a.everybody, application_id: a.application }),
    { application_id: b.application },
  ],
  ['a group of another organization has no member', 'group_members', newMember(), { organization_id: b.organization }],
  ['no policy is for a foreign user', 'policies', policy(id, A, { user_id: a.owner }), { user_id: b.owner }],
  [
    'no policy is for a foreign group',
    'policies',
    policy(id, A, { group_id: a.group }),
    { organization_id: b.organization },
  ],
  [
    'no policy is for a foreign application',
    'policies',
    policy(id, A, { application_id: a.application }),
    { application_id: b.application },
  ],
  ['no rule is of a foreign policy', 'rules', newRule, { organization_id: b.organization }],
  ['no set is in a foreign rule', 'rule_permission_sets', permissionSet, { organization_id: b.organization }],
  ['no project is in a foreign rule', 'rule_projects', ruleProject, { organization_id: b.organization }],
  ['no foreign project is in a rule', 'rule_projects', ruleProject, { project_id: b.project }],
  ['no key is of a foreign user', 'api_keys', newKey({ user_id: a.owner }), { user_id: b.owner }],
  ['no key is of a foreign application', 'api_keys', newKey(), { application_id: b.application }],
  ['no key prefers a foreign project', 'api_keys', newKey(), { default_project_id: b.project }],
  ['no SSH key is in a foreign project', 'ssh_keys', sshKey(id, A, a.project), { project_id: b.project }],
  ['no session is for a foreign user', 'jwts', jwt(id, A, a.member), { audience_id: b.owner }],
];

for (const database of databases()) {
  describe(`the ${database.name} database itself`, () => {
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

    for (const [invariant, table, row, wrong] of invariants) {
      it(`sees to it: ${invariant}`, async () => {
        await accept((db) => insertRow(db, table, row));
        await refuse((db) => insertRow(db, table, { ...row, ...wrong }));
      });
    }

    it('has one installation', async () => {
      for (const singleton of [1, 2])
        await refuse((db) => insertRow(db, 'installation', { singleton, created_at: 1, server_key_check: 'x' }));
    });

    it('has the organization on both ends of every reference', async () => {
      const keys = await foreignKeys(storage);
      expect(keys.length).toBeGreaterThan(20);
      // Of a connection, the other end is in an organization of its own.
      const names = (columns: readonly string[]) => columns.some((name) => name.endsWith('organization_id'));
      const open = keys.filter(({ to, columns }) => to !== 'organizations' && !names(columns));
      expect(open).toEqual([]);
    });

    it('keeps the log as it was written, whatever the statement', async () => {
      const replacement = sql`(organization_id, revision, id, created_at, operation, action, resource_type, resource_id,
        bearer_type, bearer_id, ip, user_agent, request_id) select organization_id, revision, id, created_at, 'forged',
        action, resource_type, resource_id, bearer_type, bearer_id, ip, user_agent, request_id from audit_entries`;
      const onConflict = sql`on conflict (organization_id, revision) do update set operation = 'forged'`;
      const statements: readonly RawBuilder<unknown>[] = [
        sql`update audit_entries set operation = 'forged'`,
        sql`update audit_entries set operation = 'forged' where revision = 1`,
        sql`delete from audit_entries`,
        sql`delete from audit_entries where revision = 2`,
        sql`insert into audit_entries ${replacement} where true ${onConflict}`,
        ...(storage.kind === 'postgres'
          ? [sql`truncate audit_entries`]
          : [sql`insert or replace into audit_entries ${replacement}`]),
      ];
      const entries = async () => (await sql`select * from audit_entries order by revision`.execute(storage.db)).rows;
      const before = await entries();
      for (const statement of statements)
        await expect(statement.execute(storage.db)).rejects.toThrow('audit_entries is append-only');
      expect(before).toHaveLength(2);
      expect(await entries()).toEqual(before);
    });
  });
}
