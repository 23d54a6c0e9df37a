import { invalidValue, shownValue } from './refusal.ts';

/** How values of a document are read: kinds are checked, names are the same in any case (RFC 7643, section 2.1). */
export type Complex = Readonly<Record<string, unknown>>;

export const isComplex = (value: unknown): value is Complex =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an attribute that a document has itself; undefined without one. @param name in lower case */
export function attributeOf(document: Complex, name: string): unknown {
  return Object.entries(document).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** @throws ScimError `invalidValue` */
export function textOf(value: unknown, attribute: string): string {
  if (typeof value !== 'string') throw invalidValue(`${attribute} must be a text, not ${shownValue(value)}`);
  return value;
}

/** Entra ID sends "True" and "False" as texts. @throws ScimError `invalidValue` */
export function flagOf(value: unknown, attribute: string): boolean {
  const word = typeof value === 'string' ? value.toLowerCase() : value;
  if (word === true || word === 'true') return true;
  if (word === false || word === 'false') return false;
  throw invalidValue(`${attribute} must be true or false, not ${shownValue(value)}`);
}

/** A multi-valued attribute; a single value is a list of one. @throws ScimError `invalidValue` */
export function listOf(value: unknown, attribute: string): readonly Complex[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((each) => {
    if (!isComplex(each)) throw invalidValue(`${attribute} must be a list of objects, not ${shownValue(value)}`);
    return each;
  });
}

/** Null, an empty list and none at all are the same (RFC 7643, section 2.5). */
export const isUnassigned = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);
