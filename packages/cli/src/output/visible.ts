// biome-ignore-all lint/suspicious/noControlCharactersInRegex: they are what is looked for

/** Beside control characters those that turn the direction of a text: with them a line can look like another one. */
const commands = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const commandsButLayout = /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Line breaks and terminal commands in data are shown, not obeyed. */
export function oneLine(text: string): string {
  return text.replace(commands, shown);
}

/** A text of several lines: its line breaks and tabs are kept, terminal commands are shown. */
export function visible(text: string): string {
  return text.replace(commandsButLayout, shown);
}

function shown(character: string): string {
  return short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
