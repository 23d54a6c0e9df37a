import { createCatalogue } from '@bailiwick/authz';
import { createDecisions } from './authorization/decisions.ts';
import { type Catalogue, toCatalogueData } from './catalogue/catalogue.ts';
import type { Services } from './context.ts';
import { createCredentialCache } from './http/credential-cache.ts';

/** What services are made of: all but what follows from the rest. */
export interface ServiceParts extends Omit<Services, 'catalogue' | 'decisions' | 'credentials'> {
  /** The catalogue in force; it may be replaced while the server runs. */
  readonly catalogue: () => Catalogue;
}

/**
 * Puts together what operations use: decisions are made in memory, from the storage and the catalogue. Each request takes
 * the catalogue that is in force when it begins.
 */
export function createServices({ catalogue, ...parts }: ServiceParts): Services {
  const decisions = createDecisions(parts.storage, createCatalogue(toCatalogueData(catalogue())));
  const credentials = createCredentialCache(parts.storage, decisions);
  return {
    ...parts,
    decisions,
    credentials,
    get catalogue() {
      return catalogue();
    },
  };
}
