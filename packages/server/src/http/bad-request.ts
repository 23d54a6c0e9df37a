import type { Socket } from 'node:net';
import { errorBody } from '@bailiwick/contract';

/** Answers what is no HTTP request at all: there is no road to send it down. */
export function badRequest(failure: Error & { readonly code?: string }, socket: Socket): void {
  if (failure.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = failure.code === 'HPE_HEADER_OVERFLOW';
  const body = errorBody({
    type: 'invalid_arguments',
    details: [
      tooLarge
        ? { argument_name: 'headers', help_message: 'the request line and headers are too long', reason: 'constraint' }
        : { argument_name: 'request', help_message: 'this is not a valid HTTP request', reason: 'format' },
    ],
  });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
