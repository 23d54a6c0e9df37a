import { requestOf } from '../client/input.ts';
import { decode } from '../output/decode.ts';
import type { JsonObject, Result } from '../output/result.ts';
import { type Cell, oneLine, plain } from '../output/values.ts';
import type { Run } from './context.ts';
import { type Named, nameOr } from './explanation.ts';

/** `iam what-can`: projects by their names, and `all` where it may in whatever project there is. */
export async function listWhatCan({ command, assignments, api, types }: Run): Promise<Result> {
  const items = await api.list(requestOf(command, assignments), 'permissions');
  const rows = items.map((item) => decode(item, 'Reach', types));
  const head = ['PERMISSION', 'ORGANIZATION', 'PROJECTS'].map(plain);
  return {
    shape: 'list',
    type: 'Reach',
    rows,
    columns: null,
    page: [{ title: null, rows: [head, ...rows.map(cellsOf)] }],
  };
}

function cellsOf({ permission, organization, projects }: JsonObject): readonly Cell[] {
  const named = (projects ?? []) as readonly Named[];
  const names = named.map(nameOr).join(', ');
  return [
    plain(oneLine(String(permission))),
    organization === true ? { text: 'yes', paint: 'green' } : { text: 'no', paint: 'red' },
    plain(oneLine(named.length === 0 ? '-' : organization === true ? 'all' : names)),
  ];
}
