import type { Document, Pair } from 'yaml';
import { contentProblem, yamlProblem } from '../client/yaml-problem.ts';
import type { Fault, Path } from './faults.ts';

/** A file as its content, and where each part of it stands. */
export interface Source {
  readonly content: unknown;
  /** The line of a key, of an item, or of the nearest thing around it. */
  lineOf(path: Path): number | null;
}

/** Far more than the largest organization needs; beyond it somebody wants to fill the memory. */
const longestText = 64 * 1024 * 1024;
/** Times that what one anchor holds may be repeated, nested ones counted. */
const maximumAliasCount = 1000;

/** Reads YAML, and with it JSON. Faults are those of its form. */
export async function readSource(text: string): Promise<Source | { readonly faults: readonly Fault[] }> {
  const fault = (reason: string, line: number | null = null) => ({ faults: [{ path: [], line, reason }] });
  if (text.length > longestText) return fault(`is longer than ${longestText} characters`);
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  let document: Document;
  let content: unknown;
  try {
    document = yaml.parseDocument(text, { lineCounter: lines });
    if (document.errors.length > 0) {
      return { faults: document.errors.map((error) => ({ path: [], ...yamlProblem(error) })) };
    }
    content = document.toJS({ maxAliasCount: maximumAliasCount });
  } catch (failure) {
    // Deeper than the stack, or more aliases than anybody writes by hand.
    return fault(contentProblem(failure));
  }
  const resolved = (node: unknown): unknown => (yaml.isAlias(node) ? (node.resolve(document) ?? null) : node);
  const startOf = (node: unknown): number | null => (yaml.isNode(node) ? (node.range?.[0] ?? null) : null);
  const lineOf = (path: Path): number | null => {
    let here: unknown = document.contents;
    let offset = startOf(here);
    for (const part of path) {
      const container = resolved(here);
      if (yaml.isMap(container)) {
        const pair = container.items.find(({ key }: Pair) => yaml.isScalar(key) && String(key.value) === String(part));
        if (pair === undefined) break;
        here = pair.value;
        offset = startOf(pair.key) ?? offset;
      } else if (yaml.isSeq(container)) {
        const item = container.items[Number(part)];
        if (item === undefined) break;
        here = item;
        offset = startOf(item) ?? offset;
      } else break;
    }
    return offset === null ? null : lines.linePos(offset).line;
  };
  return { content, lineOf };
}
