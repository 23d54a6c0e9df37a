import { splitWord } from './assignments.ts';

/** Names of settings as arguments spell them, `secret_key` being `secret-key`. Values stay, but for that of `key`. */
export function withDashes(word: string): string {
  const dashed = (text: string) => text.replaceAll('_', '-');
  if (!word.includes('=')) return dashed(word);
  const [name, value] = splitWord(word);
  return `${dashed(name)}=${name === 'key' ? dashed(value) : value}`;
}
