import { type Rows, readDatabase } from './database.ts';

const counted = ['projects', 'users', 'applications', 'groups', 'policies', 'api_keys', 'ssh_keys'];

/** What may not be there without what: column of a table, and the table that must have its value as an id. */
const belongings: readonly (readonly [table: string, column: string, owner: string])[] = [
  ['api_keys', 'user_id', 'users'],
  ['api_keys', 'application_id', 'applications'],
  ['api_keys', 'default_project_id', 'projects'],
  ['ssh_keys', 'project_id', 'projects'],
  ['jwts', 'audience_id', 'users'],
  ['group_members', 'group_id', 'groups'],
  ['group_members', 'user_id', 'users'],
  ['group_members', 'application_id', 'applications'],
  ['policies', 'user_id', 'users'],
  ['policies', 'group_id', 'groups'],
  ['policies', 'application_id', 'applications'],
  ['rules', 'policy_id', 'policies'],
  ['rule_permission_sets', 'rule_id', 'rules'],
  ['rule_projects', 'rule_id', 'rules'],
  ['rule_projects', 'project_id', 'projects'],
];

/** Every way in which a database contradicts itself; none is the only good answer. */
export async function contradictions(url: string): Promise<readonly string[]> {
  return readDatabase(url, async (rows) => [
    ...(await revisions(rows)),
    ...(await heads(rows)),
    ...(await counters(rows)),
    ...(await orphans(rows)),
    ...(await emptyRules(rows)),
    ...(url.startsWith('file:') ? await damage(rows) : []),
  ]);
}

/** Revisions of an organization are 1, 2, 3 …, each with one entry. */
async function revisions(rows: Rows): Promise<readonly string[]> {
  const found = await rows(`
    select o.id, o.revision, count(a.revision) as entries, min(a.revision) as first, max(a.revision) as last
    from organizations o left join audit_entries a on a.organization_id = o.id group by o.id, o.revision`);
  return found
    .filter(({ revision, entries, first, last }) => revision !== entries || first !== 1 || last !== revision)
    .map((row) => `revisions: ${JSON.stringify(row)}`);
}

/** The tree of an organization has all of its entries, each taken in by its own change. */
async function heads(rows: Rows): Promise<readonly string[]> {
  const found = await rows(`
    select o.id, o.revision, h.tree_size, h.adopted_size from organizations o left join log_heads h on h.organization_id = o.id
    where h.tree_size is null or h.tree_size <> o.revision or h.adopted_size > 0`);
  return found.map((row) => `heads: ${JSON.stringify(row)}`);
}

async function counters(rows: Rows): Promise<readonly string[]> {
  const count = (table: string) => `
    select o.id, '${table}' as resource, coalesce(c.total, 0) as total,
      (select count(*) from ${table} t where t.organization_id = o.id) as present
    from organizations o left join resource_counts c on c.organization_id = o.id and c.resource = '${table}'`;
  const found = await rows(counted.map(count).join(' union all '));
  return found.filter(({ total, present }) => total !== present).map((row) => `counters: ${JSON.stringify(row)}`);
}

async function orphans(rows: Rows): Promise<readonly string[]> {
  const missing = belongings.map(
    ([table, column, owner]) => `
      select '${table}' as in_table, ${column} as missing from ${table}
      where ${column} is not null and not exists (select 1 from ${owner} o where o.id = ${table}.${column})`,
  );
  const found = await rows(missing.join(' union all '));
  return found.map((row) => `orphans: ${JSON.stringify(row)}`);
}

/** The rules of these tests all have permission sets, and projects where they are about projects. */
async function emptyRules(rows: Rows): Promise<readonly string[]> {
  const found = await rows(`
    select id from rules where not exists (select 1 from rule_permission_sets s where s.rule_id = rules.id)
    or (scope = 'projects' and not exists (select 1 from rule_projects p where p.rule_id = rules.id))`);
  return found.map(({ id }) => `half a rule: ${id}`);
}

async function damage(rows: Rows): Promise<readonly string[]> {
  const [integrity] = await rows('pragma integrity_check');
  const strays = await rows('pragma foreign_key_check');
  return [
    ...(integrity.integrity_check === 'ok' ? [] : [`integrity: ${integrity.integrity_check}`]),
    ...strays.map((row) => `foreign key: ${JSON.stringify(row)}`),
  ];
}
