/** Both databases take some ten thousand parameters in one statement; an insert of more rows is cut. */
const maximumParameters = 10_000;

/** The rows in runs that fit one statement each. */
export function chunks<R extends object>(rows: readonly R[]): readonly (readonly R[])[] {
  const width = Object.keys(rows[0] ?? {}).length || 1;
  const size = Math.floor(maximumParameters / width);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) => rows.slice(index * size, (index + 1) * size));
}
