const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};
const shown = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/**
 * A text as a literal of Go, `%q`.
 *
 * @param inBackquotes where it can be
 * @param isAscii whether every other character is written by its number
 */
export function quoted(text: string, inBackquotes: boolean, quote = '"', isAscii = false): string {
  if (inBackquotes && !/[`\p{Cc}\ufeff]/u.test(text.replaceAll('\t', ''))) return `\`${text}\``;
  const characters = [...text].map((character) => {
    if (character === quote) return `\\${quote}`;
    const short = escapes[character];
    if (short !== undefined) return short;
    return shown.test(character) && (!isAscii || character < '\u0080') ? character : escaped(character.codePointAt(0)!);
  });
  return `${quote}${characters.join('')}${quote}`;
}

function escaped(code: number): string {
  const digits = code.toString(16);
  if (code < 0x80) return `\\x${digits.padStart(2, '0')}`;
  return code > 0xff_ff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}
