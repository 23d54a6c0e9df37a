import type { Costs } from './measured.ts';
import { type Routing, type Seen, simulateServer } from './simulate.ts';
import { supposed, worldOf } from './world.ts';

/** Servers, and principals among all their organizations. */
export interface Size {
  readonly servers: number;
  readonly principals: number;
}

/** What a size asks of its parts. */
export interface Demand {
  readonly size: Size;
  readonly routing: Routing;
  readonly seen: Seen;
  /** A second, in all. */
  readonly changes: number;
  /** Messages about changes that reach servers, a second, in all. */
  readonly heard: number;
  readonly connections: number;
  /** Cores of the database, by what keeps them busy. */
  readonly cores: {
    readonly changes: number;
    readonly announcements: number;
    readonly looks: number;
    readonly loads: number;
  };
  /** Part of a core of each server that hears of changes. */
  readonly hearing: number;
}

const looksASecond = 2;

export function demandOf(size: Size, routing: Routing, costs: Costs): Demand {
  const { servers, principals } = size;
  const seen = simulateServer(worldOf(principals), servers, routing);
  const changes = principals * supposed.changesOfPrincipal;
  const look = costs.look + costs.lookAtOrganization * seen.organizationsInMemory;
  const seconds = (micros: number) => micros / 1_000_000;
  return {
    size,
    routing,
    seen,
    changes,
    heard: changes * servers,
    connections: servers * (1 + supposed.pooled),
    cores: {
      changes: seconds(changes * supposed.change),
      announcements: seconds(changes * (costs.announcement + costs.announcementToListener * servers)),
      looks: seconds(servers * looksASecond * look),
      loads: seconds(servers * seen.loadedPrincipals * costs.loadPrincipal),
    },
    hearing: seconds(changes * costs.hearing),
  };
}

/** What a large machine has, or what PostgreSQL bears: beyond it something breaks. */
export const limits = {
  /** Backends; more cost memory and the time of those that work. A guess from practice, not measured here. */
  connections: 5_000,
  cores: 64,
  /** Part of a core of a server. */
  hearing: 0.5,
  /** Of requests, those that wait for an organization. */
  missed: 0.01,
} as const;

/** Demands as parts of what there is: 1 is where it breaks. */
export function strains({ connections, cores, hearing, seen }: Demand): Readonly<Record<string, number>> {
  return {
    'connections to PostgreSQL': connections / limits.connections,
    'cores for loading organizations': cores.loads / limits.cores,
    'cores for announcements': cores.announcements / limits.cores,
    'cores for looks': cores.looks / limits.cores,
    'cores for changes': cores.changes / limits.cores,
    'servers hearing of changes': hearing / limits.hearing,
    'requests that wait for an organization': seen.missed / limits.missed,
  };
}
