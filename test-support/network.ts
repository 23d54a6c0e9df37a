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
  /** Everything that passes from now on comes so much later, in milliseconds. */
  delay(milliseconds: number): void;
  /** Ends one of the connections. @returns false where there is none */
  lose(random: { pick<T>(items: readonly T[]): T }): boolean;
  /** Everything is as in the beginning; what was stalled goes on. */
  mend(): void;
  close(): Promise<void>;
}

/** Opens a way to a port of this machine. */
export async function openNetwork(port: number): Promise<Network> {
  const sockets = new Set<Socket>();
  let target = port;
  let state: 'open' | 'cut' | 'stalled' = 'open';
  let latency = 0;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // The other end is told by the end of its own connection.
    socket.on('error', () => {});
    if (state === 'stalled') socket.pause();
  };
  /** Nothing overtakes what came before it on its connection, however short the way has become. */
  const pass = (from: Socket, to: Socket) => {
    let arrives = 0;
    from.on('data', (chunk) => {
      const now = performance.now();
      if (latency === 0 && arrives <= now) return void to.write(chunk);
      arrives = Math.max(arrives, now + latency);
      setTimeout(() => to.write(chunk), arrives - now);
    });
  };
  const server = createServer({ pauseOnConnect: true }, (near) => {
    if (state === 'cut') return near.destroy();
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) keep(socket);
    pass(near, far);
    pass(far, near);
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
    delay: (milliseconds) => {
      latency = milliseconds;
    },
    lose: (random) => {
      if (sockets.size > 0) random.pick([...sockets]).destroy();
      return sockets.size > 0;
    },
    mend: () => {
      state = 'open';
      latency = 0;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      endAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
