import type { Json } from './result.ts';

const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };

/** JSON as scripts know it from the official client: `<`, `>` and `&` escaped, a final line break. */
export function toJson(value: Json, pretty: boolean): string {
  const text = JSON.stringify(value, null, pretty ? 2 : undefined);
  return `${text.replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16)}`)}\n`;
}
