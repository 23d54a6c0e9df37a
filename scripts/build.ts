/**
 * Bundles the two programs. It runs before every start and test, so it does nothing when they are newer than all they
 * are made of.
 */
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const started = new Date();

/** A large table is read faster as JSON than as a script. */
const tablesAsJson: Plugin = {
  name: 'tables-as-json',
  load: {
    filter: { id: /__generated__.*\.json$/ },
    handler: (id) => ({
      code: `export default JSON.parse(${JSON.stringify(readFileSync(id, 'utf8'))});`,
      moduleType: 'js',
    }),
  },
};

/**
 * An `import` of a part of Node makes all its names, and with those of `node:fs` loads streams that hardly any run needs.
 * Asked for like this it gives what is used.
 */
const nodeWithoutItsNames: Plugin = {
  name: 'node-without-its-names',
  // The bundler's own helpers need `node:module` before they are there.
  resolveId: { filter: { id: /^node:(?!module$)/ }, handler: (id) => ({ id: `\0${id}` }) },
  load: {
    filter: { id: /^\0node:/ },
    handler: (id) => ({
      code: `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))});`,
      moduleType: 'js',
    }),
  },
};

/** Libraries that are partly machine code, or that read files of their own; pg-native is not used. */
const stayOutside = ['better-sqlite3', '@node-rs/argon2', '@scalar/fastify-api-reference', 'pg-native'];

const neededBy = new Map<string, ReadonlySet<string>>();

interface Program {
  /** The file that is run. */
  readonly output: string;
  readonly source: string;
  readonly input: InputOptions;
  readonly format: OutputOptions;
}

const programs: readonly Program[] = [
  {
    output: 'packages/cli/dist/scw.js',
    source: 'packages/cli/src/main.ts',
    input: { plugins: [tablesAsJson, nodeWithoutItsNames] },
    format: { minify: true },
  },
  {
    output: 'packages/server/dist/bailiwick.js',
    source: 'packages/server/src/main.ts',
    // Finding and reading the many files of the libraries would take half of the time that a server needs to start.
    input: { external: stayOutside },
    format: { sourcemap: true },
  },
];

/** The console is built by its own tool, into files that the server sends as they are. */
const consoleFolder = 'packages/console';
const consolePage = `${consoleFolder}/dist/index.html`;

const sources = globSync(
  [
    ...[
      'packages/*/src/**/*.{ts,tsx,css,json}',
      'packages/*/package.json',
      'packages/console/{index.html,vite.config.ts}',
    ],
    ...['package-lock.json', 'scripts/build.ts'],
  ],
  { cwd: root },
);
const newestSource = Math.max(...sources.map(modified));
const stale = programs.filter(({ output }) => modified(output) <= newestSource);
for (const program of stale) await replace(program);
const built = stale.map(({ output }) => output);
if (modified(consolePage) <= newestSource) {
  const { build } = await import('vite');
  // Whoever builds in a test wants what people get.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build({ root: join(root, consoleFolder), logLevel: 'error' });
  if (environment === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = environment;
  for (const path of globSync('assets/*.{js,css}', { cwd: join(root, consoleFolder, 'dist') })) compress(path);
  utimesSync(join(root, consolePage), started, started);
  built.push(consolePage);
}
if (built.length > 0) console.error(`built ${built.join(', ')} in ${Date.now() - started.getTime()} ms`);

/** The server sends what is compressed already. */
function compress(path: string): void {
  const file = join(root, consoleFolder, 'dist', path);
  const content = readFileSync(file);
  writeFileSync(`${file}.br`, brotliCompressSync(content));
  writeFileSync(`${file}.gz`, gzipSync(content));
}

/** The program changes from the old to the new in one moment, so that it can be started all the while. */
async function replace({ output, source, input, format }: Program): Promise<void> {
  const entry = join(root, source);
  const bundle = await rolldown({ ...input, input: { [basename(output, '.js')]: entry }, platform: 'node', cwd: root });
  const { output: files } = await bundle.generate({
    ...format,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
    codeSplitting: {
      groups: [{ debugName: 'core', name: (id, graph) => (isAlwaysNeeded(id, entry, graph) ? 'core' : null) }],
    },
  });
  await bundle.close();
  const program = join(root, output);
  const folder = dirname(program);
  const old = globSync('**/*.{js,map}', { cwd: folder }).map((path) => join(folder, path));
  const current = new Set<string>();
  for (const file of files) {
    const path = join(folder, file.fileName);
    current.add(path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path === program ? `${path}.new` : path, file.type === 'chunk' ? file.code : file.source);
  }
  // A source that changed in the meantime is newer than this.
  utimesSync(`${program}.new`, started, started);
  renameSync(`${program}.new`, program);
  for (const path of old) if (!current.has(path)) rmSync(path, { force: true });
}

interface Graph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/**
 * Whether a module is loaded in every run. All of those go into one file: each further file would cost a millisecond of
 * the start. What only some commands need comes in parts. The first one stays apart: the parts that it waits for wait
 * for all that stands in a file with what they use.
 */
function isAlwaysNeeded(id: string, entry: string, graph: Graph): boolean {
  const needed = neededBy.get(entry) ?? reachable(entry, graph);
  neededBy.set(entry, needed);
  return id !== entry && (needed.has(id) || id.includes('rolldown/runtime'));
}

function reachable(entry: string, graph: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [entry];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}

/** Milliseconds since 1970, 0 for a file that is not there. */
function modified(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
