import { requestOf } from '../client/input.ts';
import { decode } from '../output/decode.ts';
import type { Block, JsonObject, Result } from '../output/result.ts';
import { type Cell, oneLine, plain } from '../output/values.ts';
import type { Run } from './context.ts';
import { listed, type Named, nameOr } from './explanation.ts';

/** The answer of `iam policy preview`, rebuilt by `decode`. */
interface PolicyPreview extends JsonObject {
  readonly changes: readonly PreviewedChange[];
  readonly total_count: number;
  readonly gaining_count: number;
  readonly losing_count: number;
}

type PreviewedChange = {
  readonly principals: readonly Named[];
  readonly principal_count: number;
  readonly gains: readonly AccessChange[];
  readonly gain_count: number;
  readonly losses: readonly AccessChange[];
  readonly loss_count: number;
};

type AccessChange = {
  readonly permissions: readonly string[];
  readonly permission_count: number;
  readonly where: string;
  readonly projects: readonly Named[];
  readonly project_count: number;
  readonly except_projects: readonly Named[];
  readonly except_count: number;
  readonly before: Access;
  readonly after: Access;
};

type Access = { readonly when: string; readonly condition?: string };

/** `iam policy preview`: who would gain and who would lose, and for those for whom the same changes a table of it. */
export async function previewPolicy({ command, assignments, api, types }: Run): Promise<Result> {
  const answer = await api.call(requestOf(command, assignments));
  const value = decode(answer, 'PolicyPreview', types) as PolicyPreview;
  return { shape: 'object', type: 'PolicyPreview', value, page: pageOf(value) };
}

function pageOf({ changes, total_count: total, gaining_count: gaining, losing_count: losing }: PolicyPreview) {
  const shown = changes ?? [];
  if (shown.length === 0) return [{ title: null, rows: [[plain('Nothing changes.')]] }];
  const head: readonly Cell[] = [
    { text: `${gaining} ${gaining === 1 ? 'gains' : 'gain'}`, paint: gaining > 0 ? 'green' : 'dim' },
    { text: `${losing} ${losing === 1 ? 'loses' : 'lose'}`, paint: losing > 0 ? 'red' : 'dim' },
  ];
  const more: Block = {
    title: null,
    rows: [[plain(`and ${total - shown.length} more groups of users and applications`)]],
  };
  return [{ title: null, rows: [head] }, ...shown.map(blockOf), ...(total > shown.length ? [more] : [])];
}

function blockOf(change: PreviewedChange): Block {
  const { principals, principal_count, gains, gain_count, losses, loss_count } = change;
  const rows = [
    ['CHANGE', 'PERMISSION', 'WHERE', 'BEFORE', 'AFTER'].map(plain),
    ...rowsOf(gains ?? [], gain_count, { text: '+ gains', paint: 'green' }),
    ...rowsOf(losses ?? [], loss_count, { text: '- loses', paint: 'red' }),
  ];
  return { title: oneLine(listed((principals ?? []).map(nameOr), 3, principal_count)), rows };
}

/** Permissions of one kind of change that are shown; programs get more. */
const maximumPermissions = 20;

function rowsOf(changes: readonly AccessChange[], total: number, sign: Cell): readonly (readonly Cell[])[] {
  const rows = changes.flatMap((change) => {
    const names = (change.permissions ?? []).slice(0, maximumPermissions);
    const rest = change.permission_count - names.length;
    return [...names, ...(rest > 0 ? [`and ${rest} more`] : [])].map((name) => [
      sign,
      plain(oneLine(name)),
      plain(oneLine(placeOf(change))),
      plain(oneLine(whenOf(change.before))),
      plain(oneLine(whenOf(change.after))),
    ]);
  });
  return total > changes.length ? [...rows, [sign, plain(`and ${total - changes.length} more changes`)]] : rows;
}

function placeOf({ where, projects, project_count, except_projects, except_count }: AccessChange): string {
  if (where === 'organization') return 'organization';
  if (where === 'projects') return listed((projects ?? []).map(nameOr), 3, project_count);
  return except_count > 0
    ? `all projects but ${listed((except_projects ?? []).map(nameOr), 3, except_count)}`
    : 'all projects';
}

function whenOf(access: Access | null): string {
  return access?.when === 'condition' ? `if ${access.condition}` : (access?.when ?? '-');
}
