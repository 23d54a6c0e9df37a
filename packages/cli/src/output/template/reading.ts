import type { Token, TokenKind } from './lexer.ts';
import { badTemplate } from './position.ts';

/** What is left of a template, and what is known at this place of it. */
export interface Reading {
  readonly source: string;
  readonly tokens: readonly Token[];
  next: number;
  /** Variables in force, the latest last. */
  readonly variables: string[];
  /** Controls and parentheses around this place. */
  depth: number;
}

/** What people write has a few levels; without a bound a hostile text would end in a stack trace. */
const deepest = 100;

/** @throws CommandError where a text is nested deeper than people write */
export function deeper<T>(reading: Reading, { at }: Token, read: () => T): T {
  reading.depth += 1;
  if (reading.depth > deepest) throw badTemplate(reading.source, at, 'nested too deeply');
  const result = read();
  reading.depth -= 1;
  return result;
}

export function peek(reading: Reading, ahead = 0): Token {
  return reading.tokens[Math.min(reading.next + ahead, reading.tokens.length - 1)]!;
}

export function take(reading: Reading): Token {
  const token = peek(reading);
  reading.next += 1;
  return token;
}

export function expect(reading: Reading, kind: TokenKind): Token {
  const token = take(reading);
  if (token.kind !== kind) throw unexpected(reading, token);
  return token;
}

export function unexpected({ source }: Reading, { kind, text, at }: Token): ReturnType<typeof badTemplate> {
  const shown = kind === 'end of template' ? 'end of the template' : JSON.stringify(text);
  const isElement = kind === 'number' && text.startsWith('.');
  return badTemplate(source, at, `unexpected ${shown}${isElement ? ', an element is found by index' : ''}`);
}
