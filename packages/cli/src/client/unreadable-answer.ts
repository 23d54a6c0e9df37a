import { bareError, type CommandError } from '../command-error.ts';
import { isObject, type JsonObject } from '../output/result.ts';

/** What to do where something else answers than a service of this API. */
export const answersElse = 'Check the API address: something else answers there, perhaps a proxy that wants a sign-in.';

/** The error for an answer that no service of this API gives. */
export function unreadableAnswer(reason: string, cause?: unknown): CommandError {
  return bareError(`could not parse response body: ${reason}`, cause, answersElse);
}

/** The items of an answer; none where the service leaves an empty list out. */
export function itemsOf(answer: { readonly [key: string]: unknown }, key: string): readonly JsonObject[] {
  const items = answer[key];
  const isEmpty = items === null || (items === undefined && answer.total_count === 0);
  if (isEmpty) return [];
  if (items === undefined) throw unreadableAnswer(`there is no ${key} in it`);
  if (!Array.isArray(items)) throw unreadableAnswer(`${key} is no list`);
  if (!items.every(isObject)) throw unreadableAnswer(`${key} holds what is no object`);
  return items as readonly JsonObject[];
}
