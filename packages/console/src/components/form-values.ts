import type { Argument, Command } from '../api/contract.ts';
import { isRecord } from './format.ts';

/** What a form holds: text for simple inputs, several for lists, by the name of the argument. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;

/** Inputs that a form shows: neither what is nested in lists, which has an editor of its own, nor what is filled in anyway. */
export function formArguments(command: Command, preset: FormValues): readonly Argument[] {
  return command.arguments.filter(
    ({ name, wire, fromConfig }) =>
      wire.in !== 'query' &&
      (fromConfig === null || fromConfig.setting === 'project') &&
      (name.match(/\{index\}/g)?.length ?? 0) <= 1 &&
      !/\{index\}\./.test(name) &&
      !(name in preset),
  );
}

/** Where an argument stands in the request, as errors name it: `member.email`, `tags`. */
export const placeOf = ({ wire }: Argument): string => wire.path.filter((key) => key !== '[]').join('.');

/** The name of an input as requests and addresses have it: `user_ids` of `user-ids.{index}`. */
export const inputOf = ({ wire, name }: Argument): string => wire.path.findLast((key) => key !== '[]') ?? name;

/** The values of a thing that exists, for a form that changes it. */
export function valuesOf(shown: readonly Argument[], item: Readonly<Record<string, unknown>>): FormValues {
  return Object.fromEntries(
    shown.map(({ name, list, wire }) => {
      const found = wire.path
        .filter((key) => key !== '[]')
        .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), item);
      if (list) return [name, Array.isArray(found) ? found.map(String) : []];
      return [name, found === null || found === undefined ? '' : String(found)];
    }),
  );
}

/** What is sent: every input at its place on the wire. `before` leaves out what did not change. */
export function toInput(command: Command, values: FormValues, before?: FormValues): Readonly<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const argument of command.arguments) {
    const value = values[argument.name];
    if (value === undefined || (before !== undefined && isSame(value, before[argument.name]))) continue;
    if (before === undefined && value.length === 0) continue;
    put(
      input,
      argument.wire.path.filter((key) => key !== '[]'),
      typeof value === 'string' ? typed(argument, value) : value,
    );
  }
  return input;
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next: Record<string, unknown> = isRecord(inner) ? { ...inner } : {};
  put(next, rest, value);
  target[key] = next;
}

function typed({ type }: Argument, value: string): unknown {
  if (type === 'boolean') return value === 'true';
  if (type === 'integer') return Number(value);
  if (type === 'datetime') return value === '' ? null : new Date(value).toISOString();
  return value;
}

const isSame = (one: string | readonly string[], other: string | readonly string[] | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** The words of the command line that say the same. */
export function toWords(command: Command, values: FormValues, before?: FormValues): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { name, type } of command.arguments) {
    const value = values[name];
    if (value === undefined || (before !== undefined && isSame(value, before[name]))) continue;
    if (typeof value === 'string')
      words.set(name, type === 'datetime' && value !== '' ? new Date(value).toISOString() : value);
    else for (const [index, each] of value.entries()) words.set(name.replace('{index}', String(index)), each);
  }
  return words;
}
