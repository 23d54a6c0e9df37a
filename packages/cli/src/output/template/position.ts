import { bareError, type CommandError } from '../../command-error.ts';

/** `line 2, column 5`, both from 1. */
export function positionOf(source: string, at: number): string {
  const before = source.slice(0, at).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** A template that cannot be read. */
export function badTemplate(source: string, at: number, message: string): CommandError {
  return bareError(`invalid template, ${positionOf(source, at)}: ${message}`);
}
