/** What differs between the databases when tables are made. */
export interface Types {
  readonly text: string;
  readonly integer: string;
  /** Ends a CREATE TABLE. */
  readonly tableOptions: string;
  /**
   * Statements before those of each migration: changes of servers of the version before wait where they begin, holding nothing that a
   * migration waits for.
   */
  readonly holdsChanges: readonly string[];
  /** SQL for the number of elements of a JSON array column. */
  jsonLength(column: string): string;
  /** Statements that keep `resource_counts` for a table. */
  countRows(table: string): readonly string[];
  /** Statements that refuse to change, replace or delete rows of a table. `same` is a condition on a row and the NEW one. */
  appendOnly(table: string, same: string): readonly string[];
  /** Statements that let rows of an append-only table be deleted where a condition holds on the OLD one. */
  mayDelete(table: string, condition: string): readonly string[];
}

/** Text compares by bytes and columns keep their type (STRICT). */
export const sqliteTypes: Types = {
  text: 'TEXT',
  integer: 'INTEGER',
  tableOptions: 'STRICT',
  holdsChanges: [],
  jsonLength: (column) => `json_array_length(${column})`,
  countRows: (table) => [
    `CREATE TRIGGER ${table}_counted_in AFTER INSERT ON ${table} BEGIN
       INSERT INTO resource_counts (organization_id, resource, total) VALUES (NEW.organization_id, '${table}', 1)
       ON CONFLICT (organization_id, resource) DO UPDATE SET total = total + 1;
     END`,
    `CREATE TRIGGER ${table}_counted_out AFTER DELETE ON ${table} BEGIN
       UPDATE resource_counts SET total = total - 1 WHERE organization_id = OLD.organization_id AND resource = '${table}';
     END`,
  ],
  appendOnly: (table, same) => {
    const refusal = `BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`;
    return [
      `CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} ${refusal}`,
      `CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} ${refusal}`,
      // INSERT OR REPLACE deletes without asking the trigger for deletions.
      `CREATE TRIGGER ${table}_no_replace BEFORE INSERT ON ${table}
       WHEN EXISTS (SELECT 1 FROM ${table} WHERE ${same}) ${refusal}`,
    ];
  },
  mayDelete: (table, condition) => [
    `DROP TRIGGER ${table}_no_delete`,
    `CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} WHEN NOT (${condition})
     BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`,
  ],
};

/** Text compares by bytes too: collation "C". Counting is by statement, since many rows may come at once. */
export const postgresTypes: Types = {
  text: 'text COLLATE "C"',
  integer: 'bigint',
  tableOptions: '',
  // Each change begins with the row of its organization.
  holdsChanges: [
    `DO $$ BEGIN IF to_regclass('organizations') IS NOT NULL THEN
       LOCK TABLE organizations IN SHARE ROW EXCLUSIVE MODE;
     END IF; END $$`,
  ],
  jsonLength: (column) => `jsonb_array_length(${column}::jsonb)`,
  countRows: (table) => [
    `CREATE FUNCTION ${table}_count_in() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO resource_counts (organization_id, resource, total)
       SELECT organization_id, '${table}', count(*) FROM added GROUP BY organization_id
       ON CONFLICT (organization_id, resource) DO UPDATE SET total = resource_counts.total + excluded.total;
       RETURN NULL;
     END $$`,
    `CREATE FUNCTION ${table}_count_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       UPDATE resource_counts SET total = total - gone.number
       FROM (SELECT organization_id, count(*) AS number FROM removed GROUP BY organization_id) AS gone
       WHERE resource_counts.organization_id = gone.organization_id AND resource = '${table}';
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER ${table}_counted_in AFTER INSERT ON ${table} REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION ${table}_count_in()`,
    `CREATE TRIGGER ${table}_counted_out AFTER DELETE ON ${table} REFERENCING OLD TABLE AS removed
       FOR EACH STATEMENT EXECUTE FUNCTION ${table}_count_out()`,
  ],
  appendOnly: (table) => [
    `CREATE FUNCTION ${table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       RAISE EXCEPTION '${table} is append-only';
     END $$`,
    `CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
       FOR EACH STATEMENT EXECUTE FUNCTION ${table}_append_only()`,
  ],
  mayDelete: (table, condition) => [
    `DROP TRIGGER ${table}_append_only ON ${table}`,
    `CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR TRUNCATE ON ${table}
       FOR EACH STATEMENT EXECUTE FUNCTION ${table}_append_only()`,
    `CREATE FUNCTION ${table}_may_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF ${condition} THEN RETURN OLD; END IF;
       RAISE EXCEPTION '${table} is append-only';
     END $$`,
    `CREATE TRIGGER ${table}_may_delete BEFORE DELETE ON ${table}
       FOR EACH ROW EXECUTE FUNCTION ${table}_may_delete()`,
  ],
};
