import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Built, builtFolder, builtOr, runStep } from '../../../test-support/built.ts';

/** Each pins every package by version and by the hashes of its files. */
export const requirements = {
  sdk: join(import.meta.dirname, '../python/requirements.txt'),
  scim: join(import.meta.dirname, '../scim/requirements.txt'),
} as const;

/** A Python that has the official SDK. */
export const pythonWithSdk = (): Promise<Built> => pythonWith(requirements.sdk, 'scaleway', 'the Python SDK');

/** A Python that has a validator of SCIM servers. */
export const pythonWithScimTester = (): Promise<Built> => pythonWith(requirements.scim, 'scim2-tester', 'scim2-tester');

/**
 * A Python that has some packages, installed once for each set of versions: the files whose hashes were reviewed.
 *
 * @param name of the package that it is about, whose version is told
 * @returns path of the interpreter, version of the package
 * @throws in CI, where it can be installed
 */
async function pythonWith(pinned: string, name: string, what: string): Promise<Built> {
  const text = readFileSync(pinned, 'utf8');
  const version = new RegExp(`^${name}==(\\S+)`, 'm').exec(text)?.[1] ?? 'unknown';
  const folder = join(builtFolder, `python-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`);
  const path = join(folder, 'bin/python');
  if (existsSync(path)) return { path, version };
  // It may be moved: only the scripts of pip hold the path, and those are not used.
  const draft = `${folder}.${process.pid}`;
  return await builtOr(`${what} ${version} cannot be installed`, draft, async () => {
    mkdirSync(builtFolder, { recursive: true });
    await runStep('python3', ['-m', 'venv', draft]);
    const quiet = ['--quiet', '--no-input', '--disable-pip-version-check'];
    const reviewed = ['--require-hashes', '--no-deps', '--requirement', pinned];
    const install = ['-m', 'pip', 'install', ...quiet, ...reviewed];
    await runStep(join(draft, 'bin/python'), install);
    renameSync(draft, folder);
    return { path, version };
  });
}
