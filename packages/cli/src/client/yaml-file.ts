import { readFile } from 'node:fs/promises';
import { isObject } from '../output/result.ts';

export type YamlFile = { readonly [key: string]: unknown };

/**
 * Reads a YAML file that holds a map.
 *
 * @param refuse makes the error for a file that cannot be read as such
 * @returns null when there is no such file; `{}` for an empty one
 */
export async function readYamlFile(path: string, refuse: (reason: string) => Error): Promise<YamlFile | null> {
  const text = await readFile(path, 'utf8').catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === 'ENOENT' || failure.code === 'ENOTDIR') return null;
    throw refuse(failure.message);
  });
  if (text === null) return null;
  // Loaded here: a run that is configured by its environment needs no YAML.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw refuse(problem.message.split('\n')[0]!);
  const content: unknown = document.toJS() ?? {};
  if (!isObject(content)) throw refuse('it holds no map of keys and values');
  return content;
}
