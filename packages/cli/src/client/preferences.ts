import type { Document } from 'yaml';
import { bareError } from '../command-error.ts';
import { isObject } from '../output/result.ts';
import { type Environment, inConfigurationFolder } from './configuration.ts';
import { changeYamlFile, createFileErrors, type FileErrors, makeMap, readYamlFile } from './yaml-file.ts';

/** What a person likes: the content of `cli.yaml`. */
export interface Preferences {
  /** Output format where `-o` is not typed. */
  readonly output: string | null;
  /** Words that stand for other words. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

function preferencesPath(env: Environment): string | null {
  return env.SCW_CLI_CONFIG_PATH || inConfigurationFolder(env, 'cli.yaml');
}

function errorsOf(path: string): FileErrors {
  return createFileErrors(path, 'Mend it in an editor, or remove it: it holds aliases and the format of output alone.');
}

/** @throws CommandError when the file is no such file */
export async function readPreferences(env: Environment): Promise<Preferences> {
  const path = preferencesPath(env);
  const errors = errorsOf(path ?? '');
  const { invalid } = errors;
  const { output, alias } = (path === null ? null : await readYamlFile(path, errors)) ?? {};
  if (output !== undefined && output !== null && typeof output !== 'string') throw invalid('output is no text');
  const aliases = isObject(alias) && isObject(alias.aliases) ? alias.aliases : {};
  return {
    output: output ?? null,
    aliases: new Map(
      Object.entries(aliases).map(([name, words]) => {
        if (!Array.isArray(words)) throw invalid(`alias ${name} is no list of words`);
        return [name, words.map(String)];
      }),
    ),
  };
}

/** The first words of lines in which nothing is replaced: they are about the words themselves, or mend what is set up. */
const neverExpanded: readonly (string | undefined)[] = ['alias', 'autocomplete', 'init'];

/** Replaces aliases wherever they stand, values after `=` excepted. What they stand for is not looked at again. */
export function expandAliases(words: readonly string[], { aliases }: Preferences): readonly string[] {
  if (neverExpanded.includes(words[0])) return words;
  return words.flatMap((word) => aliases.get(word) ?? [word]);
}

/** @throws CommandError when the file cannot be written */
export async function setAlias(env: Environment, name: string, words: readonly string[]): Promise<void> {
  await changePreferences(env, (document) => {
    makeMap(document, aliasesPlace);
    document.setIn([...aliasesPlace, name], document.createNode(words, { flow: true }));
  });
}

/** @throws CommandError when the file cannot be written */
export async function deleteAlias(env: Environment, name: string): Promise<void> {
  await changePreferences(env, (document) => {
    makeMap(document, aliasesPlace);
    document.deleteIn([...aliasesPlace, name]);
  });
}

const aliasesPlace = ['alias', 'aliases'];

async function changePreferences(env: Environment, change: (document: Document) => void): Promise<void> {
  const path = preferencesPath(env);
  if (path === null) throw bareError('no folder for cli.yaml is known: set HOME or SCW_CLI_CONFIG_PATH');
  await changeYamlFile(path, { file: 0o644, folder: 0o700 }, errorsOf(path), change);
}
