import { bareError } from '../command-error.ts';
import { isObject } from '../output/result.ts';
import { type Environment, inConfigurationFolder } from './configuration.ts';
import { readYamlFile } from './yaml-file.ts';

/** What a person likes: the content of `cli.yaml`. */
export interface Preferences {
  /** Output format where `-o` is not typed. */
  readonly output: string | null;
  /** Words that stand for other words. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

/** @throws CommandError when the file is no such file */
export async function readPreferences(env: Environment): Promise<Preferences> {
  const path = env.SCW_CLI_CONFIG_PATH || inConfigurationFolder(env, 'cli.yaml');
  const invalid = (reason: string) => bareError(`content of ${path} is invalid: ${reason}`);
  const { output, alias } = (path === null ? null : await readYamlFile(path, invalid)) ?? {};
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

/** Replaces aliases wherever they stand, values after `=` excepted. What they stand for is not looked at again. */
export function expandAliases(words: readonly string[], { aliases }: Preferences): readonly string[] {
  return words.flatMap((word) => aliases.get(word) ?? [word]);
}
