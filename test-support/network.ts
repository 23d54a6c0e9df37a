import { connect, createServer, type Socket } from 'node:net';

/** A piece of network between a program and a server, which can be cut, stalled and led elsewhere. */
export interface Network {
  readonly port: number;
  /** From now on new connections lead there; those that are open end. */
  leadTo(port: number): void;
  /** Ends every connection and lets no new one in. */
  cut(): void;
  /** Nothing passes any more, and nobody is told: as when a cable is pulled. */
  stall(): void;
  /** Everything is as in the beginning; what was stalled goes on. */
  mend(): void;
  close(): Promise<void>;
}

/** Opens a way to a port of this machine. */
export async function openNetwork(port: number): Promise<Network> {
  const sockets = new Set<Socket>();
  let target = port;
  let state: 'open' | 'cut' | 'stalled' = 'open';

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // The other end is told by the end of its own connection.
    socket.on('error', () => {});
    if (state === 'stalled') socket.pause();
  };
  const server = createServer({ pauseOnConnect: true }, (near) => {
    if (state === 'cut') return near.destroy();
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) keep(socket);
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => near.write(chunk));
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    if (state === 'open') near.resume();
    return undefined;
  });
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    leadTo: (next) => {
      target = next;
      endAll();
    },
    cut: () => {
      state = 'cut';
      endAll();
    },
    stall: () => {
      state = 'stalled';
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      endAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
