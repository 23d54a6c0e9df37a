import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where programs of other people are kept that are built once for each version. */
export const builtFolder = join(import.meta.dirname, '../node_modules/.cache/clients');

/** Something that can be run, or why there is none. */
export type Built = { readonly path: string; readonly version: string } | { readonly missing: string };

const execute = promisify(execFile);

/** Runs a step of a build to its end, which may take minutes; nothing else waits for it. */
export async function runStep(program: string, words: readonly string[], cwd?: string): Promise<string> {
  const { stdout } = await execute(program, [...words], { cwd, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/**
 * What was built, or why it could not be.
 *
 * @param draft removed when building fails
 * @throws in CI, where everything can be built
 */
export async function builtOr(what: string, draft: string, build: () => Promise<Built>): Promise<Built> {
  try {
    return await build();
  } catch (failure) {
    rmSync(draft, { recursive: true, force: true });
    const reason = `${what}: ${reasonOf(failure)}`;
    if (process.env.CI) throw new Error(reason, { cause: failure });
    return { missing: reason };
  }
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if ('code' in failure && failure.code === 'ENOENT' && 'path' in failure) return `there is no ${failure.path}`;
  const lines = 'stderr' in failure ? String(failure.stderr).trim().split('\n') : [];
  return lines.at(-1) || failure.message;
}
