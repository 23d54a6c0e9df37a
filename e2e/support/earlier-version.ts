import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const own = '@bailiwick';

/** Whether the history of this repository is here; in CI it must be, elsewhere what needs it is left out, and that is told. */
export function hasHistory(commit: string): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root, stdio: 'ignore' });
    return true;
  } catch {
    if (process.env.CI) throw new Error(`${commit} is not in this repository: fetch all of its history`);
    console.warn('no history here: an upgrade from an earlier version is not tested');
    return false;
  }
}

/** An earlier version of the server, as it was, with the dependencies of this one. */
export interface EarlierVersion {
  readonly folder: string;
  /** What `bailiwick` runs. */
  readonly program: string;
}

export function checkOut(commit: string): EarlierVersion {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-earlier-'));
  const files = execFileSync('git', ['archive', '--format=tar', commit], { cwd: root, maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: files });
  const dependencies = join(folder, 'node_modules');
  mkdirSync(join(dependencies, own), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== own) symlinkSync(join(root, 'node_modules', name), join(dependencies, name));
  for (const name of readdirSync(join(folder, 'packages'))) {
    symlinkSync(join(folder, 'packages', name), join(dependencies, own, name));
    const apart = join('packages', name, 'node_modules');
    if (existsSync(join(root, apart))) symlinkSync(join(root, apart), join(folder, apart));
  }
  return { folder, program: join(folder, 'packages/server/src/main.ts') };
}
