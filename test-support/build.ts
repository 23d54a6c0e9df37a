import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Tests that start the programs want them as the sources are now. */
export default function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, '../scripts/build.ts')], { stdio: 'inherit' });
}
