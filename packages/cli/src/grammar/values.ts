import type { Argument } from '@bailiwick/contract/command-table';
import { CommandError } from '../command-error.ts';
import { readDuration } from './duration.ts';
import { readTime } from './time.ts';

/** What a request holds for one typed argument. */
export type Value = string | number | boolean;

/**
 * Reads a typed value by the type of its argument. Words of an enum and UUIDs are checked later, when all arguments
 * are known.
 *
 * @param now milliseconds since 1970
 * @throws CommandError
 */
export function readValue(argument: Argument, name: string, typed: string, now: number): Value {
  switch (argument.type) {
    case 'boolean':
      return readBoolean(name, typed);
    case 'integer':
      return readInteger(name, typed);
    case 'datetime':
      return readTime(name, typed, now);
    case 'duration':
      return readDuration(name, typed);
    case 'string':
    case 'enum':
      return typed;
  }
}

function readBoolean(name: string, typed: string): boolean {
  if (typed === 'true' || typed === 'false') return typed === 'true';
  throw new CommandError(`invalid value for '${name}' argument: invalid boolean value`, {
    hint: 'Possible values: true, false',
  });
}

function readInteger(name: string, typed: string): number {
  const number = /^(?:\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(typed) ? Number(typed) : Number.NaN;
  if (Number.isSafeInteger(number) && number < 2 ** 32) return number;
  throw new CommandError(`invalid value for '${name}' argument: '${typed}' is no whole number from 0 to 4294967295`);
}
