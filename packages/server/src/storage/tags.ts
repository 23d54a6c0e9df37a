import { type Expression, type SqlBool, sql } from 'kysely';
import type { Storage } from './storage.ts';

/** True for rows one of whose tags holds the text. */
export function tagFilter(kind: Storage['kind'], column: string, text: string): Expression<SqlBool> {
  const tags = sql.ref(column);
  return kind === 'sqlite'
    ? sql<SqlBool>`exists (select 1 from json_each(${tags}) as tag where instr(tag.value, ${text}) > 0)`
    : sql<SqlBool>`exists (select 1 from jsonb_array_elements_text(${tags}::jsonb) as tag where strpos(tag, ${text}) > 0)`;
}

/** Tags are stored as a JSON array. */
export function readTags(stored: string): string[] {
  return JSON.parse(stored) as string[];
}
