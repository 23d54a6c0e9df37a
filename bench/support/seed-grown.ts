import { dirname } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { deriveSecrets } from '../../packages/server/src/secrets.ts';
import { readServerKeys } from '../../packages/server/src/server-keys/server-keys.ts';
import { openStorage } from '../../packages/server/src/storage/open.ts';
import type { Storage } from '../../packages/server/src/storage/storage.ts';
import { call, type Server } from './server.ts';

/** What is spread evenly over the organizations. Half of the principals are users, half applications. */
export interface GrownShape {
  /** One is that of the server; more are new ones. */
  readonly organizations: number;
  readonly principals: number;
  readonly keys: number;
  /** One in ten is of a group. */
  readonly policies: number;
}

/** An organization with a key of its owner. */
export interface GrownOrganization {
  readonly organizationId: string;
  readonly secretKey: string;
}

/** Members of each group, half of them users. Everybody is in one. */
const groupSize = 100;
const start = Date.UTC(2026, 0, 1) * 1000;

type Sql = RawBuilder<unknown>;

/**
 * Fills a database by a few statements, past the API. Ids look like those of life and tell which thing they are of.
 *
 * @param progress called with the table that is being filled
 */
export async function seedGrown(
  server: Server,
  shape: GrownShape,
  progress: (table: string) => void,
): Promise<readonly GrownOrganization[]> {
  const sets = await permissionSetIds(server);
  const secrets = deriveSecrets(readServerKeys({ data: dirname(server.configuration), serverKey: undefined }));
  const storage = await openStorage(server.databaseUrl);
  const statements = statementsFor(storage.kind, shape, server.organizationId, sets);
  try {
    // Keys go to a random place of their index: with little memory each is a page to fetch.
    if (storage.kind === 'sqlite') await sql`pragma cache_size = -800000`.execute(storage.db);
    await storage.transaction(async (db) => {
      if (storage.kind === 'postgres') {
        // Checking two million references takes longer than writing them; the counters are set below.
        await sql`set local session_replication_role = replica`.execute(db);
        await sql`set local statement_timeout = 0`.execute(db);
      }
      for (const [table, statement] of Object.entries(statements)) {
        progress(table);
        await statement.execute(db);
      }
      if (storage.kind === 'postgres') await count(db);
    });
    if (storage.kind === 'postgres') await vacuum(storage);
    else await sql`pragma wal_checkpoint(truncate)`.execute(storage.db);
    if (shape.organizations === 1) return [server];
    return await giveKeys(storage, (secret) => secrets.hash(secret));
  } finally {
    await storage.close();
  }
}

/** Takes longer than a statement of a server may. */
function vacuum({ db }: Storage): Promise<unknown> {
  return db.connection().execute(async (connection) => {
    await sql`set statement_timeout = 0`.execute(connection);
    return sql`vacuum analyze`.execute(connection);
  });
}

/** The id of a principal, by its number: even ones are users. */
export const principalOf = (number: number): { readonly type: 'user' | 'application'; readonly id: string } =>
  number % 2 === 0
    ? { type: 'user', id: idOf('05e', number / 2) }
    : { type: 'application', id: idOf('a99', (number - 1) / 2) };

