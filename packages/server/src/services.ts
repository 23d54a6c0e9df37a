import { createCatalogue } from '@bailiwick/authz';
import { createKnownKeys } from './api-keys/known-keys.ts';
import { createLastUse } from './api-keys/last-use.ts';
import { createRehash } from './api-keys/rehash.ts';
import { createDecisions } from './authorization/decisions.ts';
import type { MemoryLimits } from './authorization/memory.ts';
import { type Catalogue, toCatalogueData } from './catalogue/catalogue.ts';
import type { Services } from './context.ts';
import { createFairQueue } from './fairness/fair-queue.ts';
import { createCredentialCache } from './http/credential-cache.ts';
import { createLimits } from './limits/limits.ts';
import { createLogTree } from './log-tree/tree.ts';
import { partsUntold, type Tracing } from './telemetry/tracing.ts';

/** What follows from the rest. */
type Following =
  | 'catalogue'
  | 'decisions'
  | 'credentials'
  | 'logTree'
  | 'lastUse'
  | 'rehash'
  | 'fairQueue'
  | 'limits'
  | 'tracing';

/** What services are made of: all but what follows from the rest. */
export interface ServiceParts extends Omit<Services, Following> {
  /** The catalogue in force; it may be replaced while the server runs. */
  readonly catalogue: () => Catalogue;
  /** How much of organizations stays in memory; what fits ordinarily when left out. */
  readonly memory?: MemoryLimits | undefined;
  /** Parts of requests are not told of when left out. */
  readonly tracing?: Pick<Tracing, 'part'> | undefined;
}

/**
 * Puts together what operations use: decisions are made in memory, from the storage and the catalogue. Each request takes
 * the catalogue that is in force when it begins.
 */
export function createServices({ catalogue, memory, tracing = partsUntold, ...parts }: ServiceParts): Services {
  const keys = createKnownKeys();
  const data = toCatalogueData(catalogue());
  const decisions = createDecisions(parts.storage, createCatalogue(data), keys, memory);
  const rehash = createRehash(parts);
  const credentials = createCredentialCache({ ...parts, rehash }, keys, decisions);
  parts.storage.follow(decisions);
  return {
    ...parts,
    tracing,
    decisions,
    credentials,
    logTree: createLogTree(parts.secrets.logKeys, parts.storage.kind),
    rehash,
    lastUse: createLastUse(parts.storage, parts.clock),
    fairQueue: createFairQueue(),
    limits: createLimits(parts.settings.limits, parts.clock),
    get catalogue() {
      return catalogue();
    },
  };
}
