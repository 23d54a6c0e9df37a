import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type ParsedNode,
  Parser,
} from 'yaml';
import { assertFaultless, CatalogueError, collectFaults, quote } from './faults.ts';
import type { Located, LocatedMap } from './located.ts';

/** A catalogue needs eight levels. The parser calls itself for each, and takes the memory of the process for many. */
const maximumDepth = 64;
/** Words and signs. A file of 5 MB has about 1,500,000; one made of signs only would need gigabytes. */
const maximumLexemes = 2_000_000;
/** What aliases repeat, counted in values: ten short lines can stand for thousands of millions of them. */
const maximumRepeated = 100_000;

const thing = 'catalogue';

/**
 * Reads YAML, which JSON is a part of, and keeps the lines.
 *
 * @throws CatalogueError for broken syntax, a name that is given twice in one map, or more than is reasonable
 */
export function readDocument(text: string, path: string): Located {
  const lines = new LineCounter();
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const document = compose(text, path, lines);
  const faults = collectFaults();
  // On one line, the second follows from the first.
  const broken = Map.groupBy([...document.errors, ...document.warnings], ({ pos }) => lineAt(pos[0]));
  for (const [line, [first]] of broken)
    faults.add(line, thing, `the YAML is broken: ${oneSentence(first?.message ?? '')}`);
  assertFaultless(path, faults);
  if (document.contents === null) throw refusal(path, 1, 'the file is empty; it begins with `version: 1`');

  const { contents } = document;
  const anchored = resolveAliases(contents);
  let repeated = 0;

  const locate = (node: Node, depth: number, repeating: boolean): Located => {
    const line = lineAt(node.range?.[0] ?? 0);
    if (repeating) repeated += 1;
    if (repeated > maximumRepeated || depth > maximumDepth)
      throw refusal(path, line, 'its aliases stand for too much; write the values out');
    if (isAlias(node)) {
      const target = anchored.get(node);
      if (target) return locate(target, depth + 1, true);
      faults.add(line, thing, `the alias ${quote(`*${node.source}`)} has no anchor before it; write the value out`);
      return { kind: 'scalar', line, value: null };
    }
    if (isSeq(node)) {
      const items = node.items.filter(isNode).map((item) => locate(item, depth + 1, repeating));
      return { kind: 'list', line, items };
    }
    if (isMap(node)) {
      const entries = new Map<string, { line: number; value: Located }>();
      for (const { key, value } of node.items) {
        const keyLine = isNode(key) ? lineAt(key.range?.[0] ?? 0) : line;
        const name = isScalar(key) ? key.value : undefined;
        if (typeof name !== 'string')
          faults.add(keyLine, thing, 'the name of a member must be a text; put it in quotes');
        else if (entries.has(name)) faults.add(keyLine, thing, `${quote(name)} is given twice; leave one of them out`);
        else {
          const located: Located = isNode(value)
            ? locate(value, depth + 1, repeating)
            : { kind: 'scalar', line: keyLine, value: null };
          entries.set(name, { line: keyLine, value: located });
        }
      }
      return { kind: 'map', line, entries } satisfies LocatedMap;
    }
    return { kind: 'scalar', line, value: isScalar(node) ? node.value : null };
  };
  const located = locate(contents, 0, false);
  assertFaultless(path, faults);
  return located;
}

/** Repeated names are found by `readDocument`: the parser compares each with each. */
const options = { prettyErrors: false, uniqueKeys: false, version: '1.2' } as const;

function compose(text: string, path: string, lines: LineCounter): Document.Parsed<ParsedNode, true> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  let lexemes = 0;
  function* tokens(): Generator<CST.Token, void> {
    for (const lexeme of new Lexer().lex(text)) {
      lexemes += 1;
      yield* parser.next(lexeme);
      if (parser.stack.length <= maximumDepth && lexemes <= maximumLexemes) continue;
      const { line } = lines.linePos(parser.offset);
      if (parser.stack.length > maximumDepth)
        throw refusal(path, line, `more than ${maximumDepth} levels are nested; a catalogue needs eight`);
      throw refusal(
        path,
        line,
        `the file has more than ${maximumLexemes} words and signs; leave comments and blanks out`,
      );
    }
    yield* parser.end();
  }
  const [document, second] = new Composer(options).compose(tokens(), true, text.length);
  if (document === undefined) throw refusal(path, 1, 'the file is empty; it begins with `version: 1`');
  if (second !== undefined)
    throw refusal(path, lines.linePos(second.range[0]).line, 'a second document begins; a catalogue is one');
  return document;
}

/** What each alias stands for: the last thing before it that carries its anchor. */
function resolveAliases(contents: Node): ReadonlyMap<Node, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const visit = (node: unknown): void => {
    if (!isNode(node)) return;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target) targets.set(node, target);
      return;
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) node.items.forEach(visit);
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        visit(key);
        visit(value);
      }
    }
  };
  visit(contents);
  return targets;
}

function refusal(path: string, line: number, reason: string): CatalogueError {
  return new CatalogueError(path, [{ line, thing, reason }]);
}

function oneSentence(message: string): string {
  const flat = message.replaceAll(/\s+/g, ' ').trim();
  return `${flat.charAt(0).toLowerCase()}${flat.slice(1)}`;
}
