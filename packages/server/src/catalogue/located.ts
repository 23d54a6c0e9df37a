/** A value of a file together with the line it stands on. */
export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly kind: 'map';
  readonly line: number;
  /** `line` is that of the name. */
  readonly entries: ReadonlyMap<string, { readonly line: number; readonly value: Located }>;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly Located[];
}

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: unknown;
}

/** Data that comes with the product: it stands on no line. */
export function locateData(data: unknown): Located {
  const line = 0;
  if (Array.isArray(data)) return { kind: 'list', line, items: data.map(locateData) };
  if (typeof data !== 'object' || data === null) return { kind: 'scalar', line, value: data };
  const entries = Object.entries(data).map(([name, value]) => [name, { line, value: locateData(value) }] as const);
  return { kind: 'map', line, entries: new Map(entries) };
}

/** What it is, for a person. */
export function kindOf(value: Located): string {
  if (value.kind !== 'scalar') return `a ${value.kind}`;
  if (value.value === null) return 'nothing';
  return typeof value.value === 'string' ? 'a text' : `a ${typeof value.value}`;
}
