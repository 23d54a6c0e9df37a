/**
 * `npm run pack:authz`: makes the engine a package of its own, for programs that embed it: plain JavaScript with types.
 * Inside the repository it is used from its sources.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

const root = join(import.meta.dirname, '..');
const source = join(root, 'packages/authz');
const target = join(source, 'dist/package');
rmSync(target, { recursive: true, force: true });

const { private: _, exports: _sources, ...described } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
await build({
  input: join(source, 'src/index.ts'),
  platform: 'neutral',
  external: Object.keys(described.dependencies).flatMap((name) => [name, new RegExp(`^${name}/`)]),
  output: { file: join(target, 'index.js'), format: 'esm' },
});
const compiler = join(root, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '-p', join(source, 'tsconfig.build.json')], { stdio: 'inherit' });
const entry = { types: './index.d.ts', default: './index.js' };
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ ...described, exports: { '.': entry }, sideEffects: false, engines: { node: '>=22.19' } }, null, 2)}\n`,
);
for (const file of [join(source, 'README.md'), join(root, 'LICENSE')]) {
  if (existsSync(file)) copyFileSync(file, join(target, file.slice(file.lastIndexOf('/') + 1)));
}
const { name, version }: { name: string; version: string } = described;
const archive = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
execFileSync('tar', ['-czf', join(source, 'dist', archive), '-C', join(source, 'dist'), 'package']);
console.log(join('packages/authz/dist', archive));
