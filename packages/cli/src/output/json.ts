import type { Json } from './result.ts';

const escaped = /[<>&\u007f-\u009f\u2028\u2029]/g;

/** JSON as scripts know it from the official client: `<`, `>` and `&` escaped, a final line break. */
export function toJson(value: Json, pretty: boolean): string {
  const text = JSON.stringify(value, null, pretty ? 2 : undefined);
  return `${text.replace(escaped, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
