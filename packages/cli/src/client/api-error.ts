import { bareError, CommandError } from '../command-error.ts';
import { isObject, type Json } from '../output/result.ts';
import { version } from '../version.ts';
import type { Incoming } from './transport.ts';

type Body = { readonly [key: string]: unknown };

/** The error that an answer outside of 200 to 299 stands for (docs/cli.md). */
export function apiError({ status, statusText, headers, text }: Incoming): CommandError {
  const statusLine = `${status} ${statusText}`;
  if (isUnknownCall(status, text)) return new CommandError(statusLine, { hint: unknownCallHint });
  if (status >= 300 && status < 400) return new CommandError(statusLine, { hint: elsewhereHint(headers.location) });
  if (!/\bjson\b/.test(headers['content-type'] ?? '')) return new CommandError(statusLine);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (failure) {
    return bareError('could not parse error response body: it is no JSON', failure);
  }
  if (!isObject(body)) return new CommandError(statusLine);
  const describe = kinds[word(body.type)];
  if (describe) return describe(body);
  const [message, type, resource] = [body.message, body.type, body.resource].map(word);
  // As the official client writes it, without what the service left out.
  const api = { message: message!, ...(type && { type }), ...(resource && { resource }) };
  return new CommandError(message || statusLine, { api });
}

/** The secret is not sent to where somebody else says. */
function elsewhereHint(location = ''): string {
  const origin = URL.parse(location)?.origin;
  const where = origin === undefined ? 'elsewhere' : `to ${origin}`;
  return `The server sends calls on ${where}, which are not followed: check the API address.`;
}

const unknownCallHint = `The server does not know this call: it is older than this program (version ${version}), or it is no IAM service. Check the API address.`;

/** No object is missing, the path is. */
function isUnknownCall(status: number, text: string): boolean {
  if (status === 405 || status === 501) return true;
  if (status !== 404) return false;
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) && (body.type === undefined || (body.type === 'not_found' && body.resource === 'path'));
  } catch {
    return true;
  }
}

const kinds: Readonly<Record<string, (body: Body) => CommandError>> = {
  not_found: ({ resource, resource_id }) =>
    new CommandError(`cannot find resource '${word(resource)}' with ID '${word(resource_id)}'`, {
      api: { resource: word(resource), resource_id: word(resource_id) },
    }),
  invalid_arguments: ({ details }) => {
    const all = objects(details);
    return new CommandError(`invalid arguments ${all.map((one) => `'${word(one.argument_name)}'`).join(', ')}`, {
      details: all.map((one) => `- '${word(one.argument_name)}' ${argumentReason(one.reason)}`).join('\n'),
      hint: all.map((one) => word(one.help_message)).join('\n'),
      api: { details: all as readonly Json[] },
    });
  },
  quotas_exceeded: ({ details }) => {
    const all = objects(details);
    return new CommandError(`quota exceeded for resources ${all.map((one) => `'${word(one.resource)}'`).join(', ')}`, {
      details: all
        .map((one) => `- ${word(one.resource)} has reached its quota (${word(one.current)}/${word(one.quota)})`)
        .join('\n'),
      hint: 'Quotas hold for a whole organization; whoever operates the service can raise them.',
      api: { details: all as readonly Json[] },
    });
  },
  transient_state: ({ resource, resource_id, current_state }) =>
    new CommandError(`transient state error for resource '${word(resource)}'`, {
      details: `resource ${word(resource)} with ID ${word(resource_id)} is in a transient state '${word(current_state)}'`,
      api: { resource: word(resource), resource_id: word(resource_id), current_state: word(current_state) },
    }),
  out_of_stock: ({ resource }) =>
    new CommandError(`resource out of stock '${word(resource)}'`, {
      hint: 'Try again later :-)',
      api: { resource: word(resource) },
    }),
  resource_expired: ({ resource, resource_id, expired_since }) =>
    new CommandError(`resource ${word(resource)} with ID ${word(resource_id)} expired since ${word(expired_since)}`, {
      ...(resource === 'account_token' && { hint: 'Make a new key with: scw iam api-key create' }),
      api: { resource: word(resource), resource_id: word(resource_id), expired_since: word(expired_since) },
    }),
  permissions_denied: ({ details }) => {
    const missing = objects(details).map(({ action, resource }) => `${word(action)} ${word(resource)}`);
    return bareError(`insufficient permissions: ${missing.join('; ')}`);
  },
  denied_authentication: ({ method, reason }) =>
    bareError(`denied authentication: ${authenticationReason(method, reason)}`),
  locked: ({ resource, resource_id }) => bareError(`resource ${word(resource)} with ID ${word(resource_id)} is locked`),
  precondition_failed: ({ precondition, help_message }) => {
    const cause = preconditions[word(precondition)] ?? word(precondition).replaceAll('_', ' ');
    return bareError(`precondition failed: ${[cause, word(help_message)].filter((part) => part !== '').join(', ')}`);
  },
};

const preconditions: Readonly<Record<string, string>> = {
  resource_still_in_use: 'resource is still in use',
  attribute_must_be_set: 'attribute must be set',
  unknown_precondition: 'unknown precondition',
};

const methods: Readonly<Record<string, string>> = { api_key: 'API key', jwt: 'JWT' };

function argumentReason(reason: unknown): string {
  const words = { required: 'is required', format: 'is wrongly formatted', constraint: 'does not respect constraints' };
  return words[word(reason) as keyof typeof words] ?? 'is invalid for unexpected reasons';
}

function authenticationReason(method: unknown, reason: unknown): string {
  const name = methods[word(method)] ?? 'unknown method';
  const reasons = {
    not_found: `${name} does not exist`,
    expired: `${name} is expired`,
    invalid_argument: `invalid ${name} format or empty value`,
  };
  return reasons[word(reason) as keyof typeof reasons] ?? 'unknown reason';
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function objects(value: unknown): readonly Body[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
