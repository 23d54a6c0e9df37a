import type { Catalogue } from '../catalogue/catalogue.ts';
import type { KnownNames } from './values.ts';

/** The names of a catalogue. */
export function knownNames({ services }: Catalogue): KnownNames {
  const resources = services.flatMap((service) =>
    service.resources.map((resource) => [`${service.name}:${resource.name}`, resource.actions] as const),
  );
  const names = new Set<string>(resources.map(([name]) => name));
  const permissions = new Set<string>(
    resources.flatMap(([name, actions]) => actions.map((action) => `${name}:${action.name}`)),
  );
  return { hasResource: (name) => names.has(name), hasPermission: (name) => permissions.has(name) };
}
