import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from './support/server-process.ts';

const root = join(import.meta.dirname, '..');
const example = join(root, 'examples/embed-authz.ts');
const readme = readFileSync(join(root, 'packages/authz/README.md'), 'utf8');
const block = (start: string) => readme.split(start)[1]?.split('\n```')[0];

/** What the manual says that the example prints. */
const printed = `${block('It prints\n\n```\n')}\n`;

it('the example of the manual is the one that is run', () => {
  expect(`${block('```ts\n')}\n`).toBe(readFileSync(example, 'utf8'));
});

it('a program decides with the engine alone, without a server', async () => {
  expect(await runProgram(process.execPath, [example])).toEqual({ code: 0, stdout: printed, stderr: '' });
});

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'bailiwick-embed-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('the packed engine is all that another program needs, with types', async () => {
  const packed = await runProgram(process.execPath, [join(root, 'scripts/pack-authz.ts')]);
  expect(packed).toMatchObject({ code: 0, stderr: '' });
  const modules = join(home, 'node_modules');
  mkdirSync(join(modules, '@bailiwick'), { recursive: true });
  await runProgram('tar', ['-xzf', join(root, packed.stdout.trim()), '-C', home]);
  cpSync(join(home, 'package'), join(modules, '@bailiwick/authz'), { recursive: true });
  // What a package manager would install beside it.
  const { dependencies } = JSON.parse(readFileSync(join(home, 'package/package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(modules, '@bufbuild'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  copyFileSync(example, join(home, 'example.ts'));
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
  const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2024', types: [] };
  writeFileSync(
    join(home, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, lib: ['es2025', 'dom'] }, files: ['example.ts'] }),
  );

  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  expect(await runProgram(process.execPath, [compiler, '-p', home])).toEqual({ code: 0, stdout: '', stderr: '' });
  const run = await runProgram(process.execPath, [join(home, 'example.ts')], { cwd: home });
  expect(run).toEqual({ code: 0, stdout: printed, stderr: '' });
});
