import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';

const cache = join(import.meta.dirname, '../node_modules/.cache/go-programs');

/** A program of other people: the folder whose `go.mod` and `go.sum` pin it, and its package. */
export interface GoSource {
  readonly folder: string;
  readonly package: string;
}

/** A program that can be run, or why there is none. */
export type Built = { readonly path: string; readonly version: string } | { readonly missing: string };

/** Builds an unmodified program from its pinned source, once for each version. It takes minutes the first time. */
export function buildGoProgram(source: GoSource): Built {
  const name = basename(source.folder);
  const version = pinnedVersion(source);
  const pins = readFileSync(join(source.folder, 'go.sum'));
  const path = join(cache, `${name}-${createHash('sha256').update(pins).digest('hex').slice(0, 16)}`);
  if (existsSync(path)) return { path, version };
  try {
    mkdirSync(cache, { recursive: true });
    const draft = `${path}.${process.pid}`;
    const words = ['build', '-trimpath', '-ldflags', '-s -w', '-p', String(availableParallelism()), '-o', draft];
    execFileSync('go', [...words, source.package], { cwd: source.folder, stdio: ['ignore', 'ignore', 'pipe'] });
    renameSync(draft, path);
    return { path, version };
  } catch (failure) {
    return { missing: `${name} ${version} cannot be built from source: ${reasonOf(failure)}` };
  }
}

/** The version of the module that holds the package: of all that are required, the one with the longest path. */
function pinnedVersion(source: GoSource): string {
  const lines = readFileSync(join(source.folder, 'go.mod'), 'utf8').split('\n');
  const required = lines.map((line) => /^(?:require)?\s+(\S+) v(\S+)/.exec(line) ?? []);
  const holding = required.filter(([, path]) => path !== undefined && `${source.package}/`.startsWith(`${path}/`));
  const [nearest] = holding.toSorted(([, one = ''], [, other = '']) => other.length - one.length);
  return nearest?.[2] ?? 'unknown';
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if ('code' in failure && failure.code === 'ENOENT') return 'there is no go';
  const lines = 'stderr' in failure ? String(failure.stderr).trim().split('\n') : [failure.message];
  return lines.at(-1) ?? failure.message;
}
