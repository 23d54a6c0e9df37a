import { createProgress } from '../progress.ts';
import type { Session } from '../run.ts';
import { version } from '../version.ts';
import { type Api, createApi } from './api.ts';
import type { Configuration } from './configuration.ts';
import { createTransport, type Transport } from './transport.ts';

/** What calls say about the program that makes them, where the configuration says nothing else. */
export const userAgent = `bailiwick-sdk/${version} (node${process.version}; ${process.platform}; ${process.arch}) bailiwick-cli/${version}`;

/**
 * The API that a configuration names, logged and with progress as the line asks for it.
 *
 * @param tellsPages false where the progress of something else is shown
 */
export function openApi(
  { io, line }: Session,
  configuration: Configuration,
  tellsPages = true,
): { readonly api: Api; readonly close: () => void } {
  const transport = createTransport({ env: { ...io.env }, insecure: configuration.insecure });
  const isDebug = line.flags.debug || io.env.SCW_DEBUG === 'true';
  const progress = createProgress(io.stderr, io.now);
  const log = (text: string) => {
    progress.clear();
    io.stderr.write(`${text}\n`);
  };
  const calls = createApi({
    configuration,
    transport: isDebug ? logged(transport, log) : transport,
    userAgent,
    sleep: io.sleep,
    now: io.now,
    onPage: tellsPages ? progress.show : () => {},
  });
  // Whatever is printed next begins on a line of its own.
  const cleared = async <Answer>(answer: Promise<Answer>): Promise<Answer> => await answer.finally(progress.clear);
  const api: Api = {
    call: (request) => cleared(calls.call(request)),
    list: (request, items) => cleared(calls.list(request, items)),
  };
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
