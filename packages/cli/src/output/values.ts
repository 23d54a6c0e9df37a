import type { Field } from '@bailiwick/contract/command-table';
import { parseDuration } from '@bailiwick/contract/duration';
import { relativeTime } from './relative-time.ts';
import type { Json } from './result.ts';
import { oneLine } from './visible.ts';

export { oneLine };

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

/** `1 hour 30 minutes`, parts that are zero left out. */
function showDuration(text: string): string {
  let rest = Math.floor(parseDuration(text) ?? 0);
  const parts: string[] = [];
  for (const [unit, length] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ] as const) {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    if (amount > 0) parts.push(`${amount} ${unit}${amount === 1 ? '' : 's'}`);
  }
  return parts.join(' ') || '0 seconds';
}
