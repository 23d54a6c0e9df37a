/**
 * Bundles the two programs. It runs before every start and test, so it does nothing when they are newer than all they
 * are made of.
 */
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const started = new Date();

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

/** Libraries that are partly machine code, or that read files of their own; pg-native is not used. */
const stayOutside = ['better-sqlite3', '@node-rs/argon2', '@scalar/fastify-api-reference', 'pg-native'];

/** A large table is read faster as JSON than as a script. */
const tablesAsJson: Plugin = {
  name: 'tables-as-json',
  setup: ({ onLoad }) => {
    onLoad({ filter: /__generated__.*\.json$/ }, ({ path }) => ({
      contents: `export default JSON.parse(${JSON.stringify(readFileSync(path, 'utf8'))});`,
      loader: 'js',
    }));
  },
};

const programs: Readonly<Record<string, BuildOptions>> = {
  // One file that starts in a moment: everything is in it, what few commands need comes in parts.
  'packages/cli/dist/scw.js': {
    entryPoints: { scw: 'packages/cli/src/main.ts' },
    outdir: 'packages/cli/dist',
    minify: true,
    plugins: [tablesAsJson],
    // The package's own build for bundlers; the one for Node wants `require`.
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  },
  'packages/server/dist/bailiwick.js': {
    entryPoints: { bailiwick: 'packages/server/src/main.ts' },
    outdir: 'packages/server/dist',
    sourcemap: true,
    // Finding and reading the many files of the libraries would take half of the time that a server needs to start.
    external: stayOutside,
    // Libraries of the older kind ask for the parts of Node with `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
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
for (const [program, options] of stale) await replace(join(root, program), options);
if (stale.length > 0) {
  console.error(`built ${stale.map(([output]) => output).join(', ')} in ${Date.now() - started.getTime()} ms`);
}

/** The program changes from the old to the new in one moment, so that it can be started all the while. */
async function replace(program: string, options: BuildOptions): Promise<void> {
  const { outputFiles } = await build({ ...common, ...options, write: false });
  const folder = dirname(program);
  const old = globSync('**/*.{js,map}', { cwd: folder }).map((path) => join(folder, path));
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path === program ? `${path}.new` : path, contents);
  }
  // A source that changed in the meantime is newer than this.
  utimesSync(`${program}.new`, started, started);
  renameSync(`${program}.new`, program);
  const current = new Set(outputFiles.map(({ path }) => path));
  for (const path of old) if (!current.has(path)) rmSync(path, { force: true });
}

/** Milliseconds since 1970, 0 for a file that is not there. */
function modified(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
