import { type Filter, parse } from 'scim2-parse-filter';
import { ScimError, shownValue } from './refusal.ts';

/** Where in a resource: `emails[type eq "work"].value`, in lower case but for the value that is compared with. */
export interface Path {
  /** As it was sent, for errors. */
  readonly text: string;
  readonly attribute: string;
  readonly sub: string | undefined;
  readonly where: Comparison | undefined;
}

/** An attribute, as `username` or `emails.value`, equals a value. */
export interface Comparison {
  readonly attribute: string;
  readonly value: string | number | boolean | null;
}

/** What hangs the parser is refused before it. */
const longest = 1024;
const ownSchemas = /^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):/;

/** The name of an attribute without the URN of our schemas, and in lower case. */
export const plainName = (name: string): string => name.toLowerCase().replace(ownSchemas, '');

/** The path of one operation of a PATCH (RFC 7644, section 3.5.2). @throws ScimError `invalidPath` */
export function readPath(text: string): Path {
  const form = /^(?<attribute>[\w$:.-]+?)(?:\[(?<where>[^\]]+)\])?(?:\.(?<sub>[A-Za-z$][\w$-]*))?$/;
  const prefix = ownSchemas.exec(text.toLowerCase())?.[0] ?? '';
  const parts = text.length > longest ? undefined : form.exec(text.slice(prefix.length))?.groups;
  if (parts?.attribute === undefined) throw new ScimError('invalidPath', `this is no path: ${shownValue(text)}`);
  const where = parts.where === undefined ? undefined : comparisons(parts.where, 'invalidPath');
  if (where !== undefined && where.length !== 1)
    throw new ScimError('invalidPath', `a path compares one thing: ${shownValue(text)}`);
  return { text, attribute: parts.attribute.toLowerCase(), sub: parts.sub?.toLowerCase(), where: where?.[0] };
}

/**
 * What all must hold for a resource to fit a filter (RFC 7644, section 3.4.2.2): `eq`, joined by `and`.
 *
 * @throws ScimError for any other filter, and for what is none
 */
export function comparisons(text: string, fault: 'invalidFilter' | 'invalidPath'): readonly Comparison[] {
  const refused = new ScimError(
    fault,
    `only \`eq\`, and comparisons joined by \`and\`, are understood, not ${shownValue(text)}`,
  );
  if (text.length > longest) throw refused;
  const { filter: whole, texts } = parsed(text, refused);
  const flat = (filter: Filter): readonly Comparison[] => {
    if (filter.op === 'and') return filter.filters.flatMap(flat);
    if (filter.op === '[]') {
      const attribute = plainName(filter.attrPath);
      return flat(filter.valFilter).map((inner) => ({ ...inner, attribute: `${attribute}.${inner.attribute}` }));
    }
    if (filter.op !== 'eq') throw refused;
    const { compValue: value } = filter;
    return [
      {
        attribute: plainName(filter.attrPath),
        value: typeof value === 'string' ? (texts[Number(value)] ?? '') : value,
      },
    ];
  };
  return flat(whole);
}

/**
 * Texts are read as JSON (RFC 7644, section 3.4.2.2), which the parser does not quite: it sees the number of each in its place.
 *
 * @throws ScimError
 */
function parsed(text: string, refused: ScimError): { readonly filter: Filter; readonly texts: readonly string[] } {
  const texts: string[] = [];
  try {
    const numbered = text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, (literal) => `"${texts.push(JSON.parse(literal)) - 1}"`);
    return { filter: parse(numbered), texts };
  } catch {
    throw refused;
  }
}
