import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config.ts';

/** A data folder of its own, the settings that name it, and what commands said. */
export interface Administration {
  readonly data: string;
  readonly config: Config;
  readonly terminal: { readonly out: (line: string) => void };
  /** The lines said since the last look. */
  said(): readonly string[];
  remove(): void;
}

/** Settings as the command line reads them, with nothing in the environment but what is given. */
export function administrationOf(
  databaseUrl: string,
  { words = [], environment = {} }: { words?: readonly string[]; environment?: Record<string, string> } = {},
): Administration {
  const data = mkdtempSync(join(tmpdir(), 'bailiwick-administration-'));
  const lines: string[] = [];
  const { config } = readConfig(['--data', data, '--database-url', databaseUrl, ...words], environment);
  return {
    data,
    config,
    terminal: { out: (line) => void lines.push(line) },
    said: () => lines.splice(0),
    remove: () => rmSync(data, { recursive: true, force: true }),
  };
}
