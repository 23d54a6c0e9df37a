import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** A program of other people that uses our server. */
export interface Client {
  readonly client: string;
  /** What we pin of it. */
  readonly version?: string;
  /** The program that the machine brought along for it, with its version. */
  readonly machine?: string;
}

/** What a client was seen to do with our server. */
export interface Seen extends Client {
  readonly feature: string;
  readonly database: string;
  readonly works: boolean;
}

/** One file a suite, one line a result; read by scripts/compatibility.ts. */
export const resultsFolder = join(root, 'node_modules/.cache/clients/results');

/**
 * Keeps what becomes of the tests of a suite, for docs/compatibility.md. Called once a file: results of an earlier run
 * of it go. What it returns is called in each `describe` whose tests count; their titles are the features. A client
 * that is null could not be had, and nothing is kept.
 */
export function resultsOf(suite: string): (database: string, client: () => Client | null) => void {
  mkdirSync(resultsFolder, { recursive: true });
  const file = join(resultsFolder, `${suite}.jsonl`);
  writeFileSync(file, '');
  return (database, client) => {
    afterEach(({ task }) => {
      const known = client();
      const state = task.result?.state;
      if (known === null || (state !== 'pass' && state !== 'fail')) return;
      const seen: Seen = { ...known, feature: task.name, database, works: state === 'pass' };
      appendFileSync(file, `${JSON.stringify(seen)}\n`);
    });
  };
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

/** The versions of npm packages that tests run with. */
export function lockedVersions(...names: readonly string[]): string {
  const { packages }: Lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return names.map((name) => `${name} ${packages[`node_modules/${name}`]?.version ?? 'unknown'}`).join(', ');
}
