import { checkServices } from './check-services.ts';
import { checkSets } from './check-sets.ts';
import { type Definitions, joinDefinitions, type Origin } from './definitions.ts';
import { assertFaultless, collectFaults } from './faults.ts';
import type { Located } from './located.ts';
import { indexPermissions } from './permissions.ts';
import { readShape } from './shape.ts';

/**
 * Reads a catalogue and checks it against all rules of the format (docs/catalogue.md).
 *
 * @param builtIn what comes with the product, that it may refer to and must not repeat
 * @throws CatalogueError with everything that is wrong
 */
export function readDefinitions(root: Located, path: string, origin: Origin, builtIn: Definitions): Definitions {
  const faults = collectFaults();
  const { definitions, servicesComplete, setsComplete } = readShape(root, origin, faults);
  const index = indexPermissions(joinDefinitions(builtIn, definitions).services);
  checkServices(definitions, { builtIn, origin, index, complete: servicesComplete, faults });
  checkSets(definitions, { builtIn, index, servicesComplete, setsComplete }, faults);
  assertFaultless(path, faults);
  return definitions;
}
