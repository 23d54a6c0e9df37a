import type { Result } from '../output/result.ts';
import { plain } from '../output/values.ts';
import { version } from '../version.ts';

/** `scw version`: what runs here. People see the version first, programs find it last, as in the official client. */
export async function showVersion(): Promise<Result> {
  const value = { runtime: `node ${process.version}`, os: process.platform, arch: process.arch, version };
  const lines = [
    ['Version', version],
    ['Runtime', value.runtime],
    ['OS', value.os],
    ['Arch', value.arch],
  ] as const;
  const rows = lines.map(([name, text]) => [plain(name), plain(text)]);
  return { shape: 'object', type: 'Version', value, page: [{ title: null, rows }] };
}
