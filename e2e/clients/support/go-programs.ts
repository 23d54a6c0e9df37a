import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Built, builtOr, clientsFolder, runStep } from './built.ts';

const folder = join(import.meta.dirname, '../go');

/** Programs of other people, by the folder under `go/` that pins them. */
const packages = {
  scw: 'github.com/scaleway/scaleway-cli/v2/cmd/scw',
  'terraform-provider': 'github.com/scaleway/terraform-provider-scaleway/v2',
  opentofu: 'github.com/opentofu/opentofu/cmd/tofu',
} as const;
export type GoProgram = keyof typeof packages;

/**
 * Builds an unmodified program from its pinned source, once for each version. It takes minutes the first time.
 *
 * @throws in CI, where all of them can be built
 */
export async function goProgram(name: GoProgram): Promise<Built> {
  const version = pinnedVersion(name);
  const pins = readFileSync(join(folder, name, 'go.sum'));
  const path = join(clientsFolder, `${name}-${createHash('sha256').update(pins).digest('hex').slice(0, 16)}`);
  if (existsSync(path)) return { path, version };
  const draft = `${path}.${process.pid}`;
  return await builtOr(`${name} ${version} cannot be built from source`, draft, async () => {
    mkdirSync(clientsFolder, { recursive: true });
    const words = ['build', '-trimpath', '-ldflags', '-s -w', '-p', String(availableParallelism()), '-o', draft];
    await runStep('go', [...words, packages[name]], join(folder, name));
    renameSync(draft, path);
    return { path, version };
  });
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
