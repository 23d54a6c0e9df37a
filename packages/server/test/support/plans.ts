import { CompiledQuery, type KyselyPlugin, sql, type Transaction } from 'kysely';
import type { Database } from '../../src/storage/schema.ts';
import type { Storage } from '../../src/storage/storage.ts';

/** A database whose statements are kept, once for each text. */
export interface WatchedStorage {
  readonly storage: Storage;
  readonly statements: ReadonlyMap<string, CompiledQuery>;
}

/** The same database, which tells what it is asked. */
export function watched(storage: Storage): WatchedStorage {
  const statements = new Map<string, CompiledQuery>();
  const watcher: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const statement = storage.db.getExecutor().compileQuery(node, queryId);
      if (!statements.has(statement.sql)) statements.set(statement.sql, statement);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const inside = (db: Transaction<Database>) => db.withPlugin(watcher);
  return {
    statements,
    storage: {
      ...storage,
      db: storage.db.withPlugin(watcher),
      transaction: (work) => storage.transaction((db) => work(inside(db))),
      snapshot: (work) => storage.snapshot((db) => work(inside(db))),
    },
  };
}

/** What a database would do to answer a statement. */
export interface Plan {
  /** Tables of which it would look at every row, or at every entry of an index. */
  readonly scans: readonly string[];
  /** Whether it would put rows in order by itself. */
  readonly sorts: boolean;
  readonly text: string;
}

const explained = /^\s*(select|insert|update|delete|with)\b/i;

/** Statements that have a plan: not `begin`, or one that makes tables. */
export const hasPlan = ({ sql: text }: CompiledQuery): boolean => explained.test(text);

/** What PostgreSQL leaves alone as long as there is an index that finds rows, and in their order. */
const lastResorts = ['seqscan', 'sort', 'hashjoin', 'mergejoin', 'bitmapscan', 'material'].map(
  (name) => `set enable_${name} = off`,
);

/** How the database would carry out a statement: with PostgreSQL, if it went by an index wherever it can. */
export async function planOf({ kind, db }: Storage, { sql: text, parameters }: CompiledQuery): Promise<Plan> {
  const explain = kind === 'sqlite' ? 'explain query plan' : 'explain (costs off, format json)';
  const query = CompiledQuery.raw(`${explain} ${text}`, [...parameters]);
  const tables = new Set((await db.introspection.getTables()).map(({ name }) => name));
  return db.connection().execute(async (connection) => {
    // For few rows, all of them are the best plan.
    if (kind === 'postgres') await sql.raw(lastResorts.join(';')).execute(connection);
    const { rows } = await connection.executeQuery(query);
    const plan = kind === 'sqlite' ? readSqlitePlan(rows) : readPostgresPlan(rows);
    return { ...plan, scans: plan.scans.map((name) => tableOf(text, name)).filter((name) => tables.has(name)) };
  });
}

/** The table that has this name in a statement: SQLite tells of it under that name. */
function tableOf(text: string, name: string): string {
  return new RegExp(`"?(\\w+)"? (?:as )?"?${name}"? (?:on|where|join|inner|left)\\b`).exec(text)?.[1] ?? name;
}

/** `SCAN` is all of a table or an index, `SEARCH` a part of it (sqlite.org/eqp.html). */
function readSqlitePlan(rows: readonly unknown[]): Plan {
  const lines = rows.flatMap((row) => (hasMember(row, 'detail') ? [String(row.detail)] : []));
  return {
    scans: lines.flatMap((line) => /^SCAN (?!\d+-ROW VALUES)(\S+)/.exec(line)?.[1] ?? []),
    sorts: lines.some((line) => line.includes('TEMP B-TREE FOR ORDER BY')),
    text: lines.join('\n'),
  };
}

function readPostgresPlan(rows: readonly unknown[]): Plan {
  const [plan] = rows.flatMap((row) => (hasMember(row, 'QUERY PLAN') ? [row['QUERY PLAN']] : []));
  const nodes = nodesIn(plan);
  const isScan = (node: PlanNode) => {
    const kind = String(node['Node Type']);
    return kind === 'Seq Scan' || (/^(Bitmap )?Index (Only )?Scan$/.test(kind) && node['Index Cond'] === undefined);
  };
  return {
    scans: nodes.filter(isScan).map((node) => String(node['Relation Name'] ?? node['Index Name'])),
    sorts: nodes.some((node) => node['Node Type'] === 'Sort'),
    text: JSON.stringify(plan, null, 1),
  };
}

type PlanNode = Readonly<Record<string, unknown>>;

/** The nodes of a plan, wherever they stand. */
function nodesIn(value: unknown): readonly PlanNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(nodesIn);
  return hasMember(value, 'Node Type') ? [value, ...inside] : inside;
}

const hasMember = <K extends string>(value: unknown, name: K): value is Readonly<Record<K, unknown>> =>
  typeof value === 'object' && value !== null && name in value;
