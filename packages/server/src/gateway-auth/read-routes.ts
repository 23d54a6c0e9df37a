import type { Word } from '../catalogue/definitions.ts';
import { assertFaultless, collectFaults, type Faults, quote } from '../catalogue/faults.ts';
import type { Located } from '../catalogue/located.ts';
import { type Members, readList, readMembers, readWord } from '../catalogue/members.ts';
import { readYamlFile } from '../operator-files/file.ts';
import {
  anyNames,
  checkPermission,
  isUuid,
  type KnownNames,
  readEntries,
  readVersion,
} from '../operator-files/values.ts';
import { hostOf, looseForm, segmentsOf } from './paths.ts';
import type { Route, Routes, Segment, Value } from './routes.ts';

const thing = 'gateway';

/**
 * Reads a file of routes (docs/gateways.md).
 *
 * @throws ConfigError with everything that is wrong with it, each with its line
 */
export function readRoutes(text: string, path: string, known: KnownNames = anyNames): Routes {
  const faults = collectFaults();
  const required = { version: '`version: 1`', routes: 'a list of routes' };
  const members = readMembers(readYamlFile(text, path, thing), thing, { required, optional: [] }, faults);
  readVersion(members);
  const seen = new Set<string>();
  const routes = readList(members, 'routes').flatMap(
    (value, index) => readRoute(value, index, seen, known, faults) ?? [],
  );
  assertFaultless(path, faults);
  return routes;
}

function readRoute(
  value: Located,
  index: number,
  seen: Set<string>,
  known: KnownNames,
  faults: Faults,
): Route | undefined {
  const required = {
    path: 'a path such as `/pages/{page}`',
    scope: '`project_id` or `organization_id`',
    methods: 'a map of methods to permissions',
  };
  const members = readMembers(value, `route ${index + 1}`, { required, optional: ['host', 'resource'] }, faults);
  const path = readWord(members, 'path');
  const pattern = path && readPattern(path, members);
  const host = readHost(members);
  const parameters = new Set(
    pattern?.segments.flatMap((segment) => ('parameter' in segment ? [segment.parameter] : [])),
  );
  const scope = readScope(members, parameters);
  const resource = readResource(members, parameters);
  const methods = readEntries(members, 'methods').map(({ key, value: permission }) =>
    readMethod(key, permission, scope?.kind, members, known),
  );
  if (members.entries.has('methods') && methods.length === 0)
    faults.add(members.line, members.thing, 'it lists no method, so it lets nothing pass');
  if (!path || !pattern || !scope) return undefined;
  const shape = `${host ?? '*'} ${pattern.segments.map(shapeOf).join('/')} ${pattern.below}`;
  if (seen.has(shape))
    faults.add(path.line, members.thing, `a route before it has the path ${quote(path.text)} too; put them together`);
  seen.add(shape);
  return { ...pattern, host, scope, resource, methods: new Map(methods) };
}

const shapeOf = (segment: Segment): string => ('literal' in segment ? looseForm(segment.literal) : '{}');

/** Literal segments, `{name}` for one of any text, and `/*` at the end for all that is below. */
function readPattern(
  { text, line }: Word,
  { thing: called, faults }: Members,
): Pick<Route, 'segments' | 'below'> | undefined {
  const below = text.endsWith('/*');
  const path = below ? text.slice(0, -2) : text;
  const plain = path.replaceAll(/\{[a-z][a-z0-9_]*\}(?=\/|$)/g, 'x');
  const wrong =
    path !== '' && (segmentsOf(plain) === null || /[?*]/.test(plain) || (path !== '/' && path.endsWith('/')));
  if (wrong || (path === '' && !below)) {
    const form = 'it begins with `/`, has no final one, and is escaped as in a request';
    faults.add(line, called, `${quote(text)} is no path; ${form}`);
    return undefined;
  }
  const parts = path === '' || path === '/' ? [] : path.slice(1).split('/');
  const segments = parts.map((part): Segment => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    return name === undefined ? { literal: part } : { parameter: name };
  });
  const names = segments.flatMap((segment) => ('parameter' in segment ? [segment.parameter] : []));
  if (new Set(names).size !== names.length) faults.add(line, called, `${quote(text)} has one parameter twice`);
  return { segments, below };
}

