import type { ArgumentReason } from '@bailiwick/contract';
import { expect } from 'vitest';
import type { Answer, Json } from './server.ts';

/** The arguments that are wrong, each with the reason. */
export type WrongArguments = readonly (readonly [argument: string, reason: ArgumentReason])[];

/**
 * The answer is a 400 that names exactly these arguments, written as on the wire: keys in alphabetical order, nothing
 * else, no blanks. How to mend them is said in words, which are for people.
 */
export function expectInvalid({ status, headers, body, text }: Answer, wrong: WrongArguments): void {
  expect(status, text).toBe(400);
  expect(text).toBe(
    JSON.stringify({ details: body.details.map(inOrder), message: 'invalid argument(s)', type: 'invalid_arguments' }),
  );
  const named = body.details.map(({ argument_name: name, reason }: Json) => [name, reason]);
  expect(named.toSorted(), text).toEqual(wrong.toSorted());
  for (const { help_message: help } of body.details) expect(help).toMatch(/^\S.*\S$/s);
  expect(headers['content-type']).toBe('application/json');
  expect(headers['x-bailiwick-revision']).toBeUndefined();
}

const inOrder = ({ argument_name, help_message, reason }: Json) => ({ argument_name, help_message, reason });
