import type { CommandError } from '../command-error.ts';
import type { Format } from './format.ts';
import { toJson } from './json.ts';
import type { Painter } from './layout.ts';
import { capitalized } from './render.ts';
import type { JsonObject } from './result.ts';
import { visible } from './visible.ts';
import { toYaml } from './yaml.ts';

/** An error as it stands on standard error. */
export async function renderError(error: CommandError, format: Format, painter: Painter): Promise<string> {
  if (format.kind === 'json') return toJson(errorObject(error), format.pretty);
  if (format.kind === 'yaml') return await toYaml({ error: error.message });
  const parts = [painter(sentence(visible(error.message)), 'red')];
  const { details, hint } = error;
  if (details?.trim()) parts.push('', painter('Details:', 'bold'), sentence(visible(details.trimEnd())));
  // The service has a line for each argument, empty where it has nothing to say of it.
  if (hint?.trim()) parts.push('', painter('Hint:', 'bold'), sentence(visible(hint)));
  return `${parts.join('\n')}\n`;
}

function errorObject({ bare, message, api, details, hint }: CommandError): JsonObject {
  const more = { ...(details && { details }), ...(hint && { hint }) };
  return bare ? { error: message, ...more } : { message, error: api, ...more };
}

/** A capital first letter, but not for a name such as `organization-id` or `web.yaml`. */
function sentence(text: string): string {
  const [first = ''] = text.split(/\s/);
  return /[-/\\]|\w\.\w/.test(first) ? text : capitalized(text);
}
