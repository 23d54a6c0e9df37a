/** What the simulation supposes of those who use the service. Nobody has measured these; change them to yours. */
export const supposed = {
  /** On average; a few organizations have most of all principals. */
  principalsOfOrganization: 200,
  /** No organization is larger (docs/scaling.md, "What was tried"). */
  mostPrincipals: 1_000_000,
  /** Checks a second of each principal, at the busiest hour: 20 an hour. */
  checksOfPrincipal: 20 / 3600,
  /** Changes a second for each principal: one a week. */
  changesOfPrincipal: 1 / (7 * 24 * 3600),
  /** Of one server, for organizations, in bytes. */
  memory: 1e9,
  /** A principal with a rule and an API key, in bytes: `engine-memory` after a question, and the key. */
  bytesOfPrincipal: 3_000,
  /** An organization without anybody in it, in bytes. */
  bytesOfOrganization: 20_000,
  /** Connections of a server beside the one that listens, when all is quiet; twenty at most. */
  pooled: 4,
  /** A change, in microseconds of a core of the database: `writes`, of which half is spent in the server. */
  change: 2_500,
} as const;

/** Organizations ordered by size. Principals are those who ask, so the large ones are asked about most. */
export interface World {
  readonly principals: number;
  readonly organizations: number;
  /** Principals of the organization with this rank, from 1. */
  sizeOf(rank: number): number;
  /** The organization that a request is about, for a number from 0 to 1. */
  askedAbout(chance: number): number;
}

/**
 * Sizes follow Zipf's law, as those of towns and firms do: the second is half as large as the first. Where that would make the
 * first ones larger than any may be, they are that large.
 */
export function worldOf(principals: number): World {
  const organizations = Math.max(1, Math.round(principals / supposed.principalsOfOrganization));
  const { scale, capped } = shape(principals, organizations);
  const inCapped = capped * supposed.mostPrincipals;
  return {
    principals,
    organizations,
    sizeOf: (rank) => Math.max(1, Math.min(supposed.mostPrincipals, Math.round(scale / rank))),
    askedAbout: (chance) => {
      const principal = chance * principals;
      if (principal < inCapped) return 1 + Math.floor(principal / supposed.mostPrincipals);
      const rank = (capped + 0.5) * Math.exp((principal - inCapped) / scale);
      return Math.min(organizations, Math.max(capped + 1, Math.round(rank)));
    },
  };
}

/** How large the first would be without a bound, so that all together have the principals, and how many reach the bound. */
function shape(principals: number, organizations: number): { readonly scale: number; readonly capped: number } {
  let capped = 0;
  for (;;) {
    const rest = principals - capped * supposed.mostPrincipals;
    const scale = rest / Math.log((organizations + 0.5) / (capped + 0.5));
    const reaching = Math.floor(scale / supposed.mostPrincipals);
    if (reaching <= capped) return { scale, capped };
    capped += Math.max(1, Math.floor((reaching - capped) / 2));
  }
}
