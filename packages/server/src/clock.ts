import { randomBytes, randomUUID } from 'node:crypto';

/** Where times and identifiers come from; tests pass their own. */
export interface Clock {
  /** Microseconds since 1970; later than every value given before. */
  now(): number;
}

export interface Ids {
  /** A version 4 UUID, lower case. */
  uuid(): string;
  /** `SCW` and 17 characters. */
  accessKey(): string;
}

/** The system's clock in microseconds, never the same value twice, so that creation order is a total order. */
export function systemClock(): Clock {
  let last = 0;
  return {
    now() {
      const read = Math.floor((performance.timeOrigin + performance.now()) * 1000);
      last = Math.max(read, last + 1);
      return last;
    },
  };
}

/** Digits and capitals without I, L, O and U: 32 characters, so a random byte maps evenly. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  accessKey: () => `SCW${Array.from(randomBytes(17), (byte) => alphabet[byte % 32]).join('')}`,
};
