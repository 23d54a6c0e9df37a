import { createCatalogue } from '@bailiwick/authz';
import { createDecisions } from './authorization/decisions.ts';
import type { Services } from './context.ts';
import { createCredentialCache } from './http/credential-cache.ts';

/** Puts together what operations use: decisions are made in memory, from the storage and the catalogue. */
export function createServices(parts: Omit<Services, 'decisions' | 'credentials'>): Services {
  const decisions = createDecisions(parts.storage, createCatalogue(parts.catalogue));
  return { ...parts, decisions, credentials: createCredentialCache(parts.storage, decisions) };
}
