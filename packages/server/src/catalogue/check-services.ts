import type { Definitions, Origin, ResourceDefinition, ResourceScope, ServiceDefinition, Word } from './definitions.ts';
import { type Faults, quote } from './faults.ts';
import { checkName, isPattern } from './names.ts';
import { explainUnknown, type PermissionIndex } from './permissions.ts';

interface Surroundings {
  /** What comes with the product; empty when that itself is checked. */
  readonly builtIn: Definitions;
  readonly origin: Origin;
  readonly index: PermissionIndex;
  /** False when a part of the services could not be read. */
  readonly complete: boolean;
  readonly faults: Faults;
}

/** Names of services, resources and actions, and what actions require. */
export function checkServices({ services }: Definitions, around: Surroundings): void {
  const { builtIn, origin, faults } = around;
  const reserved = new Set(builtIn.services.map(({ name }) => name.text));
  checkRepeated(services, (name) => `service ${quote(name)}`, faults);
  for (const service of services) {
    const { name } = service;
    const thing = `service ${quote(name.text)}`;
    checkName('service', name, thing, faults);
    if (reserved.has(name.text)) faults.add(name.line, thing, 'the name belongs to a built-in service; choose another');
    checkRepeated(service.resources, (text) => `resource ${quote(`${name.text}:${text}`)}`, faults);
    for (const resource of service.resources) {
      checkResource(service, resource, origin, faults);
      for (const action of resource.actions)
        for (const { text, line } of action.requires) {
          const reason = faultOfRequired(text, resource.scope, around);
          const path = `${name.text}:${resource.name.text}:${action.name.text}`;
          if (reason !== undefined) faults.add(line, `action ${quote(path)}`, `it requires ${quote(text)}, ${reason}`);
        }
    }
  }
}

function checkResource(
  service: ServiceDefinition,
  { name, error_resource: errorResource, scope, conditions, actions }: ResourceDefinition,
  origin: Origin,
  faults: Faults,
): void {
  const path = `${service.name.text}:${name.text}`;
  const thing = `resource ${quote(path)}`;
  checkName('part', name, thing, faults);
  if (errorResource !== name) checkName('part', errorResource, thing, faults);
  for (const condition of conditions) checkName('part', condition, thing, faults);
  const self = name.text.startsWith('self_');
  if (self && origin === 'operator')
    faults.add(
      name.line,
      thing,
      'names that begin with `self_` are kept for what users may do to themselves; choose another',
    );
  if (self !== (scope === 'self') && origin === 'built-in')
    faults.add(name.line, thing, 'names that begin with `self_` and the scope `self` belong together');
  checkRepeated(actions, (text) => `action ${quote(`${path}:${text}`)}`, faults);
  for (const action of actions)
    checkName('part', action.name, `action ${quote(`${path}:${action.name.text}`)}`, faults);
}

/** A check of one permission asks for those it requires too, in the same place, so they must be there and fit. */
function faultOfRequired(text: string, scope: ResourceScope, { index, complete }: Surroundings): string | undefined {
  if (!isPattern(text) || text.includes('*'))
    return 'which is not one permission; write `service:resource:action` without `*`';
  const required = index.get(text);
  if (required === undefined)
    return complete ? `which is no permission of the catalogue; ${explainUnknown(index, text)}` : undefined;
  if (required.scope === 'self') return 'which only users have, on themselves; take it out';
  if (scope === 'organization' && required.scope === 'project')
    return 'which is about projects, and this action is about the organization; require one about the organization';
  return undefined;
}

function checkRepeated(
  named: readonly { readonly name: Word }[],
  thing: (name: string) => string,
  faults: Faults,
): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (seen.has(name.text)) faults.add(name.line, thing(name.text), 'the name is given twice; give this one another');
    seen.add(name.text);
  }
}
