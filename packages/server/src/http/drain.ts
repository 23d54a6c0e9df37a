import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/**
 * How long clients that keep their connections are still listened to, in milliseconds: a request may be on its way when
 * the server is told to stop.
 */
const farewell = 500;
/** Requests that take longer are given up. Less than the ten seconds after which container engines kill. */
const patience = 8_000;

const draining = new WeakSet<Server>();

/** Whether a server is about to stop: its answers end their connections. */
export const isDraining = (server: Server): boolean => draining.has(server);

/**
 * Lets an application stop without leaving a request unanswered: from the farewell on every answer ends its connection,
 * so that clients which send one request after the other go elsewhere, and nobody holds the server up by being silent.
 *
 * @returns a function that stops it
 */
export function drainable(app: FastifyInstance): () => Promise<void> {
  const connections = new Set<Socket>();
  // Under TLS both are told, and the second knows what was read of requests.
  for (const opened of ['connection', 'secureConnection'])
    app.server.on(opened, (socket: Socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isDraining(app.server)) reply.header('connection', 'close');
    done();
  });
  return async () => {
    draining.add(app.server);
    if (connections.size > 0) await pause(farewell);
    // A busy server wakes up late: what has arrived until now is read before anything is closed.
    await nextTurn();
    const closed = app.close();
    // Browsers open connections before they need them; Node waits for their first request.
    const silent = setTimeout(() => {
      for (const connection of connections) if (connection.bytesRead === 0) connection.destroy();
    }, farewell);
    // One that has not ended its handshake is no connection to Node's HTTP server.
    const deadline = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, patience);
    await closed;
    clearTimeout(silent);
    clearTimeout(deadline);
  };
}
