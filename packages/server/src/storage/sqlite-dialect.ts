import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';

/**
 * The dialect for SQLite with three differences: migrations run in a transaction, so that a server which is killed in its
 * first start leaves no half of the tables behind; and a transaction takes the write lock at once, so that servers and
 * commands on one file wait for each other (a lock taken later is refused when the file has changed in the meantime);
 * and a transaction that SQLite has rolled back by itself, as it does when it cannot write, is not rolled back once more:
 * that would fail, and hide why.
 *
 * @param isInTransaction whether the connection is in a transaction, as SQLite sees it
 */
export function sqliteDialect(database: SqliteDatabase, isInTransaction: () => boolean): Dialect {
  const base = new SqliteDialect({ database });
  return {
    createDriver: () => new ImmediateDriver(database, isInTransaction),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => base.createQueryCompiler(),
    createIntrospector: (db) => base.createIntrospector(db),
  };
}

class ImmediateDriver extends SqliteDriver {
  readonly #isInTransaction: () => boolean;

  constructor(database: SqliteDatabase, isInTransaction: () => boolean) {
    super({ database });
    this.#isInTransaction = isInTransaction;
  }

  override async beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    const begin = settings?.accessMode === 'read only' ? 'begin' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#isInTransaction()) await super.rollbackTransaction(connection);
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
