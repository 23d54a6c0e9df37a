import type { JsonObject, Result } from '../output/result.ts';
import { plain } from '../output/values.ts';
import { version } from '../version.ts';

/** What runs here. */
export function buildInfo() {
  return {
    runtime: `node ${process.version}`,
    os: process.platform,
    arch: process.arch,
    version,
  } as const satisfies JsonObject;
}

/** `scw version`: people see the version first, programs find it last, as in the official client. */
export async function showVersion(): Promise<Result> {
  const value = buildInfo();
  const lines = [
    ['Version', value.version],
    ['Runtime', value.runtime],
    ['OS', value.os],
    ['Arch', value.arch],
  ] as const;
  const rows = lines.map(([name, text]) => [plain(name), plain(text)]);
  return { shape: 'object', type: 'Version', value, page: [{ title: null, rows }] };
}
