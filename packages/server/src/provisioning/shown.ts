import { plainName } from './path.ts';
import { isComplex } from './values.ts';

/** Which attributes an answer is to hold (RFC 7644, section 3.9). */
export interface Shown {
  readonly attributes?: string | undefined;
  readonly excludedAttributes?: string | undefined;
}

const always = ['schemas', 'id'];
const namesIn = (list: string | undefined): readonly string[] =>
  (list ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : plainName(name.trim())));

/** Whether anything of an attribute is wanted. @param name in lower case */
export function isShown({ attributes, excludedAttributes }: Shown, name: string): boolean {
  const wanted = namesIn(attributes);
  if (wanted.length > 0) return wanted.some((each) => each === name || each.startsWith(`${name}.`));
  return !namesIn(excludedAttributes).includes(name);
}

/** The resource with what is wanted of it; `schemas` and `id` always are. */
export function onlyShown<R extends { readonly schemas: unknown; readonly id: string }>(
  resource: R,
  shown: Shown,
): Pick<R, 'schemas' | 'id'> & Partial<R> {
  const wanted = namesIn(shown.attributes);
  const excluded = namesIn(shown.excludedAttributes);
  if (wanted.length + excluded.length === 0) return resource;
  const keeps = (name: string): boolean =>
    wanted.length > 0 ? wanted.includes(name) || wanted.includes(name.replace(/\..*/, '')) : !excluded.includes(name);
  const { schemas, id } = resource;
  const kept: Partial<Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(resource)) {
    const name = key.toLowerCase();
    if (always.includes(key) || !isShown(shown, name)) continue;
    kept[key] = Array.isArray(value) ? value.map((each) => partOf(each, name, keeps)) : partOf(value, name, keeps);
  }
  return { ...(kept as Partial<R>), schemas, id };
}

function partOf(value: unknown, name: string, keeps: (name: string) => boolean): unknown {
  if (!isComplex(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => keeps(`${name}.${key.toLowerCase()}`)));
}