function idOf(what: string, number: number): string {
  const spread = Number((BigInt(number) * 2_654_435_761n) % 4_294_967_296n);
  return `${spread.toString(16).padStart(8, '0')}-${what}0-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** Some sets that hold rights in an organization. */
async function permissionSetIds(server: Server): Promise<readonly string[]> {
  const names = ['IAMReadOnly', 'IAMGroupReadOnly', 'IAMPolicyManager', 'IAMApplicationManager'];
  const found: string[] = [];
  for (let page = 1; found.length < names.length; page += 1) {
    const path = `/iam/v1alpha1/permission-sets?page_size=100&page=${page}&organization_id=${server.organizationId}`;
    const listed = (await (await call(server, path)).json()) as {
      readonly permission_sets: readonly { readonly id: string; readonly name: string }[];
    };
    if (listed.permission_sets.length === 0) throw new Error(`the catalogue lacks one of ${names.join(', ')}`);
    found.push(...listed.permission_sets.flatMap(({ id, name }) => (names.includes(name) ? id : [])));
  }
  return found;
}

function statementsFor(
  kind: Storage['kind'],
  { organizations, principals, keys, policies }: GrownShape,
  organizationId: string,
  sets: readonly string[],
): Readonly<Record<string, Sql>> {
  const id = (what: string, number: Sql): Sql =>
    kind === 'sqlite'
      ? sql`printf('%08x-${sql.raw(what)}0-4000-8000-%012x', ((${number}) * 2654435761) % 4294967296, ${number})`
      : sql`lpad(to_hex(((${number}) * 2654435761) % 4294967296), 8, '0') || '-${sql.raw(what)}0-4000-8000-' || lpad(to_hex(${number}), 12, '0')`;
  const i = sql`i`;
  const half = sql`i / 2`;
  const randomHash =
    kind === 'sqlite' ? sql`lower(hex(randomblob(32)))` : sql`md5(random()::text) || md5(random()::text)`;
  const accessKey =
    kind === 'sqlite'
      ? sql`printf('SCW%017X', (i * 2654435761) % 4294967296)`
      : sql`'SCW' || lpad(upper(to_hex((i * 2654435761) % 4294967296)), 17, '0')`;
  const name = (what: string): Sql => sql`'${sql.raw(what)} ' || i`;
  // What is worked out of a million leaves 32 bits.
  const zero = kind === 'sqlite' ? sql`0` : sql`0::bigint`;
  const numbers = (total: number): Sql =>
    sql`with recursive n (i) as (select ${zero} union all select i + 1 from n where i + 1 < ${sql.lit(total)})`;
  /** In which organization the thing with this number is, of so many. */
  const ownerOf = (total: number, number: Sql = i): Sql =>
    organizations === 1 ? sql.lit(organizationId) : id('060', sql`(${number}) / ${sql.lit(total / organizations)}`);
  const users = principals / 2;
  const groups = principals / groupSize;
  const timed = sql`${sql.lit(start)} + i, ${sql.lit(start)} + (i * 7919) % 1000003`;
  const setOf = sql`case i % ${sql.lit(sets.length)} ${sql.join(
    sets.map((set, index) => sql`when ${sql.lit(index)} then ${sql.lit(set)}`),
    sql` `,
  )} end`;
  /** The principal of a policy that is not of a group. */
  const isOfUser = sql`i % 10 in (2, 4, 6, 8)`;
  const isOfApplication = sql`i % 10 in (1, 3, 5, 7, 9)`;
  const perPolicy = principals / 2 / policies;
  const bearer = sql`i * ${sql.lit(Math.floor(perPolicy))}`;
  const born = organizations === 1 ? 0 : organizations;
  return {
    ...(born > 0 && {
      organizations: sql`insert into organizations (id, name, created_at) ${numbers(born)}
        select ${id('060', i)}, ${name('organization')}, ${sql.lit(start)} + i from n`,
      projects: sql`insert into projects (id, organization_id, name, name_sort, description, created_at, updated_at) ${numbers(born)}
        select ${id('060', i)}, ${id('060', i)}, 'default', 'default', '', ${timed} from n`,
      owners: sql`insert into users (id, organization_id, created_at, updated_at, type, status, email, email_sort, username,
        username_key, first_name, last_name, phone_number, locale, account_root_user_id) ${numbers(born)}
        select ${id('077', i)}, ${id('060', i)}, ${timed}, 'owner', 'activated', 'owner', 'owner', 'owner',
        'owner', '', '', '', 'en_US', ${id('077', i)} from n`,
    }),
    ...(principals > 0 && {
      users: sql`insert into users (id, organization_id, created_at, updated_at, type, status, email, email_sort, username,
        username_key, first_name, last_name, phone_number, locale) ${numbers(users)}
        select ${id('05e', i)}, ${ownerOf(users)}, ${timed}, 'member', 'activated', i || '@example.org', i || '@example.org',
        ${name('user')}, ${name('user')}, '', '', '', 'en_US' from n`,
      applications: sql`insert into applications (id, organization_id, created_at, updated_at, name, name_sort, description) ${numbers(users)}
        select ${id('a99', i)}, ${ownerOf(users)}, ${timed}, ${name('application')}, ${name('application')}, '' from n`,
      groups: sql`insert into groups (id, organization_id, created_at, updated_at, name, name_sort, description) ${numbers(groups)}
        select ${id('960', i)}, ${ownerOf(groups)}, ${timed}, ${name('group')}, ${name('group')}, '' from n`,
      userMembers: sql`insert into group_members (organization_id, group_id, user_id, position) ${numbers(users)}
        select ${ownerOf(users)}, ${id('960', sql`i / ${sql.lit(groupSize / 2)}`)}, ${id('05e', i)}, i % ${sql.lit(groupSize / 2)} from n`,
      applicationMembers: sql`insert into group_members (organization_id, group_id, application_id, position) ${numbers(users)}
        select ${ownerOf(users)}, ${id('960', sql`i / ${sql.lit(groupSize / 2)}`)}, ${id('a99', i)},
        ${sql.lit(groupSize / 2)} + i % ${sql.lit(groupSize / 2)} from n`,
      policies: sql`insert into policies (id, organization_id, created_at, updated_at, name, name_sort, description, group_id, user_id, application_id) ${numbers(policies)}
        select ${id('901', i)}, ${ownerOf(policies)}, ${timed}, ${name('policy')}, ${name('policy')}, '',
        case when i % 10 = 0 then ${id('960', sql`i / 10 * ${sql.lit(groups / (policies / 10))}`)} end,
        case when ${isOfUser} then ${id('05e', bearer)} end, case when ${isOfApplication} then ${id('a99', bearer)} end from n`,
      rules: sql`insert into rules (id, organization_id, policy_id, position, scope, scope_type, condition) ${numbers(policies)}
        select ${id('411', i)}, ${ownerOf(policies)}, ${id('901', i)}, 0, 'organization', 'organization', '' from n`,
      sets: sql`insert into rule_permission_sets (organization_id, rule_id, position, permission_set_id) ${numbers(policies)}
        select ${ownerOf(policies)}, ${id('411', i)}, 0, ${setOf} from n`,
      keys: sql`insert into api_keys (access_key, organization_id, secret_hash, user_id, application_id, description, created_at,
        updated_at, expires_at, default_project_id, creation_ip) ${numbers(keys)}
        select ${accessKey}, ${ownerOf(keys)}, ${randomHash}, case when i % 2 = 0 then ${id('05e', half)} end,
        case when i % 2 = 1 then ${id('a99', half)} end, ${name('key')}, ${timed}, null, ${ownerOf(keys)}, '127.0.0.1' from n`,
    }),
  };
}

/** What the triggers would have counted. */
async function count(db: Storage['db']): Promise<void> {
  for (const table of ['projects', 'users', 'applications', 'groups', 'policies', 'api_keys'])
    await sql`insert into resource_counts (organization_id, resource, total)
      select organization_id, ${sql.lit(table)}, count(*) from ${sql.table(table)} group by organization_id
      on conflict (organization_id, resource) do update set total = excluded.total`.execute(db);
}

/** A key for each new owner. */
async function giveKeys(storage: Storage, hash: (secret: string) => string): Promise<readonly GrownOrganization[]> {
  const owners = await storage.db
    .selectFrom('users')
    .select(['id', 'organization_id'])
    .where('username_key', '=', 'owner')
    .limit(mostWithKeys)
    .execute();
  const organizations = owners.map(({ id, organization_id: organizationId }, number) => ({
    ownerId: id,
    organizationId,
    secretKey: idOf('5ec', number),
    accessKey: `SCWOWNER${number.toString(16).toUpperCase().padStart(12, '0')}`,
  }));
  await storage.transaction(async (db) => {
    for (const { ownerId, organizationId, secretKey, accessKey } of organizations)
      await db
        .insertInto('api_keys')
        .values({
          access_key: accessKey,
          organization_id: organizationId,
          secret_hash: hash(secretKey),
          user_id: ownerId,
          application_id: null,
          description: '',
          created_at: start,
          updated_at: start,
          expires_at: null,
          default_project_id: organizationId,
          creation_ip: '127.0.0.1',
        })
        .execute();
  });
  return organizations;
}

/** Of organizations that nobody uses none is asked for. */
const mostWithKeys = 2_000;
