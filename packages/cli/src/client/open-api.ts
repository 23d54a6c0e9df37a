import { createProgress } from '../progress.ts';
import type { Session } from '../run.ts';
import { version } from '../version.ts';
import { type Api, createApi } from './api.ts';
import type { Configuration } from './configuration.ts';
import { createTransport, type Transport } from './transport.ts';

/** What calls say about the program that makes them, where the configuration says nothing else. */
export const userAgent = `bailiwick-sdk/${version} (node${process.version}; ${process.platform}; ${process.arch}) bailiwick-cli/${version}`;

/** The API that a configuration names, logged and with progress as the line asks for it. */
export function openApi(
  { io, line }: Session,
  configuration: Configuration,
): { readonly api: Api; readonly close: () => void } {
  const transport = createTransport({ env: { ...io.env }, insecure: configuration.insecure });
  const isDebug = line.flags.debug || io.env.SCW_DEBUG === 'true';
  const progress = createProgress(io.stderr, io.now);
  const api = createApi({
    configuration,
    transport: isDebug ? logged(transport, (text) => io.stderr.write(`${text}\n`)) : transport,
    userAgent,
    sleep: io.sleep,
    now: io.now,
    onPage: progress.show,
  });
  const close = () => {
    progress.clear();
    transport.close();
  };
  return { api, close };
}

/** The log is loaded when the first call is made. */
function logged(transport: Transport, log: (text: string) => void): Transport {
  const loading = import('./debug.ts').then(({ withDebugLog }) => withDebugLog(transport, log));
  return { ...transport, send: async (request) => await (await loading).send(request) };
}
