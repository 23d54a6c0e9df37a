import { ApiError, type OperationId } from '@bailiwick/contract';
import { networkOf as networkOfPlain, plainAddress } from '../addresses.ts';
import type { Clock } from '../clock.ts';
import type { Actor } from '../context.ts';
import { type Buckets, createBuckets, type Rate } from './bucket.ts';

/** Null for no limit. */
export type LimitFile = Readonly<Record<LimitKind, Rate | null>>;

export type LimitKind = keyof typeof defaultLimits;

/**
 * What no ordinary client meets. A decision is asked for with every request that a service serves, and costs little: of them
 * there may be any number.
 */
export const defaultLimits = {
  /** Requests of one address, or of one IPv6 network of 64 bits. */
  address: { perSecond: 4_000, atOnce: 40_000 },
  principal: { perSecond: 2_000, atOnce: 20_000 },
  organization: { perSecond: 4_000, atOnce: 40_000 },
  /** Decisions that one principal asks for. */
  decisions: null,
  /** Credentials of one address that nobody has, or that are over: guessing is hopeless, and many may share an address. */
  failures: { perSecond: 100, atOnce: 1_000 },
} as const satisfies Readonly<Record<string, Rate | null>>;

/** What a server takes on, whoever asks; each server counts for itself. */
export interface Limits {
  /**
   * @param ip undefined where the connection is gone already
   * @throws ApiError `too_many_requests`
   */
  arrived(ip: string | undefined): void;
  /** @throws ApiError `too_many_requests` */
  asked(operation: OperationId, actor: Actor): void;
  /**
   * Says whether a credential that is not in memory may be looked up.
   *
   * @throws ApiError `too_many_requests`
   */
  mayFail(ip: string): void;
  failed(ip: string): void;
}

const networkOf = (ip: string): string => networkOfPlain(plainAddress(ip));

const decisions: ReadonlySet<OperationId> = new Set<OperationId>([
  'decisions.check',
  'authzen.evaluation',
  'authzen.evaluations',
  'gateway.forwardAuth',
]);

const words: Readonly<Record<LimitKind, string>> = {
  address: 'too many requests of one address',
  principal: 'too many requests of one user or application',
  organization: 'too many requests of one organization',
  decisions: 'too many decisions for one user or application',
  failures: 'too many wrong credentials of one address',
};

/** A request beyond a limit: the error, and what its headers tell. */
export class LimitReached extends ApiError {
  readonly headers: Readonly<Record<string, string>>;
  constructor(kind: LimitKind, { perSecond, atOnce }: Rate, seconds: number) {
    const wait = Math.max(1, Math.ceil(seconds));
    super({ type: 'too_many_requests', help_message: words[kind], reset_seconds: wait });
    // draft-ietf-httpapi-ratelimit-headers: all of the quota, and the seconds in which it comes again.
    this.headers = {
      'ratelimit-policy': `"${kind}";q=${atOnce};w=${Math.ceil(atOnce / perSecond)}`,
      ratelimit: `"${kind}";r=0;t=${wait}`,
    };
  }
}

/** @param file the limits in force: when others are, all are counted anew */
export function createLimits(file: () => LimitFile, clock: Clock): Limits {
  const address = limitOf('address', file, clock);
  const principal = limitOf('principal', file, clock);
  const organization = limitOf('organization', file, clock);
  const ofDecisions = limitOf('decisions', file, clock);
  const failures = limitOf('failures', file, clock);
  return {
    arrived: (ip) => (ip === undefined ? undefined : address.take(networkOf(ip))),
    asked: (operation, { id, organizationId }) => {
      if (decisions.has(operation)) return ofDecisions.take(id);
      principal.take(id);
      organization.take(organizationId);
    },
    mayFail: (ip) => failures.check(networkOf(ip)),
    failed: (ip) => failures.count(networkOf(ip)),
  };
}

interface Limit {
  /** @throws LimitReached */
  take(key: string): void;
  /** @throws LimitReached */
  check(key: string): void;
  count(key: string): void;
}

function limitOf(kind: LimitKind, file: () => LimitFile, clock: Clock): Limit {
  let rate = file()[kind];
  let buckets: Buckets | null = rate && createBuckets(rate);
  const inForce = (): Buckets | null => {
    const now = file()[kind];
    if (isSame(now, rate)) return buckets;
    rate = now;
    buckets = rate && createBuckets(rate);
    return buckets;
  };
  const refuse = (seconds: number | undefined) => {
    if (rate !== null && seconds !== undefined && seconds > 0) throw new LimitReached(kind, rate, seconds);
  };
  return {
    take: (key) => refuse(inForce()?.take(key, clock.now())),
    check: (key) => refuse(inForce()?.wait(key, clock.now())),
    count: (key) => void inForce()?.take(key, clock.now()),
  };
}

/** A file that was read again says mostly what it said. */
const isSame = (one: Rate | null, other: Rate | null): boolean =>
  one === other || (one?.perSecond === other?.perSecond && one?.atOnce === other?.atOnce);
