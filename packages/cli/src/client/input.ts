import type { Argument, Command } from '@bailiwick/contract/command-table';
import { fieldName } from '@bailiwick/contract/go-names';
import { bareError } from '../command-error.ts';
import type { Assignment } from '../grammar/assignments.ts';
import type { Value } from '../grammar/values.ts';
import type { Json } from '../output/result.ts';

/** What one call sends, made from the arguments of a run. */
export interface Request {
  readonly method: Command['call']['method'];
  /** With ids in place, percent-encoded; without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined where nothing is sent. */
  readonly body: Json | undefined;
}

/**
 * The request of a command.
 *
 * @throws CommandError when an id in the path is empty
 */
export function requestOf(command: Command, assignments: readonly Assignment[]): Request {
  const { method, path, body } = command.call;
  return {
    method,
    path: pathOf(path, assignments),
    query: queryOf(command, assignments),
    body: body ? bodyOf(command.arguments, assignments) : undefined,
  };
}

function pathOf(template: string, assignments: readonly Assignment[]): string {
  return template.replace(/\{(\w+)\}/g, (_match, key: string) => {
    const given = assignments.find(({ argument }) => argument.wire.in === 'path' && argument.wire.path[0] === key);
    const id = String(given?.value ?? '');
    if (id === '') throw bareError(`field ${fieldName(key)} cannot be empty in request`);
    // Dots alone would be read as folders.
    return /^\.+$/.test(id) ? id.replaceAll('.', '%2E') : encodeURIComponent(id);
  });
}

/** Keys in alphabetical order; times to the second; what nobody typed is left out. */
function queryOf(command: Command, assignments: readonly Assignment[]): URLSearchParams {
  const query = new URLSearchParams();
  for (const { argument, value } of assignments) {
    if (argument.wire.in !== 'query' || value === null || argument.name === 'page') continue;
    query.append(
      argument.wire.path[0]!,
      argument.type === 'datetime' ? String(value).replace(/\.\d+/, '') : String(value),
    );
  }
  if (command.call.paged && !command.call.body) query.set('page', '1');
  query.sort();
  return query;
}

type Members = Record<string, Json | undefined>;

/** The JSON body, in the order of the table, absent arguments as the table says. */
export function bodyOf(all: readonly Argument[], assignments: readonly Assignment[]): Json {
  const body: Members = {};
  const touched = touchedPlaces(assignments);
  for (const argument of all) {
    if (argument.wire.in === 'body') fill(body, argument.wire.path, argument, [], { assignments, touched });
  }
  return body as Json;
}

interface Typed {
  readonly assignments: readonly Assignment[];
  /** `rules`, `rules.0`, `rules.0.project_ids` … for everything that was typed. */
  readonly touched: ReadonlySet<string>;
}

function touchedPlaces(assignments: readonly Assignment[]): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { argument, indices, empty } of assignments) {
    const remaining = [...indices];
    const concrete = argument.wire.path.map((part) => (part === '[]' ? String(remaining.shift() ?? '') : part));
    const depth = empty === 'object' ? 1 : concrete.length;
    for (let length = 1; length <= depth; length += 1) places.add(concrete.slice(0, length).join('.'));
  }
  return places;
}

function fill(
  container: Members,
  path: readonly string[],
  argument: Argument,
  at: readonly string[],
  typed: Typed,
): void {
  const [key = '', next, ...rest] = path;
  const here = [...at, key];
  if (next === undefined || (next === '[]' && rest.length === 0)) {
    const value = leaf(argument, here, typed);
    if (value !== undefined) container[key] = value;
  } else if (next === '[]') {
    const elements = (container[key] ?? []) as Members[];
    for (let index = 0; typed.touched.has([...here, index].join('.')); index += 1) {
      elements[index] ??= {};
      fill(elements[index]!, rest, argument, [...here, String(index)], typed);
    }
    // The official client sends null for a list of objects that nobody typed.
    container[key] = elements.length > 0 ? (elements as Json) : null;
  } else if (typed.touched.has(here.join('.'))) {
    const inner = (container[key] ?? {}) as Members;
    container[key] = inner as Json;
    fill(inner, [next, ...rest], argument, here, typed);
  }
}

const absentValues = { null: null, empty: '', false: false } as const;

function leaf(argument: Argument, place: readonly string[], { assignments }: Typed): Json | undefined {
  const outer = place.filter((part) => /^\d+$/.test(part)).map(Number);
  const isHere = ({ argument: other, indices, empty }: Assignment) =>
    other === argument && empty !== 'object' && outer.every((index, depth) => indices[depth] === index);
  const mine = assignments.filter(isHere);
  const [first] = mine;
  if (first === undefined) {
    const { whenAbsent } = argument.wire;
    return whenAbsent === 'omitted' ? undefined : absentValues[whenAbsent];
  }
  if (first.empty === 'list') return [];
  return argument.list ? mine.map(({ value }) => value as Value) : (first.value as Value);
}
