import type { Command } from '@bailiwick/contract/command-table';
import type { Api } from '../client/api.ts';
import type { Request } from '../client/input.ts';
import type { Json, JsonObject } from '../output/result.ts';
import { isOwn, type Program } from '../own/program.ts';

/** Operations of the contract by their ids, with values that are not typed words. */
export interface Calls {
  /** @param ids what stands in braces in the path */
  call(operation: string, ids: Readonly<Record<string, string>>, body?: Json): Promise<JsonObject>;
  /** All items of a list, in the largest pages. */
  list(operation: string, query: Readonly<Record<string, string>>): Promise<readonly JsonObject[]>;
}

export function createCalls(api: Api, { commands }: Pick<Program, 'commands'>): Calls {
  const byOperation = new Map<string, Command>();
  for (const command of commands) if (!isOwn(command)) byOperation.set(command.operation, command);
  const commandOf = (operation: string): Command => {
    const command = byOperation.get(operation);
    if (command === undefined) throw new Error(`no command calls ${operation}`);
    return command;
  };
  const request = ({ call }: Command, ids: Readonly<Record<string, string>>): Omit<Request, 'query' | 'body'> => ({
    method: call.method,
    path: call.path.replace(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(ids[name] ?? '')),
  });
  return {
    call: (operation, ids, body) =>
      api.call({ ...request(commandOf(operation), ids), query: new URLSearchParams(), body }),
    list: (operation, query) => {
      const command = commandOf(operation);
      if (command.output.shape !== 'list') throw new Error(`${operation} is no list`);
      const pages = new URLSearchParams({ ...query, page_size: '100' });
      return api.list({ ...request(command, {}), query: pages, body: undefined }, command.output.items);
    },
  };
}
