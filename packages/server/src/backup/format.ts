import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConfigError } from '../config.ts';
import type { TableForm } from '../storage/tables.ts';

/** What a column holds; times and flags are integers. */
export type Cell = string | number | null;
export type Row = readonly Cell[];

/**
 * The first line of a backup. The rows of its tables follow in their order, one JSON array a line, then the end.
 * docs/operations.md describes the form.
 */
export interface Header {
  readonly bailiwick_backup: typeof form;
  /** Of the program that made it. */
  readonly version: string;
  /** The last that the database had seen: it says what the tables are. */
  readonly migration: string;
  /** Microseconds since 1970. */
  readonly created_at: number;
  readonly tables: readonly (TableForm & { readonly rows: number })[];
}

/** A program that knows another form refuses it. */
export const form = 1;

const Header = Type.Object({
  bailiwick_backup: Type.Literal(form),
  version: Type.String(),
  migration: Type.String(),
  created_at: Type.Integer(),
  tables: Type.Array(
    Type.Object({
      name: Type.String(),
      columns: Type.Array(Type.String(), { minItems: 1 }),
      rows: Type.Integer({ minimum: 0 }),
    }),
  ),
});
const AnyForm = Type.Object({ bailiwick_backup: Type.Integer() });
const Cells = Type.Array(Type.Union([Type.String(), Type.Integer(), Type.Null()]));
const End = Type.Object({ end: Type.Literal(true), rows: Type.Integer(), sha256: Type.String() });

const checks = { header: Compile(Header), anyForm: Compile(AnyForm), cells: Compile(Cells), end: Compile(End) };

/**
 * The lines of a backup, some in each piece.
 *
 * @param rows those of all tables, in the order of the header
 */
export async function* linesOf(header: Header, rows: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let written = 0;
  const hashed = (text: string): string => {
    hash.update(text);
    return text;
  };
  yield hashed(`${JSON.stringify(header)}\n`);
  for await (const some of rows) {
    written += some.length;
    yield hashed(some.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
  yield `${JSON.stringify({ end: true, rows: written, sha256: hash.digest('hex') })}\n`;
}

/** A backup that is being read. */
export interface BackupReader {
  readonly header: Header;
  /**
   * The rows of all tables in the order of the header. That they are all of them and unchanged is known when they end.
   *
   * @throws ConfigError when the file is cut off or changed
   */
  rows(): AsyncIterable<Row>;
}

/**
 * Begins to read a backup.
 *
 * @param lines without their ends
 * @param path names the file in what is said of it
 * @throws ConfigError when it is none, or of a newer form
 */
export async function readBackup(lines: AsyncIterator<string>, path: string): Promise<BackupReader> {
  const hash = createHash('sha256');
  const next = async (): Promise<{ readonly text: string; readonly value: unknown }> => {
    const { done, value: text } = await lines.next();
    if (done) throw new ConfigError(`${path} is cut off: its end is missing; nothing is restored`);
    return { text, value: parsed(text, path) };
  };
  const first = await next();
  hash.update(`${first.text}\n`);
  const header = readHeader(first.value, path);
  return {
    header,
    rows: async function* () {
      for (const table of header.tables) {
        for (let number = 0; number < table.rows; number += 1) {
          const { text, value } = await next();
          hash.update(`${text}\n`);
          if (!checks.cells.Check(value) || value.length !== table.columns.length) throw changed(path);
          yield value;
        }
      }
      const { value: end } = await next();
      const rows = header.tables.reduce((sum, table) => sum + table.rows, 0);
      const isSame = checks.end.Check(end) && end.rows === rows && end.sha256 === hash.digest('hex');
      if (!isSame || !(await lines.next()).done) throw changed(path);
    },
  };
}

const changed = (path: string): ConfigError =>
  new ConfigError(`${path} was changed since it was written, or is damaged; nothing is restored`);

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw changed(path);
  }
}

function readHeader(value: unknown, path: string): Header {
  if (!checks.anyForm.Check(value)) throw new ConfigError(`${path} is not a backup of bailiwick`);
  if (checks.header.Check(value)) return value;
  const found = value.bailiwick_backup;
  if (found > form)
    throw new ConfigError(
      `${path} was made by a newer bailiwick: form ${found}, this one knows ${form}; use the newer`,
    );
  throw changed(path);
}
