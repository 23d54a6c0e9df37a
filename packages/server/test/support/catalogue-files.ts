import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Definitions } from '../../src/catalogue/definitions.ts';
import { CatalogueError } from '../../src/catalogue/faults.ts';
import { readCatalogue } from '../../src/catalogue/source.ts';

/** What a refusal says; the file is called `FILE` in it. */
export function refusals(text: string): readonly string[] {
  return faultsOf(() => readCatalogue(text, 'FILE')).message.split('\n');
}

export function faultsOf(work: () => unknown): CatalogueError {
  try {
    work();
  } catch (failure) {
    expect(failure).toBeInstanceOf(CatalogueError);
    if (failure instanceof CatalogueError) return failure;
  }
  throw new Error('it was not refused');
}

export const accepted = (text: string): Definitions => readCatalogue(text, 'FILE');

/** A catalogue whose service `wiki` has a page in a project and settings in the organization. */
export const wikiService = `version: 1
services:
  - name: wiki
    resources:
      - name: page
        scope: project
        actions: [list, read, {name: purge, privileged: true}]
      - name: settings
        scope: organization
        actions: [read, {name: seal, privileged: true}]
`;

/** A catalogue file that a test writes, and writes again. */
export interface CatalogueFile {
  readonly path: string;
  write(text: string | Uint8Array): void;
  remove(): void;
}

export function catalogueFile(text: string): CatalogueFile {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-catalogue-'));
  const path = join(folder, 'catalogue.yaml');
  writeFileSync(path, text);
  return {
    path,
    write: (changed) => writeFileSync(path, changed),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Permission sets for projects that read pages, with lines of their own. */
export function wikiWith(...sets: readonly { readonly name: string; readonly lines?: readonly string[] }[]): string {
  const written = sets.map(({ name, lines = [] }) =>
    [`  - name: ${name}`, '    scope_type: projects', '    permissions: ["wiki:page:read"]']
      .concat(lines.map((line) => `    ${line}`))
      .join('\n'),
  );
  return `${wikiService}permission_sets:${sets.length === 0 ? ' []' : `\n${written.join('\n')}`}\n`;
}

/** The service and sets, whose first line is the 12th. */
export const withSets = (sets: string) => `${wikiService}permission_sets:\n${sets}`;
/** A set for projects with one more line, the 15th. */
export const withLine = (line: string) => withSets(`  - name: WikiReader\n    scope_type: projects\n    ${line}\n`);
export const withAction = (action: string) => `version: 1
services:
  - name: wiki
    resources:
      - name: page
        scope: project
        actions: [read]
      - name: settings
        scope: organization
        actions:
          - read
          - ${action}
`;
