import { sql } from 'kysely';
import type { Storage } from '../../src/storage/storage.ts';
import {
  apiKey,
  application,
  auditEntry,
  group,
  jwt,
  organization,
  policy,
  project,
  type Row,
  rule,
  sshKey,
  type Table,
  user,
} from './rows.ts';

const organizations = 10;
/** Of each kind in each organization. */
const rows = 300;
const atOnce = 500;

/** Fills the tables that grow with the rows of several organizations, and lets PostgreSQL count them: it does so by itself. */
export async function insertMany(storage: Storage): Promise<void> {
  const all = Map.groupBy(
    Array.from({ length: organizations }, (_, number) => rowsOf(number)).flat(),
    ([table]) => table,
  );
  for (const [table, made] of all)
    for (let at = 0; at < made.length; at += atOnce)
      await insertRows(
        storage.db,
        table,
        made.slice(at, at + atOnce).map(([, row]) => row),
      );
  if (storage.kind === 'postgres') await sql`analyze`.execute(storage.db);
}

function rowsOf(number: number): readonly (readonly [Table, Row])[] {
  const id = (kind: number, at: number) =>
    `70000000-000${kind}-4000-8000-${String(number * 100_000 + at).padStart(12, '0')}`;
  const own = id(0, 0);
  const log = Array.from({ length: rows }, (_, at): readonly [Table, Row] => [
    'audit_entries',
    auditEntry(own, at + 1, { id: id(9, at), created_at: at, resource_type: 'user', resource_id: id(2, at) }),
  ]);
  const each = Array.from({ length: rows }, (_, at): (readonly [Table, Row])[] => [
    ['projects', project(id(1, at), own)],
    ['users', user(id(2, at), own)],
    ['applications', application(id(3, at), own)],
    ['groups', group(id(4, at), own)],
    [
      'group_members',
      { organization_id: own, group_id: id(4, at), user_id: id(2, at), application_id: null, position: 0 },
    ],
    ['policies', policy(id(5, at), own, { group_id: id(4, at) })],
    ['rules', rule(id(6, at), own, id(5, at))],
    ['rule_permission_sets', { organization_id: own, rule_id: id(6, at), position: 0, permission_set_id: 'set' }],
    ['rule_projects', { organization_id: own, rule_id: id(6, at), position: 0, project_id: id(1, at) }],
    ['api_keys', apiKey(`SCW${number}${at}`, own, { application_id: id(3, at), default_project_id: id(1, at) })],
    ['ssh_keys', sshKey(id(7, at), own, id(1, at))],
    ['jwts', jwt(id(8, at), own, id(2, at))],
  ]).flat();
  return [['organizations', organization(own, { revision: rows })], ['log_heads', head(own)], ...each, ...log];
}

const head = (organization_id: string): Row => ({
  organization_id,
  tree_size: rows,
  ...{ root_hash: '', adopted_size: 0, signed_at: 1, key_id: 'key', signature: '', frontier: '' },
});

/** All in one statement: a thousand at most. */
export async function insertRows(db: Storage['db'], table: Table, made: readonly Row[]): Promise<void> {
  const columns = Object.keys(made[0] ?? {}).map((name) => sql.ref(name));
  const values = made.map((row) => sql`(${sql.join(Object.values(row))})`);
  await sql`insert into ${sql.table(table)} (${sql.join(columns)}) values ${sql.join(values)}`.execute(db);
}
