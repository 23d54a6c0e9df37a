import { createCatalogue } from '@bailiwick/authz';
import { createDecisions } from './authorization/decisions.ts';
import type { Services } from './context.ts';

/** Puts together what operations use: decisions are made in memory, from the storage and the catalogue. */
export function createServices(parts: Omit<Services, 'decisions'>): Services {
  return { ...parts, decisions: createDecisions(parts.storage, createCatalogue(parts.catalogue)) };
}
