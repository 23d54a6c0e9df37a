import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { errorBody, type InvalidArgument } from '@bailiwick/contract';
import { securityHeaders } from './respond.ts';

/** Answers what is no HTTP request at all, or does not become one in time: there is no road to send it down. */
export function badRequest(failure: Error & { readonly code?: string }, socket: Socket): void {
  if (failure.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = errorBody({ type: 'invalid_arguments', details: [faultOf(failure.code)] });
  const headers = {
    ...securityHeaders,
    'content-type': 'application/json',
    'x-request-id': randomUUID(),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.join('')}\r\n${body}`);
}

function faultOf(code: string | undefined): InvalidArgument {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const help_message = 'the request line and headers are too long';
    return { argument_name: 'headers', help_message, reason: 'constraint' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { argument_name: 'request', help_message: 'the request took too long to arrive', reason: 'constraint' };
  }
  return { argument_name: 'request', help_message: 'this is not a valid HTTP request', reason: 'format' };
}
