import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requirements } from './support/python.ts';

describe('programs of other people are the ones that were reviewed', () => {
  it.each(Object.entries(requirements))(
    'every Python package for %s is pinned by its version and by hashes',
    (_, file) => {
      const packages = readFileSync(file, 'utf8')
        .replaceAll('\\\n', ' ')
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('#'));
      expect(packages.length).toBeGreaterThan(5);
      for (const line of packages) expect(line).toMatch(/^[\w-]+==[\w.]+(?: +--hash=sha256:[0-9a-f]{64})+ *$/);
    },
  );
});
