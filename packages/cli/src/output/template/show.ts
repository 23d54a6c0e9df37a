import { formatFloat } from './numbers.ts';
import type { Value } from './values.ts';

/** A value as `{{ . }}` prints it. */
export function show(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'float':
      return formatFloat(value.number, 'g', null);
    case 'time':
      return timeText(value.json);
    case 'list':
      return `[${value.items.map(show).join(' ')}]`;
    case 'map':
      return `map[${[...value.entries].map(([key, entry]) => `${key}:${show(entry)}`).join(' ')}]`;
    case 'object':
      return `{${[...value.fields.values()].map(show).join(' ')}}`;
  }
}

/** `2030-01-02T03:04:05.5+02:00` → `2030-01-02 03:04:05.5 +0200 +0200`; the zone of `Z` is `UTC`. */
export function timeText(text: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(?:Z|([+-]\d\d):(\d\d))$/.exec(text);
  if (parts === null) return text;
  const [, date, time, fraction = '', hours = '+00', minutes = '00'] = parts;
  const offset = `${hours}${minutes}`;
  return `${date} ${time}${fraction.replace(/\.?0*$/, '')} ${offset} ${/^[+-]0000$/.test(offset) ? 'UTC' : offset}`;
}
