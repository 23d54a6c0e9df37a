/**
 * What clients did and were told, and whether a server that loses nothing could have told it. Nothing of the product is used here:
 * a history that is wrong has to be found however the product came to it.
 *
 * A register is one thing that one writer writes, one version after another. Moments are milliseconds of one clock.
 */

export interface Write {
  /** Stands in the audit entry of the change. */
  readonly id: number;
  readonly register: string;
  /** 1, 2, 3 … for each register; 0 is what was there before. */
  readonly version: number;
  readonly value: string;
  readonly server: number;
  readonly began: number;
  readonly ended: number;
  /** `unknown` where nobody said whether it was made: then it was or was not. */
  readonly outcome: 'made' | 'refused' | 'unknown';
  /** Of what was made; 0 otherwise. */
  readonly revision: number;
}

export interface Read {
  readonly register: string;
  /** Whether the database was asked, or a server that decides by what it has in memory. */
  readonly from: 'database' | 'memory';
  readonly server: number;
  readonly began: number;
  readonly ended: number;
  readonly value: string;
  /** The revision that the answer must not be older than; 0 for none. */
  readonly atLeast: number;
  /** How old the server said its knowledge is, in milliseconds; 0 for one that knows the database. */
  readonly age: number;
}

/** An entry of the audit log, and the write that it is of. */
export interface Entry {
  readonly revision: number;
  readonly write: number;
}

export interface History {
  /** What each register held before the first write. */
  readonly first: ReadonlyMap<string, string>;
  /** What each holds when all is over. */
  readonly last: ReadonlyMap<string, string>;
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
  /** Those that came after `revision`. */
  readonly entries: readonly Entry[];
  readonly revision: number;
  /** So far behind may the memory of a server be that was told of no change of another one, in milliseconds. */
  readonly bound: number;
}

export interface Violation {
  readonly rule:
    | 'stale'
    | 'lost'
    | 'half-written'
    | 'made though refused'
    | 'twice'
    | 'from nowhere'
    | 'gap'
    | 'wrong revision'
    | 'revision went back';
  readonly register: string;
  /** The operations that show it, in the order in which they began. */
  readonly shown: readonly (Write | Read | Entry)[];
}

/** Every way in which the history cannot be. */
export function violations(history: History): readonly Violation[] {
  const registers = [...history.first.keys()];
  return [
    ...registers.flatMap((register) => wrongReads(history, register)),
    ...registers.flatMap((register) => wrongEnd(history, register)),
    ...wrongEntries(history),
    ...wrongOrder(history),
  ];
}

/** The highest version known at a moment: versions only grow, and so do the moments at which they are learnt. */
class Known {
  readonly #steps: { readonly at: number; readonly version: number }[] = [];
  learn(at: number, version: number): void {
    if (version > this.before(Number.POSITIVE_INFINITY)) this.#steps.push({ at, version });
  }
  before(moment: number): number {
    return this.#steps.findLast(({ at }) => at < moment)?.version ?? 0;
  }
}

function wrongReads({ writes, reads, first, bound }: History, register: string): readonly Violation[] {
  const own = writes.filter((write) => write.register === register).sort((one, other) => one.version - other.version);
  const everywhere = new Known();
  const onServers = new Map<number, Known>();
  const onServer = (server: number): Known => {
    const known = onServers.get(server) ?? new Known();
    onServers.set(server, known);
    return known;
  };
  const floorOf = (read: Read): number => {
    const known = everywhere.before(read.from === 'database' ? read.began : read.began - bound - read.age);
    const named = own.findLast(({ outcome, revision }) => outcome === 'made' && revision <= read.atLeast);
    if (read.from === 'database') return Math.max(known, named?.version ?? 0);
    return Math.max(known, named?.version ?? 0, onServer(read.server).before(read.began));
  };
  const learn = ({ server, ended }: Write | Read, version: number, isCommon: boolean, isHere: boolean) => {
    if (isCommon) everywhere.learn(ended, version);
    if (isHere) onServer(server).learn(ended, version);
  };
  const found: Violation[] = [];
  const ends = [...own, ...reads.filter((read) => read.register === register)].sort((a, b) => a.ended - b.ended);
  for (const one of ends) {
    if ('outcome' in one) {
      if (one.outcome === 'made') learn(one, one.version, true, true);
      continue;
    }
    const floor = floorOf(one);
    const possible = own.filter(
      ({ version, outcome, began }) => version >= floor && outcome !== 'refused' && began < one.ended,
    );
    const isFirst = floor === 0 && first.get(register) === one.value;
    const shown = isFirst ? 0 : possible.find(({ value }) => value === one.value)?.version;
    if (shown !== undefined) learn(one, shown, one.from === 'database', one.from === 'memory');
    else found.push({ rule: 'stale', register, shown: [...own.filter((write) => isNear(write, floor, one)), one] });
  }
  return found;
}

