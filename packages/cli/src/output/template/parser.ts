import { readTokens, type Token } from './lexer.ts';
import { readPipe } from './pipe-parser.ts';
import { badTemplate } from './position.ts';
import { deeper, expect, peek, type Reading, take } from './reading.ts';
import type { Node } from './syntax.ts';

const unsupported = ['define', 'template', 'block', 'break', 'continue'];

/**
 * Reads a template (docs/cli.md lists what it may hold).
 *
 * @throws CommandError with the position of the first thing that is wrong
 */
export function parseTemplate(source: string): readonly Node[] {
  const reading: Reading = { source, tokens: readTokens(source), next: 0, variables: ['$'], depth: 0 };
  const { nodes, stop } = readNodes(reading);
  if (stop !== null) throw badTemplate(source, stop.at, `unexpected ${stop.text}`);
  return nodes;
}

/** Up to the `end` or `else` that belongs to the control around, which is taken. */
function readNodes(reading: Reading): { readonly nodes: readonly Node[]; readonly stop: Token | null } {
  const nodes: Node[] = [];
  for (;;) {
    const token = take(reading);
    if (token.kind === 'end of template') return { nodes, stop: null };
    if (token.kind === 'text') {
      nodes.push({ kind: 'text', text: token.text });
      continue;
    }
    const word = peek(reading);
    const keyword = word.kind === 'word' ? word.text : null;
    if (keyword === 'end' || keyword === 'else') {
      return { nodes, stop: take(reading) };
    }
    if (keyword === 'if' || keyword === 'with' || keyword === 'range') {
      take(reading);
      nodes.push(readControl(reading, keyword, word));
    } else if (keyword !== null && unsupported.includes(keyword)) {
      throw badTemplate(reading.source, word.at, `${keyword} is not supported`);
    } else {
      nodes.push({ kind: 'action', pipe: readPipe(reading, 'action') });
      expect(reading, 'close');
    }
  }
}

/** After the keyword, up to its `end`. */
function readControl(reading: Reading, kind: 'if' | 'with' | 'range', keyword: Token): Node {
  return deeper(reading, keyword, () => {
    const known = reading.variables.length;
    const pipe = readPipe(reading, kind);
    expect(reading, 'close');
    const { nodes: body, stop } = readNodes(reading);
    if (stop === null) throw badTemplate(reading.source, keyword.at, `${kind} has no end`);
    const otherwise = stop.text === 'else' ? readElse(reading, kind, keyword) : [];
    if (stop.text === 'end') expect(reading, 'close');
    reading.variables.length = known;
    return { kind, pipe, body, otherwise };
  });
}

function readElse(reading: Reading, kind: 'if' | 'with' | 'range', keyword: Token): readonly Node[] {
  const word = peek(reading);
  // `else if` has its end in common with the `if`.
  if (kind !== 'range' && word.kind === 'word' && word.text === kind) {
    take(reading);
    return [readControl(reading, kind, word)];
  }
  expect(reading, 'close');
  const { nodes, stop } = readNodes(reading);
  if (stop === null) throw badTemplate(reading.source, keyword.at, `${kind} has no end`);
  if (stop.text !== 'end') throw badTemplate(reading.source, stop.at, `unexpected ${stop.text} after else`);
  expect(reading, 'close');
  return nodes;
}
