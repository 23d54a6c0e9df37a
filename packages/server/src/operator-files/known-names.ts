import type { Catalogue, Resource } from '../catalogue/catalogue.ts';
import type { KnownNames } from './values.ts';

/** The names of a catalogue. */
export function knownNames({ services }: Catalogue): KnownNames {
  const resources = services.flatMap((service) =>
    service.resources.map((resource) => [`${service.name}:${resource.name}`, resource] as const),
  );
  const names = new Set<string>(resources.map(([name]) => name));
  const scopes = new Map<string, Resource['scope']>(
    resources.flatMap(([name, { actions, scope }]) => actions.map((action) => [`${name}:${action.name}`, scope])),
  );
  return {
    hasResource: (name) => names.has(name),
    hasPermission: (name) => scopes.has(name),
    scopeOf: (permission) => scopes.get(permission),
  };
}
