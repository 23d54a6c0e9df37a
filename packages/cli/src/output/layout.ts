import type { Cell, Paint } from './values.ts';
import { oneLine } from './visible.ts';

/** Colours of a terminal, or none. */
export type Painter = (text: string, paint: Paint | 'bold' | null) => string;

const gap = 2;
const narrowestColumn = 5;

/**
 * Lines of cells, padded to the widest of each column; the last column is not padded. The last cell of a row that is
 * shorter than others goes on across their columns.
 *
 * @param width columns from the right that do not fit are left out, the first never is; null for all of them
 */
export async function layOut(
  content: readonly (readonly Cell[])[],
  painter: Painter,
  width: number | null = null,
): Promise<string> {
  // Whoever made the cells: nothing in them commands the terminal or breaks the line.
  const rows = content.map((row) => row.map(({ text, paint }) => ({ text: oneLine(text), paint })));
  const measure = await createMeasure(rows);
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const needed = Array.from({ length: count }, (_, column) =>
    rows.reduce((widest, row) => {
      const goesOn = column === row.length - 1 && row.length < count;
      return goesOn ? widest : Math.max(widest, measure(row[column]?.text ?? '') + gap);
    }, 0),
  );
  const widths = needed.map((one) => Math.max(narrowestColumn, one));
  const shown = width === null ? count : fitting(needed, width);
  return rows
    .map((row) => {
      const cells = row.slice(0, shown).map(({ text, paint }, column) => {
        const isLast = column === Math.min(shown, row.length) - 1;
        const padding = isLast ? '' : ' '.repeat(Math.max(0, widths[column]! - measure(text)));
        return `${painter(text, paint)}${padding}`;
      });
      return `${cells.join('')}\n`;
    })
    .join('');
}

function fitting(widths: readonly number[], width: number): number {
  let used = 0;
  const tooWide = widths.findIndex((one) => {
    used += one;
    return used > width;
  });
  return tooWide < 0 ? widths.length : Math.max(1, tooWide);
}

/** ASCII is as wide as it is long; only other texts need the tables of Unicode. */
async function createMeasure(rows: readonly (readonly Cell[])[]): Promise<(text: string) => number> {
  const isAscii = rows.every((row) => row.every(({ text }) => /^[\x20-\x7e]*$/.test(text)));
  if (isAscii) return (text) => text.length;
  const { default: stringWidth } = await import('string-width');
  return stringWidth;
}
