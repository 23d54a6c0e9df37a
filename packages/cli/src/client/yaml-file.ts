import { promises, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Document } from 'yaml';
import { bareError, type CommandError } from '../command-error.ts';
import { isObject } from '../output/result.ts';
import { fileError } from './file-problem.ts';

export type YamlFile = { readonly [key: string]: unknown };

/** Errors about one file. */
export interface FileErrors {
  /** It cannot be read. */
  unreadable(failure: unknown): CommandError;
  /** What it holds is wrong. */
  invalid(reason: string): CommandError;
  /** It cannot be written. */
  unwritable(failure: unknown): CommandError;
}

/**
 * @param name of the file, with its path
 * @param mend how a wrong content is mended
 */
export function createFileErrors(name: string, mend: string): FileErrors {
  return {
    unreadable: (failure) => fileError(`read ${name}`, failure),
    invalid: (reason) => bareError(`content of ${name} is invalid: ${reason}`, undefined, mend),
    unwritable: (failure) => fileError(`change ${name}`, failure),
  };
}

/**
 * Reads a YAML file that holds a map.
 *
 * @returns null when there is no such file; `{}` for an empty one
 */
export async function readYamlFile(path: string, errors: FileErrors): Promise<YamlFile | null> {
  const text = readText(path, errors);
  return text === null ? null : (await parse(text, errors)).content;
}

/** At once: nothing else could be done meanwhile, and what reads in the background takes longer to load than to read. */
function readText(path: string, errors: FileErrors): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw errors.unreadable(failure);
  }
}

interface Parsed {
  readonly document: Document;
  readonly content: YamlFile;
}

async function parse(text: string, errors: FileErrors): Promise<Parsed> {
  // Loaded here: a run that is configured by its environment needs no YAML.
  const { parseDocument } = await import('yaml');
  let document: Document;
  let content: unknown;
  try {
    document = parseDocument(text, { stringKeys: true });
    content = document.errors.length > 0 ? null : (document.toJS() ?? {});
  } catch (failure) {
    throw errors.invalid((await import('./yaml-problem.ts')).contentProblem(failure));
  }
  const [problem] = document.errors;
  if (problem) {
    const { line, reason } = (await import('./yaml-problem.ts')).yamlProblem(problem);
    throw errors.invalid(line === null ? reason : `line ${line}: ${reason}`);
  }
  if (!isObject(content)) throw errors.invalid('it holds no map of keys and values');
  if (isEndless(content)) throw errors.invalid('a part of it holds itself');
  return { document, content };
}

function isEndless(content: YamlFile): boolean {
  try {
    JSON.stringify(content);
    return false;
  } catch {
    return true;
  }
}

/** How a file is kept: who may read it and its folder. */
export interface Modes {
  readonly file: number;
  readonly folder: number;
}

/**
 * Changes a YAML file in place and makes it where there is none. Comments, and what the change does not touch, stay.
 */
export async function changeYamlFile(
  path: string,
  modes: Modes,
  errors: FileErrors,
  change: (document: Document) => void,
): Promise<void> {
  const { document } = await parse(readText(path, errors) ?? '', errors);
  change(document);
  let text: string;
  try {
    text = document.contents === null ? '' : document.toString({ lineWidth: 0, flowCollectionPadding: false });
  } catch (failure) {
    // An alias whose anchor has gone with the change.
    throw errors.invalid((await import('./yaml-problem.ts')).contentProblem(failure));
  }
  await writeFileAtOnce(path, text, modes, errors);
}

/**
 * Makes sure that there is a map at a place, and on the way there. A reference to another part of the file becomes a map
 * of its own, so that a change of it changes nothing else.
 */
export function makeMap(document: Document, path: readonly string[]): void {
  for (const depth of path.keys()) {
    const here = path.slice(0, depth + 1);
    const content: unknown = document.toJS();
    const there = here.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), content);
    const node = document.getIn(here, true);
    const isMap = isObject(node) && 'items' in node;
    if (!isMap) document.setIn(here, document.createNode(isObject(there) ? there : {}));
  }
}

/** Readers see the old file or the new one, never a part of it. A link stays one, also where there is nothing yet at its end. */
export async function writeFileAtOnce(
  path: string,
  text: string,
  modes: Modes,
  { unwritable }: Pick<FileErrors, 'unwritable'>,
): Promise<void> {
  const { writeFile } = await import('atomically');
  try {
    const target = await endOfLinks(path);
    // Folders at the end of a link belong to somebody else, or are not mounted.
    if (target !== path) await promises.stat(dirname(target));
    await promises.mkdir(dirname(target), { recursive: true, mode: modes.folder });
    // What is not allowed now will not be allowed in a moment.
    await writeFile(target, text, { mode: modes.file, timeout: 200 });
  } catch (failure) {
    throw unwritable(failure);
  }
}

/** As many links in a row as systems follow. */
const mostLinks = 40;

/** Where a link leads to, whether anything is there or not; the path itself when it is none. */
export async function endOfLinks(path: string): Promise<string> {
  let target = path;
  for (let count = 0; count <= mostLinks; count += 1) {
    const next = await promises.readlink(target).catch(() => null);
    if (next === null) return target;
    target = resolve(dirname(target), next);
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

export async function isThere(path: string): Promise<boolean> {
  return await promises.access(path).then(
    () => true,
    () => false,
  );
}
