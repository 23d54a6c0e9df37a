/** Durations are whole seconds in the program and text such as `259200s` on the wire. */

const pattern = /^(\d{1,12})(?:\.(\d{1,9}))?s$/;

/**
 * Reads `259200s` or `259200.000000000s`. A fraction of a second is cut.
 *
 * @returns seconds, or null when the text is no such duration
 */
export function parseDuration(text: string): number | null {
  const match = pattern.exec(text);
  return match ? Number(match[1]) : null;
}

/** Writes seconds as `259200s`. */
export function formatDuration(seconds: number): string {
  return `${seconds}s`;
}
