import type { Command, CommandTable } from '@bailiwick/contract/command-table';
import type { Reply, Request } from './cli.ts';
import { type Style, sampleOf } from './samples.ts';

/** What commands print is more than the service answers with. */
const answered: Readonly<Record<string, string>> = { APIKeyWithPolicies: 'APIKey', PolicyWithRules: 'Policy' };

/** Answers every call of the command table with samples, `rows` of them in a list. */
export function sampleService(table: CommandTable, style: Style, rows: number): (request: Request) => Reply {
  const { types } = table;
  return ({ method, url }) => {
    const path = url.split('?')[0]!;
    const calls = table.commands.filter(({ operation }) => operation !== 'sshKeys.init');
    const command = calls.find(({ call }) => call.method === method && pathPattern(call.path).test(path));
    if (command === undefined) throw new Error(`no command calls ${method} ${path}`);
    return { body: bodyOf(command, style, rows, types) };
  };
}

function bodyOf({ operation, output }: Command, style: Style, rows: number, types: CommandTable['types']): unknown {
  const first = (type: string) => sampleOf(answered[type] ?? type, 0, style, types);
  if (operation === 'decisions.check') return { responses: [first('Decision')] };
  if (output.shape === 'object') return first(output.type);
  if (output.shape !== 'list') return {};
  const items = Array.from({ length: rows }, (_, row) => sampleOf(output.type, row, style, types));
  return { [output.items]: items, total_count: rows };
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