const isNear = ({ version, began }: Write, floor: number, { ended }: Read): boolean =>
  version >= floor - 2 && began < ended;

/** What is there at the end is what the last write left that has an entry: nothing less, and nothing without one. */
function wrongEnd({ writes, entries, first, last }: History, register: string): readonly Violation[] {
  const made = new Set(entries.map(({ write }) => write));
  const own = writes.filter((write) => write.register === register);
  const latest = own.reduce<Write | undefined>(
    (one, other) => (made.has(other.id) && other.version > (one?.version ?? 0) ? other : one),
    undefined,
  );
  const expected = latest?.value ?? first.get(register);
  if (last.get(register) === expected) return [];
  const shown = own.filter(({ version }) => version >= (latest?.version ?? 0));
  const isAhead = shown.some((write) => write !== latest && write.value === last.get(register));
  return [{ rule: isAhead ? 'half-written' : 'lost', register, shown }];
}

/** Each change that was acknowledged has one entry, what was refused has none, and revisions have no gaps. */
function wrongEntries({ writes, entries, revision }: History): readonly Violation[] {
  const byWrite = Map.groupBy(entries, ({ write }) => write);
  const ofWrites = writes.flatMap((write): readonly Violation[] => {
    const own = byWrite.get(write.id) ?? [];
    const wrong = (rule: Violation['rule']) => [{ rule, register: write.register, shown: [write, ...own] }];
    if (own.length > 1) return wrong('twice');
    if (write.outcome === 'refused' && own.length > 0) return wrong('made though refused');
    if (write.outcome !== 'made') return [];
    if (own.length === 0) return wrong('lost');
    return own[0]?.revision === write.revision ? [] : wrong('wrong revision');
  });
  const sorted = entries.toSorted((one, other) => one.revision - other.revision);
  const gaps = sorted.filter((entry, index) => entry.revision !== revision + 1 + index).slice(0, 1);
  const known = new Set(writes.map(({ id }) => id));
  const strange = entries.filter(({ write }) => !known.has(write));
  return [
    ...ofWrites,
    ...gaps.map((entry): Violation => ({ rule: 'gap', register: '', shown: [entry] })),
    ...strange.map((entry): Violation => ({ rule: 'from nowhere', register: '', shown: [entry] })),
  ];
}

/** Whoever begins after an acknowledgement gets a higher revision. */
function wrongOrder({ writes }: History): readonly Violation[] {
  const made = writes.filter(({ outcome }) => outcome === 'made');
  const byEnd = made.toSorted((one, other) => one.ended - other.ended);
  let highest: Write | undefined;
  let next = 0;
  return made
    .toSorted((one, other) => one.began - other.began)
    .flatMap((write): readonly Violation[] => {
      for (let ended = byEnd[next]; ended && ended.ended < write.began; ended = byEnd[next]) {
        if (ended.revision > (highest?.revision ?? 0)) highest = ended;
        next += 1;
      }
      if (!highest || highest.revision < write.revision) return [];
      return [{ rule: 'revision went back', register: write.register, shown: [highest, write] }];
    });
}
