import type { YAMLError } from 'yaml';

/** What is wrong with the form of a file, with the line where that is known. */
export interface YamlProblem {
  readonly line: number | null;
  readonly reason: string;
}

const inQuotes = 'put the text in quotes';
const reasons: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'a reference such as *name can have no anchor and no tag',
  BAD_ALIAS: 'there is no right name behind & or *; if it is part of a text, put it in quotes',
  BAD_COLLECTION_TYPE: 'what stands behind a tag such as !!map is of another kind',
  BAD_DIRECTIVE: 'a line that begins with % is not understood',
  BAD_DQ_ESCAPE: 'a backslash in double quotes stands before what it cannot; double it, or use single quotes',
  BAD_INDENT: 'it is not indented as the lines that it belongs to',
  BAD_PROP_ORDER: 'an anchor or a tag stands before the sign that it should follow',
  BAD_SCALAR_START: `no text begins with this character; ${inQuotes}`,
  BLOCK_AS_IMPLICIT_KEY: `the line holds more than one ": " or "- "; ${inQuotes}`,
  BLOCK_IN_FLOW: 'a list or a map on lines of its own stands within [ ] or { }',
  DUPLICATE_KEY: 'the key is there twice',
  IMPOSSIBLE: 'it is no YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a sign is missing here or above: a quote, a bracket, a comma, or the ":" behind a key',
  MULTILINE_IMPLICIT_KEY: 'a key goes on over several lines; a ":" or a quote may be missing',
  MULTIPLE_ANCHORS: 'two anchors stand at one place',
  MULTIPLE_DOCS: 'a second document begins with ---, and there can be only one',
  MULTIPLE_TAGS: 'two tags stand at one place',
  NON_STRING_KEY: `a key is no text; ${inQuotes}`,
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab stands where only blanks may',
  TAG_RESOLVE_FAILED: `a tag such as !name is not known; ${inQuotes} if it is one`,
  UNEXPECTED_TOKEN: `something stands where it does not belong; ${inQuotes} if it is part of one`,
};

export function yamlProblem({ code, message, linePos }: YAMLError): YamlProblem {
  // The library has one code for everything that is missing, and another one for a bracket that comes too early.
  const isUnclosed = code === 'BAD_INDENT' && /must be sufficiently indented and end with/.test(message);
  return { line: linePos?.[0].line ?? null, reason: reasons[isUnclosed ? 'MISSING_CHAR' : code] };
}

/** What is wrong where the form is right and the content cannot be made from it. */
export function contentProblem(failure: unknown): string {
  if (failure instanceof RangeError) return 'it is nested too deeply';
  const { message } = failure as Error;
  if (/^Excessive alias count/.test(message)) return 'its references (*name) repeat more than anybody writes by hand';
  const unresolved = /^Unresolved alias[^:]*: (\S+)$/.exec(message)?.[1];
  if (unresolved !== undefined) return `the reference *${unresolved} has no anchor &${unresolved} before it`;
  return 'it is no YAML';
}
