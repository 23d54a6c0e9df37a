/**
 * Bundles the two programs. It runs before every start and test, so it does nothing when they are newer than all they
 * are made of.
 */
import { globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const started = performance.now();

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
  legalComments: 'none',
  logLevel: 'warning',
};

const programs: Readonly<Record<string, BuildOptions>> = {
  // One file that starts in a moment: everything is in it, what few commands need comes in parts.
  'packages/cli/dist/scw.js': {
    entryPoints: { scw: 'packages/cli/src/main.ts' },
    outdir: 'packages/cli/dist',
    minify: true,
    // The package's own build for bundlers; the one for Node wants `require`.
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  },
  'packages/server/dist/bailiwick.js': {
    entryPoints: { bailiwick: 'packages/server/src/main.ts' },
    outdir: 'packages/server/dist',
    sourcemap: true,
    external: librariesOf('packages/server/package.json'),
  },
};

const sources = globSync(
  ['packages/*/src/**/*.{ts,json}', 'packages/*/package.json', 'package-lock.json', 'scripts/build.ts'],
  {
    cwd: root,
  },
);
const newestSource = Math.max(...sources.map(modified));
const stale = Object.entries(programs).filter(([output]) => modified(output) <= newestSource);
for (const [, options] of stale) {
  rmSync(join(root, options.outdir!), { recursive: true, force: true });
  await build({ ...common, ...options });
}
if (stale.length > 0) {
  console.error(`built ${stale.map(([output]) => output).join(', ')} in ${Math.round(performance.now() - started)} ms`);
}

/** Milliseconds since 1970, 0 for a file that is not there. */
function modified(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Libraries stay outside; our own packages go in. */
function librariesOf(manifest: string): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return Object.keys(dependencies).filter((name) => !name.startsWith('@bailiwick/') && name !== 'typebox');
}
