import { summarize } from './statistics.ts';

/** Rows of text; the first column is names, the others figures. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** A line below that says how to read it. */
  readonly note?: string;
}

export function printTable({ head, rows, note }: Table): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  console.log(['', line(head), ...rows.map(line), ...(note === undefined ? [] : [note])].join('\n').trimEnd());
}

/** `3,210 (2,990–3,400)`, with three digits that count. */
export function figures(values: readonly number[], unit = ''): string {
  const { median, least, most } = summarize(values);
  return `${figure(median)}${unit} (${figure(least)}–${figure(most)})`;
}

function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
