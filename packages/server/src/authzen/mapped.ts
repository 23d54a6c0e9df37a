import type { Properties, QuestionScope } from '@bailiwick/authz';

/** How the words of AuthZEN callers are read in one organization (docs/authzen.md). */
export interface AuthzenMapping {
  /** Where is asked when the resource does not say; without one the organization of the caller. */
  readonly defaultScope: QuestionScope | null;
  /** By the types that callers send. */
  readonly types: ReadonlyMap<string, TypeMapping>;
  /** Subjects by type and id, in order of their ids. A type that is listed has no others in a search. */
  readonly subjects: ReadonlyMap<string, ReadonlyMap<string, MappedSubject>>;
  /** Resources by type and id, in order of their ids: what a search goes through. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, Properties>>;
}

export interface TypeMapping {
  /** `service:resource` */
  readonly resource: string;
  /** By the names that callers send: then there are no others. Null: as in the catalogue. */
  readonly actions: ReadonlyMap<string, ActionMapping> | null;
}

export interface ActionMapping {
  readonly action: string;
  /** Other actions when the properties of the action hold all of these; the first that fits counts. */
  readonly variants: readonly { readonly properties: Properties; readonly action: string }[];
}

export interface MappedSubject {
  /** A user or an application. */
  readonly principalId: string;
  readonly properties: Properties;
}

/** The mappings of all organizations. What is not mapped is read as it is. */
export type AuthzenMappings = ReadonlyMap<string, AuthzenMapping>;

export const noMappings: AuthzenMappings = new Map();

export const noMapping: AuthzenMapping = {
  defaultScope: null,
  types: new Map(),
  subjects: new Map(),
  resources: new Map(),
};
