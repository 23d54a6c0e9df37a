/**
 * How certain it is that what this server has in memory is what the database holds.
 *
 * - `current`: what others commit is in memory within milliseconds.
 * - `unsure`: nothing was heard of the database for longer than that can be said; it is asked about everything.
 * - `alone`: the database cannot be reached. What is in memory is what there is.
 */
export type State = 'current' | 'unsure' | 'alone';

export interface Standing {
  state(): State;
  /** Since when memory may differ from the database, in seconds; 0 while it does not. */
  ageSeconds(): number;
  /** True where what is in memory may be used without asking the database. */
  isMemoryEnough(): boolean;
  /** What is in memory is so many seconds old: it comes from a snapshot. */
  startFrom(ageSeconds: number): void;
  /** Called whenever the database is lost, with the reason, or is there again, with none. */
  onTurn(listener: (lost: unknown) => void): void;
}

/** A standing that is moved by whoever follows the database. Moments are milliseconds of a clock that never goes back. */
export interface MovableStanding extends Standing {
  /** Everything that was committed at this moment is in memory. */
  confirm(moment: number): void;
  /** The database answers, and memory may be behind it. */
  reach(): void;
  lose(failure: unknown): void;
}

/**
 * For so long nothing has to be heard for memory to be current, in milliseconds: longer than two looks that fail one after the
 * other (follow.ts), so that a database which goes away finds nobody waiting for it.
 */
const trust = 4_000;

/**
 * @param longestAlone seconds for which a server without its database goes by what is in memory
 * @param now milliseconds
 */
export function createStanding(longestAlone: number, now: () => number = () => performance.now()): MovableStanding {
  const listeners: ((lost: unknown) => void)[] = [];
  // Not current until the first confirmation, and then no older than the server.
  let confirmedAt = now() - trust - 1;
  let isReachable = true;

  const state = (): State => {
    if (!isReachable) return 'alone';
    return now() - confirmedAt <= trust ? 'current' : 'unsure';
  };
  const ageSeconds = () => (state() === 'current' ? 0 : Math.max(0, (now() - confirmedAt) / 1000));
  const turn = (reachable: boolean, lost: unknown) => {
    if (isReachable === reachable) return;
    isReachable = reachable;
    for (const listener of listeners) listener(lost);
  };
  return {
    state,
    ageSeconds,
    isMemoryEnough: () => {
      const standing = state();
      return standing === 'current' || (standing === 'alone' && ageSeconds() <= longestAlone);
    },
    startFrom: (age) => {
      confirmedAt = now() - age * 1000;
    },
    confirm: (moment) => {
      confirmedAt = Math.max(confirmedAt, moment);
    },
    reach: () => turn(true, undefined),
    lose: (failure) => turn(false, failure),
    onTurn: (listener) => void listeners.push(listener),
  };
}

/** Of a database within the process: it is never away. */
export const alwaysCurrent: Standing = {
  state: () => 'current',
  ageSeconds: () => 0,
  isMemoryEnough: () => true,
  startFrom: () => {},
  onTurn: () => {},
};
