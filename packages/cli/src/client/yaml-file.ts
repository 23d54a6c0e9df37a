import { access, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Document } from 'yaml';
import { isObject } from '../output/result.ts';

export type YamlFile = { readonly [key: string]: unknown };

/** Makes the error for a file that cannot be read, or written, as such. */
export type Refuse = (reason: string) => Error;

/**
 * Reads a YAML file that holds a map.
 *
 * @returns null when there is no such file; `{}` for an empty one
 */
export async function readYamlFile(path: string, refuse: Refuse): Promise<YamlFile | null> {
  const text = await readText(path, refuse);
  return text === null ? null : contentOf(await parse(text, refuse), refuse);
}

async function readText(path: string, refuse: Refuse): Promise<string | null> {
  return await readFile(path, 'utf8').catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === 'ENOENT' || failure.code === 'ENOTDIR') return null;
    throw refuse(reasonOf(failure));
  });
}

async function parse(text: string, refuse: Refuse): Promise<Document> {
  // Loaded here: a run that is configured by its environment needs no YAML.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { stringKeys: true });
  const [problem] = document.errors;
  // Only the first line: the others show what the file holds.
  if (problem) throw refuse(problem.message.split('\n')[0]!);
  return document;
}

function contentOf(document: Document, refuse: Refuse): YamlFile {
  let content: unknown;
  try {
    content = document.toJS() ?? {};
  } catch (failure) {
    throw refuse((failure as Error).message);
  }
  if (!isObject(content)) throw refuse('it holds no map of keys and values');
  if (isEndless(content)) throw refuse('a part of it holds itself');
  return content;
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
  refuse: Refuse,
  change: (document: Document) => void,
): Promise<void> {
  const document = await parse((await readText(path, refuse)) ?? '', refuse);
  contentOf(document, refuse);
  change(document);
  let text: string;
  try {
    text = document.contents === null ? '' : document.toString({ lineWidth: 0, flowCollectionPadding: false });
  } catch (failure) {
    // An alias whose anchor has gone with the change.
    throw refuse((failure as Error).message);
  }
  await writeFileAtOnce(path, text, modes, refuse);
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

/** Readers see the old file or the new one, never a part of it. */
export async function writeFileAtOnce(path: string, text: string, modes: Modes, refuse: Refuse): Promise<void> {
  const { writeFile } = await import('atomically');
  try {
    await mkdir(dirname(path), { recursive: true, mode: modes.folder });
    // What is not allowed now will not be allowed in a moment.
    await writeFile(path, text, { mode: modes.file, timeout: 200 });
  } catch (failure) {
    throw refuse(reasonOf(failure as NodeJS.ErrnoException));
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a folder of its path is a file',
  EEXIST: 'a folder of its path is a file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  EROFS: 'the disk is read-only',
  ENOSPC: 'no space left',
};

/** What went wrong with a file, without the internal words. */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return reasons[code ?? ''] ?? message;
}

export async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
