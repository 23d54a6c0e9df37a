import type { Field } from '@bailiwick/contract/command-table';
import { parseDuration } from '@bailiwick/contract/duration';
import { relativeTime } from './relative-time.ts';
import type { Json } from './result.ts';

/** What a value depends on beside itself. */
export interface Viewing {
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Paint = 'green' | 'red' | 'blue' | 'dim';

/** A text of one line, with the colour that a terminal gives it. */
export interface Cell {
  readonly text: string;
  readonly paint: Paint | null;
}

const actionPaints: Readonly<Record<string, Paint>> = {
  created: 'green',
  updated: 'blue',
  deleted: 'red',
  unknown_action: 'dim',
};

/** A single value as people read it. */
export function showValue(value: Json, field: Field, { now }: Viewing): Cell {
  if (value === null || value === '') return plain('-');
  if (typeof value === 'boolean') return { text: String(value), paint: value ? 'green' : 'red' };
  if (typeof value !== 'string') return plain(String(value));
  if (field.type === 'datetime') return plain(relativeTime(value, now));
  if (field.type === 'duration') return plain(showDuration(value));
  const paint = field.key === 'action' && field.type === 'enum' ? (actionPaints[value] ?? null) : null;
  return { text: oneLine(value), paint };
}

export function plain(text: string): Cell {
  return { text, paint: null };
}

/** Line breaks and terminal commands in data are shown, not obeyed. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
    return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `1 hours 1 minutes`, always plural, parts that are zero left out. */
function showDuration(text: string): string {
  let rest = Math.floor(parseDuration(text) ?? 0);
  const parts: string[] = [];
  for (const [unit, length] of [
    ['days', 86_400],
    ['hours', 3600],
    ['minutes', 60],
    ['seconds', 1],
  ] as const) {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    if (amount > 0) parts.push(`${amount} ${unit}`);
  }
  return parts.join(' ') || '0 seconds';
}
