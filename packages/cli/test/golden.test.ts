import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goldenCommands, goldenPage } from './support/golden.ts';

/**
 * What every command prints, kept as pages that are read like code. `npm run golden` writes them anew; read the
 * difference against docs/cli.md before it is committed.
 */
const folder = join(import.meta.dirname, 'golden');
const isWritten = process.env.UPDATE_GOLDEN === '1';
const commands = [...goldenCommands()];
const files = commands.map(([name]) => `${name}.txt`).toSorted();

describe('what commands print stands in test/golden', () => {
  it.each(commands)('%s', async (name, command) => {
    const path = join(folder, `${name}.txt`);
    const page = await goldenPage(command);
    if (isWritten) writeFileSync(path, page);
    expect(existsSync(path), `${path} is missing: npm run golden`).toBe(true);
    expect(page).toBe(readFileSync(path, 'utf8'));
  });

  it('and nothing else does', () => {
    const kept = readdirSync(folder).toSorted();
    if (isWritten) for (const file of kept) if (!files.includes(file)) rmSync(join(folder, file));
    expect(readdirSync(folder).toSorted()).toEqual(files);
  });
});