function readHost(members: Members): string | null {
  const word = readWord(members, 'host');
  if (word === undefined) return null;
  const host = hostOf(word.text);
  if (host !== word.text)
    members.faults.add(
      word.line,
      members.thing,
      `${quote(word.text)} is no host; write it in lower case, without a port`,
    );
  return host;
}

function readScope(within: Members, parameters: ReadonlySet<string>): Route['scope'] | undefined {
  const value = within.entries.get('scope')?.value;
  if (value === undefined) return undefined;
  const members = readMembers(
    value,
    `${within.thing}, scope`,
    { required: {}, optional: ['project_id', 'organization_id'] },
    within.faults,
  );
  if (members.entries.size !== 1)
    members.faults.add(members.line, members.thing, 'give one of `project_id` and `organization_id`');
  for (const kind of ['project', 'organization'] as const) {
    const word = readWord(members, `${kind}_id`);
    if (word === undefined) continue;
    const id = readValue(word, members, parameters);
    if ('literal' in id && !isUuid(id.literal))
      members.faults.add(word.line, members.thing, `${quote(word.text)} is neither a UUID nor a parameter of the path`);
    return { kind, id };
  }
  return undefined;
}

function readResource(within: Members, parameters: ReadonlySet<string>): Route['resource'] {
  const value = within.entries.get('resource')?.value;
  if (value === undefined) return {};
  const names = ['id', 'name', 'locality'] as const;
  const members = readMembers(value, `${within.thing}, resource`, { required: {}, optional: names }, within.faults);
  return Object.fromEntries(
    names.flatMap((name) => {
      const word = readWord(members, name);
      return word === undefined ? [] : [[name, readValue(word, members, parameters)]];
    }),
  );
}

/** `{name}` is the value of a parameter, all else stands for itself. */
function readValue({ text, line }: Word, { thing: called, faults }: Members, parameters: ReadonlySet<string>): Value {
  const name = /^\{(.+)\}$/.exec(text)?.[1];
  if (name === undefined) return { literal: text };
  if (!parameters.has(name)) faults.add(line, called, `the path has no parameter ${quote(name)}`);
  return { parameter: name };
}

function readMethod(
  key: Word,
  value: Located,
  scope: Route['scope']['kind'] | undefined,
  within: Members,
  known: KnownNames,
): readonly [string, string] {
  const called = `${within.thing}, method ${quote(key.text)}`;
  if (key.text !== '*' && !/^[A-Z][A-Z-]*$/.test(key.text))
    within.faults.add(key.line, called, 'methods are written in capitals; `*` stands for all others');
  if (value.kind !== 'scalar' || typeof value.value !== 'string') {
    within.faults.add(value.line, called, 'it takes a permission such as `wiki:page:read`');
    return [key.text, ''];
  }
  const permission = { text: value.value, line: value.line };
  checkPermission(permission, called, known, within.faults);
  checkPlace(permission, scope, called, known, within.faults);
  return [key.text, value.value];
}

/** A route that nobody could ever pass is a slip. */
function checkPlace(
  { text, line }: Word,
  scope: Route['scope']['kind'] | undefined,
  called: string,
  known: KnownNames,
  faults: Faults,
): void {
  const about = known.scopeOf(text);
  if (about === 'self')
    faults.add(line, called, `${quote(text)} is what users may do to themselves; no route asks for it`);
  if (about === 'organization' && scope === 'project')
    faults.add(
      line,
      called,
      `${quote(text)} is about the organization, so in a project nobody has it; give the route an \`organization_id\``,
    );
}
