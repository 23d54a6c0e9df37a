import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of a page, by its language and what it holds. */
export function blockOf(page: string, language: string, having: string): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block = '']) => block,
  );
  const found = blocks.find((block) => block.includes(having));
  if (found === undefined) throw new Error(`${page} has no ${language} with ${having}`);
  return found;
}
