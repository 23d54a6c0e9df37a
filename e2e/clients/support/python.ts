import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Built, builtFolder, builtOr, runStep } from '../../../test-support/built.ts';

/** Pins every package by version and by the hashes of its files. */
export const requirements = join(import.meta.dirname, '../python/requirements.txt');

/**
 * A Python that has the official SDK, installed once for each set of versions: the files whose hashes were reviewed.
 *
 * @returns path of the interpreter, version of the SDK
 * @throws in CI, where it can be installed
 */
export async function pythonWithSdk(): Promise<Built> {
  const text = readFileSync(requirements, 'utf8');
  const version = /^scaleway==(\S+)/m.exec(text)?.[1] ?? 'unknown';
  const folder = join(builtFolder, `python-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`);
  const path = join(folder, 'bin/python');
  if (existsSync(path)) return { path, version };
  // It may be moved: only the scripts of pip hold the path, and those are not used.
  const draft = `${folder}.${process.pid}`;
  return await builtOr(`the Python SDK ${version} cannot be installed`, draft, async () => {
    mkdirSync(builtFolder, { recursive: true });
    await runStep('python3', ['-m', 'venv', draft]);
    const quiet = ['--quiet', '--no-input', '--disable-pip-version-check'];
    const reviewed = ['--require-hashes', '--no-deps', '--requirement', requirements];
    const install = ['-m', 'pip', 'install', ...quiet, ...reviewed];
    await runStep(join(draft, 'bin/python'), install);
    renameSync(draft, folder);
    return { path, version };
  });
}
