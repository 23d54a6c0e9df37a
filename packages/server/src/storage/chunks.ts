/** Both databases take some ten thousand parameters in one statement; a statement with more is cut. */
const maximumParameters = 10_000;

/** The rows of an insert in runs that fit one statement each. */
export function chunks<R extends object>(rows: readonly R[]): readonly (readonly R[])[] {
  return runsOf(rows, Math.floor(maximumParameters / (Object.keys(rows[0] ?? {}).length || 1)));
}

/** Identifiers in runs that fit one `in (…)` each. */
export function idChunks(ids: readonly string[]): readonly (readonly string[])[] {
  return runsOf(ids, maximumParameters - 1);
}

/** Items in runs of a size. */
export function runsOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
