import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import type { Json } from './server-process.ts';

/** A backup with so many more applications in its first organization. It is written from the description in docs/operations.md. */
export async function growBackup(small: string, large: string, applications: number): Promise<void> {
  const [first = '', ...rows] = gunzipSync(readFileSync(small)).toString().trimEnd().split('\n').slice(0, -1);
  const header = JSON.parse(first);
  const at = header.tables.findIndex(({ name }: Json) => name === 'applications');
  const table = header.tables[at];
  const before = header.tables.slice(0, at).reduce((sum: number, { rows: own }: Json) => sum + own, 0);
  const [organization] = JSON.parse(rows[1] ?? '[]');
  table.rows += applications;
  const total = rows.length + applications;

  const hash = createHash('sha256');
  const hashed = (text: string): string => {
    hash.update(text);
    return text;
  };
  function* text(): Generator<string> {
    yield hashed(`${JSON.stringify(header)}\n`);
    for (const row of rows.slice(0, before)) yield hashed(`${row}\n`);
    for (let number = 0; number < applications; number += 1)
      yield hashed(`${JSON.stringify(table.columns.map((column: string) => cellOf(column, number, organization)))}\n`);
    for (const row of rows.slice(before)) yield hashed(`${row}\n`);
    yield `${JSON.stringify({ end: true, rows: total, sha256: hash.digest('hex') })}\n`;
  }
  await pipeline(Readable.from(text()), createGzip({ level: 1 }), createWriteStream(large));
}

function cellOf(column: string, number: number, organization: string): string | number {
  const cells: Readonly<Record<string, string | number>> = {
    id: randomUUID(),
    organization_id: organization,
    created_at: 1_700_000_000_000_000 + number,
    updated_at: 1_700_000_000_000_000 + number,
    name: `application-${number}`,
    name_sort: `application-${number}`,
    description: 'one of many',
    editable: 1,
    deletable: 1,
    managed: 0,
    tags: '[]',
  };
  const cell = cells[column];
  if (cell === undefined) throw new Error(`what is in the column ${column} of applications?`);
  return cell;
}
