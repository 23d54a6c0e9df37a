import { randomBytes } from 'node:crypto';
import { maskSecret } from './secret.ts';
import type { Incoming, Outgoing, Transport } from './transport.ts';

const secretMembers = new Set([
  'secret_key',
  'password',
  'bearer_token',
  'token',
  'renew_token',
  'code',
  'code_verifier',
  'device_code',
  'user_code',
]);
const secretHeaders = new Set(['x-auth-token', 'x-session-token', 'authorization', 'cookie', 'set-cookie']);

/** Writes every exchange, secrets masked in headers and bodies. */
export function withDebugLog(transport: Transport, log: (text: string) => void): Transport {
  let count = 0;
  return {
    ...transport,
    send: async (request) => {
      count += 1;
      const tag = `${count} ${randomBytes(4).toString('hex')}`;
      log(frame(`REQUEST ${tag}`, describeRequest(request)));
      const response = await transport.send(request);
      log(frame(`RESPONSE ${tag}`, describeResponse(response)));
      return response;
    },
  };
}

function describeRequest({ method, url, headers, body }: Outgoing): readonly string[] {
  const { pathname, search, host } = new URL(url);
  return [
    `${method} ${pathname}${search} HTTP/1.1`,
    `host: ${host}`,
    ...headerLines(headers),
    '',
    maskBody(body ?? ''),
  ];
}

function describeResponse({ status, statusText, headers, text }: Incoming): readonly string[] {
  return [`HTTP/1.1 ${status} ${statusText}`, ...headerLines(headers), '', maskBody(text)];
}

function frame(title: string, lines: readonly string[]): string {
  return [`--- ${title} ---`, ...lines, '---'].join('\n');
}

function headerLines(headers: Readonly<Record<string, string | readonly string[] | undefined>>): readonly string[] {
  return Object.entries(headers).map(([name, value]) => {
    const shown = [value].flat().join(', ');
    return `${name}: ${secretHeaders.has(name.toLowerCase()) ? maskSecret(shown) : shown}`;
  });
}

function maskBody(text: string): string {
  if (text === '') return text;
  try {
    const mask = (key: string, value: unknown) =>
      secretMembers.has(key) && typeof value === 'string' && value !== '' ? maskSecret(value) : value;
    return JSON.stringify(JSON.parse(text, mask));
  } catch {
    return `(${text.length} characters that are no JSON)`;
  }
}
