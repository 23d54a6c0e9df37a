import { scimMaximumPage, scimPageSize } from '@bailiwick/contract';
import { type Comparison, comparisons } from './path.ts';
import { ScimError } from './refusal.ts';
import type { Window } from './store.ts';

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** What beyond the last one is not counted on: databases skip no more. */
const furthest = 1_000_000_000;

/** Which part of a list is asked for: what is too small is the smallest (RFC 7644, section 3.4.2.4). */
export function windowOf({ startIndex = 1, count = scimPageSize }: { startIndex?: number; count?: number }): Window {
  return {
    offset: Math.min(Math.max(startIndex, 1) - 1, furthest),
    limit: Math.min(Math.max(count, 0), scimMaximumPage),
  };
}

export function toList<R>(resources: readonly R[], total: number, { offset }: Window) {
  return {
    schemas: [listSchema],
    totalResults: total,
    startIndex: offset + 1,
    itemsPerPage: resources.length,
    Resources: [...resources],
  };
}

/**
 * The values that a filter asks for.
 *
 * @param names the attributes that can be asked for, in lower case, with what each is called inside
 * @returns null where nothing can fit
 * @throws ScimError `invalidFilter`
 */
export function filterOf<N extends string>(
  text: string | undefined,
  names: Readonly<Record<string, N>>,
): { readonly [K in N]?: string } | null {
  const wanted: { [K in N]?: string } = {};
  for (const { attribute, value } of text === undefined ? [] : comparisons(text, 'invalidFilter')) {
    const fixed = fixedValue(attribute);
    if (fixed !== undefined) {
      if (value !== fixed) return null;
      continue;
    }
    const name = Object.hasOwn(names, attribute) ? names[attribute] : undefined;
    if (name === undefined || typeof value !== 'string') throw refusedFilter(attribute, names);
    if (wanted[name] !== undefined && wanted[name] !== value) return null;
    wanted[name] = value;
  }
  return wanted;
}

/** Of the one address, which is for work. */
function fixedValue(attribute: Comparison['attribute']): string | boolean | undefined {
  if (attribute === 'emails.type') return 'work';
  return attribute === 'emails.primary' ? true : undefined;
}

function refusedFilter(attribute: string, names: Readonly<Record<string, string>>): ScimError {
  const known = Object.keys(names).join(', ');
  return new ScimError(
    'invalidFilter',
    `${JSON.stringify(attribute.slice(0, 100))} cannot be filtered by that: texts are compared with ${known}`,
  );
}
