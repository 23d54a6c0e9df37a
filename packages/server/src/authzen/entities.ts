import type { Properties } from '@bailiwick/authz';
import { contract, type InvalidArgument, invalidArguments, maximumEntityBytes } from '@bailiwick/contract';
import { createReader } from '../http/parse.ts';

/** The parts of a question as a caller sends them. */
export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Properties;
}

export interface ActionEntity {
  readonly name: string;
  readonly properties?: Properties;
}

export interface Evaluation {
  readonly subject: Entity;
  readonly action: ActionEntity;
  readonly resource: Entity;
  readonly context?: Properties;
}

/** The parts of a batch that hold for all its items. */
export interface Defaults {
  readonly subject?: unknown;
  readonly action?: unknown;
  readonly resource?: unknown;
  readonly context?: unknown;
}

/** Compiled on first use, as for every operation. */
let reader: ReturnType<typeof createReader<Evaluation>> | undefined;

/** One question of a batch. A part of the item takes the place of the whole default: they are not merged. */
export function readEvaluation(
  item: unknown,
  defaults: Defaults,
): { readonly evaluation: Evaluation } | { readonly wrong: readonly InvalidArgument[] } {
  if (!isObject(item))
    return { wrong: [{ argument_name: 'evaluation', help_message: 'value must be an object', reason: 'format' }] };
  reader ??= createReader<Evaluation>(contract.authzen.evaluation.body);
  const { value, wrong } = reader({
    subject: item.subject ?? defaults.subject,
    action: item.action ?? defaults.action,
    resource: item.resource ?? defaults.resource,
    context: item.context ?? defaults.context,
  });
  if (wrong.length > 0) return { wrong };
  const tooLarge = oversized(value);
  return tooLarge.length > 0 ? { wrong: tooLarge } : { evaluation: value };
}

/** Parts that are larger than 16 KiB of JSON. */
export function oversized(parts: object): readonly InvalidArgument[] {
  return Object.entries(parts).flatMap(([name, part]): InvalidArgument[] => {
    if (!isObject(part) || Object.keys(part).length === 0) return [];
    if (Buffer.byteLength(JSON.stringify(part)) <= maximumEntityBytes) return [];
    const help_message = `value must be at most ${maximumEntityBytes} bytes of JSON`;
    return [{ argument_name: name, help_message, reason: 'constraint' }];
  });
}

/** @throws ApiError `invalid_arguments` when a part of a question is too large */
export function assertSizes(parts: object): void {
  const wrong = oversized(parts);
  if (wrong.length > 0) throw invalidArguments(wrong);
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
