import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type Built, builtFolder, builtOr, runStep } from './built.ts';

/** A program of other people: the folder whose `go.mod` and `go.sum` pin it, and its package. */
export interface GoSource {
  readonly folder: string;
  readonly package: string;
}

/**
 * Builds an unmodified program from its pinned source, once for each version. It takes minutes the first time.
 *
 * @throws in CI, where all of them can be built
 */
export async function buildGoProgram(source: GoSource): Promise<Built> {
  const name = basename(source.folder);
  const version = pinnedVersion(source);
  const pins = readFileSync(join(source.folder, 'go.sum'));
  const path = join(builtFolder, `${name}-${createHash('sha256').update(pins).digest('hex').slice(0, 16)}`);
  if (existsSync(path)) return { path, version };
  const draft = `${path}.${process.pid}`;
  return await builtOr(`${name} ${version} cannot be built from source`, draft, async () => {
    mkdirSync(builtFolder, { recursive: true });
    const words = ['build', '-trimpath', '-ldflags', '-s -w', '-p', String(availableParallelism()), '-o', draft];
    await runStep('go', [...words, source.package], source.folder);
    renameSync(draft, path);
    return { path, version };
  });
}

/** The version of the module that holds the package: of all that are required, the one with the longest path. */
function pinnedVersion(source: GoSource): string {
  const lines = readFileSync(join(source.folder, 'go.mod'), 'utf8').split('\n');
  const required = lines.map((line) => /^(?:require)?\s+(\S+) v(\S+)/.exec(line) ?? []);
  const holding = required.filter(([, path]) => path !== undefined && `${source.package}/`.startsWith(`${path}/`));
  const [nearest] = holding.toSorted(([, one = ''], [, other = '']) => other.length - one.length);
  return nearest?.[2] ?? 'unknown';
}
