import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { fileError } from '../client/file-problem.ts';
import type { CommandError } from '../command-error.ts';
import { checkFile, type Flaw } from './check-file.ts';
import { faultsError } from './faults.ts';
import type { OrganizationFile } from './file-schema.ts';
import { readSource } from './yaml-source.ts';

/** A file whose form is right, and the error for what is found wrong with its meaning. */
export interface ReadFile {
  readonly file: OrganizationFile;
  refuse(flaws: readonly Flaw[]): CommandError;
}

/**
 * Reads an organization from a file, or from standard input where the path is `-`.
 *
 * @throws CommandError with every fault and its line
 */
export async function readOrganizationFile(path: string, stdin: Readable): Promise<ReadFile> {
  const name = path === '-' ? 'standard input' : path;
  const text = await (path === '-' ? textOf(stdin) : readFile(path, 'utf8')).catch((failure: unknown) => {
    throw fileError(`read ${name}`, failure);
  });
  const source = await readSource(text);
  if ('faults' in source) throw faultsError(name, source.faults);
  const refuse = (flaws: readonly Flaw[]) =>
    faultsError(
      name,
      flaws.map(({ path: at, reason }) => ({ path: at, reason, line: source.lineOf(at) })),
    );
  const checked = checkFile(source.content);
  if ('flaws' in checked) throw refuse(checked.flaws);
  return { file: checked.file, refuse };
}
