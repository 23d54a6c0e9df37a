import type { Properties, QuestionScope } from '@bailiwick/authz';
import { decode, hostOf, looseForm, segmentsOf } from './paths.ts';

/** What a path of the services behind a gateway needs (docs/gateways.md). */
export interface Route {
  /** Null for any. */
  readonly host: string | null;
  readonly segments: readonly Segment[];
  /** Everything below the path too. */
  readonly below: boolean;
  readonly scope: { readonly kind: 'project' | 'organization'; readonly id: Value };
  readonly resource: Readonly<Partial<Record<'id' | 'name' | 'locality', Value>>>;
  /** Permissions by method; `*` for any that is not listed. */
  readonly methods: ReadonlyMap<string, string>;
}

/** A text, or the value of a parameter. */
export type Segment = { readonly literal: string } | { readonly parameter: string };
export type Value = Segment;

export type Routes = readonly Route[];

/** The request that a gateway asks about, as the gateway tells it. */
export interface Forwarded {
  readonly method: string;
  readonly host: string;
  /** As it was sent. */
  readonly uri: string;
}

/** What has to be asked of the engine before the request may pass. */
export interface Needed {
  readonly permission: string;
  readonly scope: QuestionScope;
  readonly resource: { readonly id?: string; readonly name?: string; readonly locality?: string };
  /** Parameters of the path. */
  readonly properties: Properties;
}

/**
 * What a request needs. The first route whose host and path fit decides; nothing is passed on to a later one.
 *
 * @returns null where no route fits, or one that another spelling of the path would reach
 */
export function neededBy(routes: Routes, { method, host, uri }: Forwarded): Needed | null {
  const segments = segmentsOf(uri);
  const name = hostOf(host);
  if (segments === null || name === null || !/^[A-Z][A-Z-]*$/.test(method)) return null;
  const slash = segments.length > 1 && segments.at(-1) === '';
  const given = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  const route = routes.find((each) => (each.host === null || each.host === name) && fitsLoosely(each, given));
  if (!route || !fits(route, given) || (slash && !route.below)) return null;
  const permission = route.methods.get(method) ?? route.methods.get('*');
  if (permission === undefined) return null;
  const parameters = parametersOf(route, given);
  const textOf = (value: Value): string =>
    'literal' in value ? value.literal : (parameters.get(value.parameter) ?? '');
  const id = textOf(route.scope.id).toLowerCase();
  return {
    permission,
    scope:
      route.scope.kind === 'project'
        ? { kind: 'project', projectId: id }
        : { kind: 'organization', organizationId: id },
    resource: Object.fromEntries(Object.entries(route.resource).map(([member, value]) => [member, textOf(value)])),
    properties: Object.fromEntries(parameters),
  };
}

/** Whether a server that reads paths more loosely than we do might take it for this route. */
function fitsLoosely({ segments, below }: Route, given: readonly string[]): boolean {
  if (below ? given.length < segments.length : given.length !== segments.length) return false;
  return segments.every(
    (segment, at) => !('literal' in segment) || looseForm(segment.literal) === looseForm(given[at] ?? ''),
  );
}

function fits({ segments }: Route, given: readonly string[]): boolean {
  return segments.every((segment, at) => !('literal' in segment) || segment.literal === given[at]);
}

function parametersOf({ segments }: Route, given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    segments.flatMap((segment, at) =>
      'parameter' in segment ? [[segment.parameter, decode(given[at] ?? '') ?? ''] as const] : [],
    ),
  );
}
