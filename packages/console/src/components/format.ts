import { texts } from '../texts.ts';

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** `2 hours ago`, `in 3 days`. */
export function timeAgo(time: string, now: number = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  for (const [unit, size] of units)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(Math.trunc(seconds), 'second');
}

export const fullTime = (time: string): string => absolute.format(new Date(time));

/** `2030-01-02T03:04:05Z` as the calendar of the browser takes it, in the time of this place. */
export function localTime(text: string): string {
  if (!text.endsWith('Z')) return text;
  const time = new Date(text);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** How a field of a thing is called over a column, or beside its value. */
export const labelOf = (field: string): string => texts.fields[field] ?? spoken(field);

/** `default_project_id` → `Default project id` */
export function spoken(name: string): string {
  const words = name.replaceAll(/[_-]/g, ' ').replace(/\.\{index\}$/, '');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** `Users` → `users`; `SSH keys` stays as it is. */
export const withinSentence = (title: string): string =>
  /^[A-Z]{2}/.test(title) ? title : `${title.charAt(0).toLowerCase()}${title.slice(1)}`;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
