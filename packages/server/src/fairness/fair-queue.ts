/** Lets organizations take turns, so that none waits for all that another has asked for (docs/decisions/0023-running.md). */
export interface FairQueue {
  /**
   * Runs work when it is the turn of its organization: at once, unless the organization has had its part already. What one
   * organization asks for is begun in the order it came.
   */
  run<T>(organizationId: string, work: () => Promise<T>): Promise<T>;
}

/** An organization whose line is so long beside others is a flood: busy ones are not, and get all that there is. */
const flood = 32;
/** Milliseconds of one turn of the event loop in which an organization begins works, some 20 checks, and in which a flood does. */
const ofOneTurn = 2;
const ofOneTurnOfFlood = 0.5;
/** Works that have waited are begun in one turn at most. */
const stepsOfTurn = 8;
/** Milliseconds for which an organization rests at most, however long its work took. */
const longestRest = 50;
/** An organization that has asked for something within so many milliseconds is active. */
const activeFor = 100;

/** The works of one organization. */
interface Line {
  readonly waiting: (() => void)[];
  running: number;
  askedAt: number;
  /** The turn of the event loop in which a work was begun last, and when its first was. */
  turn: number;
  turnBegan: number;
  /** No work is begun before; it follows from the time that works took. */
  freeAt: number;
}

/** @param now milliseconds since any moment */
export function createFairQueue(now: () => number = () => performance.now()): FairQueue {
  /** By organization; the first of those that wait is the next. */
  const lines = new Map<string, Line>();
  let turn = 0;
  let isTurnCounted = false;
  let isPumping = false;
  let active = 1;

  /** Between two turns the connections of all organizations are looked at. */
  const countTurn = () => {
    if (isTurnCounted) return;
    isTurnCounted = true;
    setImmediate(() => {
      turn += 1;
      isTurnCounted = false;
    });
  };

  const isFlood = ({ waiting }: Line): boolean => active > 1 && waiting.length >= flood;

  const takesPart = (line: Line, time: number): boolean => {
    if (time < line.freeAt) return false;
    if (line.turn === turn) return time - line.turnBegan < (isFlood(line) ? ofOneTurnOfFlood : ofOneTurn);
    line.turn = turn;
    line.turnBegan = time;
    countTurn();
    return true;
  };

  /**
   * Of `n` active organizations a flood gets one part in `2n + 1` of the time. What a work waits for counts as well: it is the
   * time of the database.
   */
  const charge = (line: Line, began: number) => {
    const time = now();
    if (isFlood(line)) line.freeAt = time + Math.min(longestRest, 2 * (time - began) * active);
  };

  const step = () => {
    const time = now();
    for (const [organizationId, line] of lines) {
      if (line.waiting.length === 0 || !takesPart(line, time)) continue;
      // To the end of the row.
      lines.delete(organizationId);
      lines.set(organizationId, line);
      line.running += 1;
      return line.waiting.shift()?.();
    }
  };

  const countActive = (time: number) => {
    for (const [organizationId, line] of lines) {
      const isActive = line.running > 0 || line.waiting.length > 0 || time - line.askedAt < activeFor;
      if (!isActive) lines.delete(organizationId);
    }
    active = lines.size;
  };

  /** Begins what waits, each in a step of its own, so that what it does at once is done, and its time known, before the next. */
  const pump = () => {
    if (isPumping) return;
    isPumping = true;
    countActive(now());
    for (let index = 0; index < stepsOfTurn; index += 1) setImmediate(step);
    setImmediate(() => {
      isPumping = false;
      const time = now();
      const ready = [...lines.values()].filter((line) => line.waiting.length > 0);
      if (ready.length === 0) return;
      const pause = Math.min(...ready.map(({ freeAt }) => freeAt)) - time;
      if (pause > 0) setTimeout(pump, pause);
      else pump();
    });
  };

  const lineOf = (organizationId: string, askedAt: number): Line => {
    const known = lines.get(organizationId);
    if (known) {
      known.askedAt = askedAt;
      return known;
    }
    const line: Line = { waiting: [], running: 0, askedAt, turn: -1, turnBegan: 0, freeAt: 0 };
    lines.set(organizationId, line);
    countActive(askedAt);
    return line;
  };

  return {
    run: async (organizationId, work) => {
      const time = now();
      const line = lineOf(organizationId, time);
      if (line.waiting.length === 0 && takesPart(line, time)) line.running += 1;
      else {
        const { promise: begun, resolve } = Promise.withResolvers<void>();
        line.waiting.push(resolve);
        pump();
        await begun;
      }
      const began = now();
      try {
        return await work();
      } finally {
        line.running -= 1;
        charge(line, began);
        if (line.waiting.length > 0) pump();
      }
    },
  };
}
