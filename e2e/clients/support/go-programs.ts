import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../go');
const cache = join(import.meta.dirname, '../../../node_modules/.cache/clients');

/** Programs of other people, by the folder under `go/` that pins them. */
const packages = {
  scw: 'github.com/scaleway/scaleway-cli/v2/cmd/scw',
  'terraform-provider': 'github.com/scaleway/terraform-provider-scaleway/v2',
  opentofu: 'github.com/opentofu/opentofu/cmd/tofu',
} as const;
export type GoProgram = keyof typeof packages;

/** A program that can be run, or why there is none. */
export type Built = { readonly path: string; readonly version: string } | { readonly missing: string };

/**
 * Builds an unmodified program from its pinned source, once for each version. It takes minutes the first time.
 *
 * @throws in CI, where all of them can be built
 */
export function goProgram(name: GoProgram): Built {
  const version = pinnedVersion(name);
  const pins = readFileSync(join(folder, name, 'go.sum'));
  const path = join(cache, `${name}-${createHash('sha256').update(pins).digest('hex').slice(0, 16)}`);
  if (existsSync(path)) return { path, version };
  try {
    mkdirSync(cache, { recursive: true });
    const draft = `${path}.${process.pid}`;
    const words = ['build', '-trimpath', '-ldflags', '-s -w', '-p', String(availableParallelism()), '-o', draft];
    execFileSync('go', [...words, packages[name]], { cwd: join(folder, name), stdio: ['ignore', 'ignore', 'pipe'] });
    renameSync(draft, path);
    return { path, version };
  } catch (failure) {
    const reason = `${name} ${version} cannot be built from source: ${reasonOf(failure)}`;
    if (process.env.CI) throw new Error(reason, { cause: failure });
    return { missing: reason };
  }
}

function pinnedVersion(name: GoProgram): string {
  const [, host = '', owner = '', repository = ''] = /^([^/]+)\/([^/]+)\/([^/]+)/.exec(packages[name]) ?? [];
  const module = `${host}/${owner}/${repository}`;
  const text = readFileSync(join(folder, name, 'go.mod'), 'utf8');
  const line = text.split('\n').find(
    (each) =>
      each
        .trim()
        .replace(/^require /, '')
        .startsWith(module) && !each.includes('cmd/'),
  );
  return /\sv(\S+)/.exec(line ?? '')?.[1] ?? 'unknown';
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if ('code' in failure && failure.code === 'ENOENT') return 'there is no go';
  const lines = 'stderr' in failure ? String(failure.stderr).trim().split('\n') : [failure.message];
  return lines.at(-1) ?? failure.message;
}
