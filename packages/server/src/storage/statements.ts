import type SQLite from 'better-sqlite3';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Statements that stay compiled; the product has some hundred, and lists of ids make more. */
const maximumKept = 400;
/** A longer text is a bulk insert or a long list of ids, which hardly comes twice. */
const maximumLength = 4_096;

/**
 * The database with its statements compiled once: SQLite takes longer to compile a statement of ours than to run it.
 * SQLite itself compiles again what a change of the tables has outdated.
 */
export function keepStatements(file: SQLite.Database): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    prepare: (sql) => {
      const known = kept.get(sql);
      const statement = known ?? (file.prepare(sql) as SqliteStatement);
      if (sql.length > maximumLength) return statement;
      // The order of a map is that of insertion: the first is the one unused for longest.
      if (known) kept.delete(sql);
      else if (kept.size >= maximumKept) kept.delete(kept.keys().next().value ?? '');
      kept.set(sql, statement);
      return statement;
    },
    close: () => {
      kept.clear();
      file.close();
    },
  };
}
