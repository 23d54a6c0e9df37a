import type { CatalogueData, PermissionSetData } from '@bailiwick/authz';
import type { Catalogue, PermissionSet } from './assemble.ts';
import { builtInDefinitions } from './built-in.ts';
import { reconcile } from './reconcile.ts';

export type { Action, Catalogue, PermissionSet, Resource, Service } from './assemble.ts';

/** The catalogue that comes with the product, for one who has no database to look into. */
export function loadBuiltInCatalogue(): Catalogue {
  return reconcile(builtInDefinitions(), [], 0).catalogue;
}

/** What the engine takes: a set for each id that rules may hold, the deprecated ones marked. */
export function toCatalogueData({ services, permissionSets, deprecatedSets }: Catalogue): CatalogueData {
  const sets = [...permissionSets, ...deprecatedSets];
  return { services, permissionSets: sets.flatMap((set) => [set.id, ...set.other_ids].map((id) => toData(set, id))) };
}

function toData({ name, scope_type, includes, permissions, deprecated }: PermissionSet, id: string): PermissionSetData {
  return { id, name, scope_type, includes, permissions, deprecated };
}
