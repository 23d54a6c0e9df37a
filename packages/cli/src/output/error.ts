import type { CommandError } from '../command-error.ts';
import type { Format } from './format.ts';
import { toJson } from './json.ts';
import type { Painter } from './layout.ts';
import { capitalized } from './render.ts';
import type { JsonObject } from './result.ts';
import { toYaml } from './yaml.ts';

/** An error as it stands on standard error. */
export async function renderError(error: CommandError, format: Format, painter: Painter): Promise<string> {
  if (format.kind === 'json') return toJson(errorObject(error), format.pretty);
  if (format.kind === 'yaml') return await toYaml({ error: error.message });
  const parts = [painter(sentence(visible(error.message)), 'red')];
  if (error.details) parts.push('', painter('Details:', 'bold'), sentence(visible(error.details)));
  if (error.hint) parts.push('', painter('Hint:', 'bold'), sentence(visible(error.hint)));
  return `${parts.join('\n')}\n`;
}

function errorObject({ bare, message, api, details, hint }: CommandError): JsonObject {
  const more = { ...(details && { details }), ...(hint && { hint }) };
  return bare ? { error: message, ...more } : { message, error: api, ...more };
}

/** A capital first letter, but not for a name such as `organization-id`. */
function sentence(text: string): string {
  const [first = ''] = text.split(/\s/);
  return first.includes('-') ? text : capitalized(text);
}

/** What a caller typed may hold commands to the terminal; line breaks and tabs are ours. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
