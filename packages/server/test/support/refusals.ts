import type { ArgumentReason } from '@bailiwick/contract';
import { expect } from 'vitest';
import { historyOf } from './audit.ts';
import type { Answer, CallOptions, TestServer } from './server.ts';

/** A whole refusal: status and body as it was sent, so that the order of its keys counts. */
export type Refusal = readonly [status: number, body: string];

export const refusalOf = ({ status, text }: Answer): Refusal => [status, text];

const refusal = (status: number, body: object): Refusal => [status, JSON.stringify(body)];

/** Argument, reason and help of one fault. */
export type Fault = readonly [argument: string, reason: ArgumentReason, help: string];

export function invalid(...faults: readonly Fault[]): Refusal {
  const details = faults.map(([argument_name, reason, help_message]) => ({ argument_name, help_message, reason }));
  return refusal(400, { details, message: 'invalid argument(s)', type: 'invalid_arguments' });
}

export const unauthenticated = (method: 'api_key' | 'jwt' | 'unknown_method', reason: string): Refusal =>
  refusal(401, { message: 'authentication is denied', method, reason, type: 'denied_authentication' });

export function forbidden(...missing: readonly (readonly [action: string, resource: string])[]): Refusal {
  const details = missing.map(([action, resource]) => ({ action, resource }));
  return refusal(403, { details, message: 'insufficient permissions', type: 'permissions_denied' });
}

export const overQuota = (resource: string, quota: number, organization_id: string): Refusal =>
  refusal(403, {
    details: [{ current: quota, organization_id, quota, resource }],
    message: 'quota(s) exceeded for this resource',
    type: 'quotas_exceeded',
  });

export const unknown = (resource: string, resource_id: string): Refusal =>
  refusal(404, { message: 'resource is not found', resource, resource_id, type: 'not_found' });

export const taken = (resource: string, resource_id: string, help_message: string): Refusal =>
  refusal(409, { help_message, message: 'resource already exists', resource, resource_id, type: 'already_exists' });

export const forestalled = (precondition: string, help_message: string): Refusal =>
  refusal(412, { help_message, message: 'precondition is not respected', precondition, type: 'precondition_failed' });

export type Request = readonly [method: string, path: string, options?: CallOptions];

/** The request is refused with exactly this, and leaves nothing behind: no revision and no audit entry. */
export async function expectRefused(server: TestServer, request: Request, expected: Refusal): Promise<void> {
  const before = await historyOf(server);
  const [method, path] = request;
  expect(refusalOf(await server.call(...request)), `${method} ${path}`).toEqual(expected);
  expect(await historyOf(server), `after ${method} ${path}`).toEqual(before);
}

/** What the help of a fault says. */
export const help = {
  uuid: 'value must be a valid UUID',
  email: 'value must be a valid email address',
  required: 'value is required',
  twice: 'value must be given once',
  unicode: 'value must be valid Unicode without zero characters',
  atLeast: (length: number) => `value length must be at least ${length} runes`,
  atMost: (length: number) => `value length must be at most ${length} runes`,
  bytes: (range: string) => `value length must be ${range} bytes`,
  pattern: (pattern: string) => `value does not match regex pattern "${pattern}"`,
  type: (type: string) => `value must be of type ${type}`,
  oneOf: (...words: readonly string[]) => `value must be one of ${words.join(', ')}`,
} as const;
