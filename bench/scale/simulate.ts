import { supposed, type World } from './world.ts';

/** How requests find a server: any of them, or always the one of their organization. */
export type Routing = 'any server' | 'by organization';

/** What one server of many sees. */
export interface Seen {
  readonly organizationsInMemory: number;
  readonly bytes: number;
  /** Of requests, those that had to wait for their organization to be read. */
  readonly missed: number;
  /** Principals that are read from the database a second. */
  readonly loadedPrincipals: number;
  /** Checks a second. */
  readonly checks: number;
}

/** Requests that fill the memory, and as many that are counted. */
const requests = 1_000_000;

/**
 * Lets requests come to one server, one after another, and keeps what it keeps: the organizations that were asked for last, as many as
 * its memory holds. Servers are all alike, so one tells of all.
 */
export function simulateServer(world: World, servers: number, routing: Routing): Seen {
  const random = randomFrom(20_301_124);
  const checks = (world.principals * supposed.checksOfPrincipal) / servers;
  /** The order of a map is that of insertion: the first was asked for longest ago. */
  const held = new Map<number, number>();
  let bytes = 0;
  let [counted, missed, loaded] = [0, 0, 0];
  const load = (rank: number) => {
    const size = world.sizeOf(rank);
    const weight = supposed.bytesOfOrganization + size * supposed.bytesOfPrincipal;
    held.set(rank, weight);
    bytes += weight;
    for (const [other, its] of held) {
      if (bytes <= supposed.memory || held.size === 1) break;
      held.delete(other);
      bytes -= its;
    }
    return size;
  };
  for (let request = 0; request < 2 * requests; request += 1) {
    if (request === requests) [counted, missed, loaded] = [0, 0, 0];
    const rank = askedOfServer(world, servers, routing, random);
    counted += 1;
    const weight = held.get(rank);
    if (weight === undefined) {
      missed += 1;
      loaded += load(rank);
    } else {
      held.delete(rank);
      held.set(rank, weight);
    }
  }
  const seconds = counted / checks;
  return {
    organizationsInMemory: held.size,
    bytes,
    missed: missed / counted,
    loadedPrincipals: loaded / seconds,
    checks,
  };
}

/** With routing, organization `n` belongs to server `n mod servers`: the request is taken to be about the next one of this server. */
function askedOfServer(world: World, servers: number, routing: Routing, random: () => number): number {
  const rank = world.askedAbout(random());
  if (routing === 'any server') return rank;
  const own = rank + ((servers / 2 - (rank % servers) + servers) % servers);
  return Math.max(1, Math.min(world.organizations, Math.floor(own)));
}

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
