import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Something that a client of other people was seen to do with our server. */
export interface Seen {
  readonly client: string;
  readonly version: string;
  readonly feature: string;
  readonly database: string;
}

/** One line a result, read by scripts/compatibility.ts. */
export const resultsFile = join(import.meta.dirname, '../../../node_modules/.cache/clients/results.jsonl');

/** Notes a result for docs/compatibility.md. */
export function noteResult(seen: Seen): void {
  mkdirSync(dirname(resultsFile), { recursive: true });
  appendFileSync(resultsFile, `${JSON.stringify(seen)}\n`);
}
