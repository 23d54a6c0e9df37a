/** How often something may be done: evenly, and how many times at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly atOnce: number;
}

/** Counts what each of many does. */
export interface Buckets {
  /** @returns 0 when it may be done now, and then it is counted; else the seconds to wait */
  take(key: string, now: number): number;
  /** The same without counting. */
  wait(key: string, now: number): number;
}

/** Entries of some 100 bytes, twice as many at most; those that were used last are kept. */
const maximumKeys = 50_000;

/**
 * Token buckets as the generic cell rate algorithm keeps them: of each key only the moment at which its bucket would be full
 * again (ITU-T I.371). Times are in microseconds since 1970. No timer, and no more keys than there is room for.
 */
export function createBuckets({ perSecond, atOnce }: Rate, maximum = maximumKeys): Buckets {
  const interval = 1_000_000 / perSecond;
  const tolerance = interval * (atOnce - 1);
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  const fullAt = (key: string, now: number) => Math.max(now, young.get(key) ?? old.get(key) ?? 0);
  const waitOf = (full: number, now: number) => Math.max(0, (full - now - tolerance) / 1_000_000);
  return {
    wait: (key, now) => waitOf(fullAt(key, now), now),
    take: (key, now) => {
      const full = fullAt(key, now);
      const wait = waitOf(full, now);
      if (wait > 0) return wait;
      if (young.size >= maximum && !young.has(key)) {
        old = young;
        young = new Map();
      }
      young.set(key, full + interval);
      return 0;
    },
  };
}
