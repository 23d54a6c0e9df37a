import type { Transport, TransportOptions } from './transport.ts';

/**
 * Calls like those of `createTransport`, which is loaded when the first is made: loading it takes longer than all the
 * rest of a run that makes none.
 */
export function createLazyTransport(options: TransportOptions): Transport {
  let loading: Promise<Transport> | null = null;
  let isClosed = false;
  const load = async () => {
    const transport = (await import('./transport.ts')).createTransport(options);
    if (isClosed) transport.close();
    return transport;
  };
  return {
    send: async (request) => {
      loading ??= load();
      return await (await loading).send(request);
    },
    close: () => {
      isClosed = true;
      void loading?.then((transport) => transport.close());
    },
  };
}
