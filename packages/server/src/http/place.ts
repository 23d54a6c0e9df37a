/** Where a value stands; its name is only spelled out for a fault. */
export interface Place {
  readonly within: Place | null;
  readonly key: string | number;
}

/** `rules[0].condition` */
export function nameOf(place: Place | null): string {
  if (place === null) return '';
  const before = nameOf(place.within);
  if (typeof place.key === 'number') return `${before}[${place.key}]`;
  return before === '' ? place.key : `${before}.${place.key}`;
}
