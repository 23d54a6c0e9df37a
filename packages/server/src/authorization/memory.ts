import { getHeapStatistics } from 'node:v8';
import type { Organization } from '@bailiwick/authz';

/** How much may be in memory, and for how long. */
export interface MemoryLimits {
  /** For all organizations together; the one asked for longest ago goes first. */
  readonly bytes: number;
  /** An organization that nobody asks for in so long leaves. */
  readonly idleSeconds: number;
}

/** How exactly idle time is told. */
export const tidyEverySeconds = 60;

/** As long as a server goes by what it has without its database: whoever was there today is known until tomorrow. */
const ordinaryIdleSeconds = 24 * 3600;

/** Half of what Node may take: the rest is for requests, and for what is thrown away. */
export const ordinaryMemory = (): MemoryLimits => ({
  bytes: getHeapStatistics().heap_size_limit / 2,
  idleSeconds: ordinaryIdleSeconds,
});

/** Bytes of one thing of each kind, measured (`npm run bench -- million`), with the texts of its ids. */
const bytes = { organization: 20_000, principal: 180, member: 60, group: 400, policy: 1_000, grants: 900, key: 130 };

/** What an organization takes, about: counting is cheap, and measuring is not. */
export function weightOf(organization: Organization, keys: number): number {
  const { principals, groupsOf, groups, policies, grantsByKey } = organization;
  return (
    bytes.organization +
    principals.size * bytes.principal +
    groupsOf.held.size * bytes.member +
    groups.size * bytes.group +
    policies.size * bytes.policy +
    grantsByKey.size * bytes.grants +
    keys * bytes.key
  );
}
