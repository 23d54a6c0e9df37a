import { type OperationId, operations } from '@bailiwick/contract';
import { type ApiAnswer, callApi, type Json, type ServerProcess } from './server-process.ts';

/** One call of the API, by operation. */
export interface Call {
  readonly operation: OperationId;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** A call that was sent. Its number stands in its `User-Agent`, and so in the audit entry of the change it made. */
export interface Sent {
  readonly number: number;
  readonly call: Call;
  /** Missing while, or because, no answer came. */
  answer?: ApiAnswer;
}

/** A change that the server has acknowledged. */
export interface Acknowledged {
  readonly number: number;
  readonly call: Call;
  readonly answer: ApiAnswer;
  readonly revision: number;
}

export interface Recorder {
  readonly sent: readonly Sent[];
  send(call: Call): Promise<ApiAnswer>;
  /** Those that changed something, in the order that the server gave them. */
  acknowledged(): readonly Acknowledged[];
}

export const userAgentOf = (number: number): string => `e2e/${number}`;
export const numberOf = (userAgent: string): number => Number(/^e2e\/(\d+)$/.exec(userAgent)?.[1]);

/** Sends calls as the owner, each once, and keeps what became of them. */
export function createRecorder(server: Pick<ServerProcess, 'url' | 'secretKey'>, first = 1): Recorder {
  const sent: Sent[] = [];
  return {
    sent,
    send: async (call) => {
      const entry: Sent = { number: first + sent.length, call };
      sent.push(entry);
      const { method, path } = requestOf(call);
      entry.answer = await callApi(server, method, path, call.body, { 'user-agent': userAgentOf(entry.number) });
      return entry.answer;
    },
    acknowledged: () =>
      sent
        .flatMap(({ number, call, answer }) => {
          const revision = answer?.headers.get('x-bailiwick-revision') ?? null;
          return answer && revision !== null ? [{ number, call, answer, revision: Number(revision) }] : [];
        })
        .sort((one, other) => one.revision - other.revision),
  };
}

function requestOf({ operation, params = {} }: Call): { readonly method: string; readonly path: string } {
  const found = operations.find(({ id }) => id === operation);
  if (!found) throw new Error(`there is no operation ${operation}`);
  return { method: found.method, path: found.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '') };
}

/** What the answer to a call tells about the thing it made or changed. */
export function resourceOf({ call, answer }: Pick<Acknowledged, 'call' | 'answer'>): string {
  const params = Object.values(call.params ?? {});
  return params[0] ?? call.body?.policy_id ?? answer.body?.id ?? answer.body?.access_key;
}
