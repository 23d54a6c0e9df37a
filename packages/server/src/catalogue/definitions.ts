/** What a catalogue file says, before it is known whether it holds together. Names keep the line they stand on. */

/** Where the objects of a resource live; `self` marks what every user may do to itself, which no set can hold. */
export type ResourceScope = 'project' | 'organization' | 'self';
export type ScopeType = 'projects' | 'organization';
export type Locality = 'global' | 'region' | 'zone';
/** Whose file it is: what comes with the product may do more than an operator's. */
export type Origin = 'built-in' | 'operator';

/** A text of the file. */
export interface Word {
  readonly text: string;
  readonly line: number;
}

export interface ActionDefinition {
  readonly name: Word;
  readonly privileged: boolean;
  readonly requires: readonly Word[];
}

export interface ResourceDefinition {
  readonly name: Word;
  readonly scope: ResourceScope;
  readonly error_resource: Word;
  readonly localities: readonly Locality[];
  readonly conditions: readonly Word[];
  readonly actions: readonly ActionDefinition[];
}

export interface ServiceDefinition {
  readonly origin: Origin;
  readonly name: Word;
  readonly title: string;
  readonly resources: readonly ResourceDefinition[];
}

export interface SetDefinition {
  readonly origin: Origin;
  readonly name: Word;
  readonly scope_type: ScopeType;
  readonly categories: readonly string[];
  readonly description: string;
  readonly includes: readonly Word[];
  readonly permissions: readonly Word[];
  readonly former_names: readonly Word[];
}

export interface Definitions {
  readonly services: readonly ServiceDefinition[];
  readonly sets: readonly SetDefinition[];
  /** False where the built-in sets of products that are not here are switched off. */
  readonly builtInProducts: boolean;
}

export const noDefinitions: Definitions = { services: [], sets: [], builtInProducts: true };

/** What comes with the product, and an operator's file, which may switch a part of that off. */
export function joinDefinitions(builtIn: Definitions, own: Definitions): Definitions {
  const sets = own.builtInProducts ? builtIn.sets : builtIn.sets.filter((set) => !isOfProduct(set));
  return {
    services: [...builtIn.services, ...own.services],
    sets: [...sets, ...own.sets],
    builtInProducts: builtIn.builtInProducts && own.builtInProducts,
  };
}

/**
 * Whether a built-in set is of a product whose service is not here: it holds nothing in projects. Sets for the organization
 * are none; the groups that an organization is born with hold some.
 */
export function isOfProduct({ origin, scope_type: type, permissions, includes }: SetDefinition): boolean {
  return origin === 'built-in' && type === 'projects' && permissions.length === 0 && includes.length === 0;
}
