import { entryText, hashLeaf, type LogEntry, type SignedLogHead, type StoredEntry } from '@bailiwick/contract/log-tree';
import fc from 'fast-check';
import { type HeadKey, headKey, sampleEntry, signHead, stored } from '../../../../test-support/signed-log.ts';

/** A row of a log, as somebody with the whole database sees it. */
export interface Row {
  readonly entry: LogEntry;
  readonly leafHash: string | null;
}

/** What is stored of a log. */
export interface Stored {
  readonly rows: readonly Row[];
  readonly head: SignedLogHead;
}

/** A log, another one beside it, and all heads that it ever had. */
export interface World {
  readonly organizationId: string;
  readonly key: HeadKey;
  readonly log: Stored;
  readonly other: Stored;
  readonly formerHeads: readonly SignedLogHead[];
}

const serviceKey = headKey(1);
const attackerKey = headKey(2);

const rowOf = (entry: LogEntry): Row => ({ entry, leafHash: stored(entry).leafHash });
export const entriesOf = (rows: readonly Row[]): readonly StoredEntry[] =>
  rows.map(({ entry, leafHash }) => ({ content: entryText(entry), leafHash }));

export function worldOf(size: number): World {
  const [organizationId, otherId] = ['0c0ffee0-0000-4000-8000-00000000000a', '0c0ffee0-0000-4000-8000-00000000000c'];
  const logOf = (id: string): Stored => {
    const rows = Array.from({ length: size }, (_, index) => rowOf(sampleEntry(id, index + 1)));
    return { rows, head: signHead(id, entriesOf(rows), serviceKey) };
  };
  const log = logOf(organizationId);
  const formerHeads = log.rows
    .slice(0, -1)
    .map((_, index) => signHead(organizationId, entriesOf(log.rows.slice(0, index + 1)), serviceKey));
  return { organizationId, key: serviceKey, log, other: logOf(otherId), formerHeads };
}

/** Hashes made to fit again, by somebody who knows how they are made. */
const rehashed = (rows: readonly Row[]): readonly Row[] => rows.map(({ entry }) => rowOf(entry));
const renumbered = (rows: readonly Row[]): readonly Row[] =>
  rows.map(({ entry, leafHash }, index) => ({ entry: { ...entry, revision: index + 1 }, leafHash }));

/** Numbers that a manipulation picks places and ways with. */
interface Picks {
  readonly at: number;
  readonly to: number;
  readonly text: string;
  readonly isClever: boolean;
}

type Manipulation = (log: Stored, world: World, picks: Picks) => Stored;

const members = Object.keys(sampleEntry('', 1)) as readonly (keyof LogEntry)[];

const onRows =
  (change: (rows: readonly Row[], world: World, picks: Picks) => readonly Row[]): Manipulation =>
  ({ rows, head }, world, picks) => {
    const changed = change(rows, world, picks);
    return { rows: picks.isClever ? rehashed(changed) : changed, head };
  };

/** Everything that somebody who may write into the database, but has no key, can do to a log. */
export const manipulations: Readonly<Record<string, Manipulation>> = {
  'change a column': onRows((rows, _, { at, to, text }) => {
    const place = at % rows.length;
    const member = members[to % members.length];
    return rows.map((row, index) => {
      if (index !== place || member === undefined) return row;
      const before = row.entry[member];
      return {
        ...row,
        entry: { ...row.entry, [member]: typeof before === 'number' ? before + 1 + to : `${before}${text}` },
      };
    });
  }),
  'change a hash': ({ rows, head }, _, { at, to, text }) => {
    const leafHash = to % 3 === 0 ? null : hashLeaf(`${to} ${text}`).toString('hex');
    return { rows: rows.map((row, index) => (index === at % rows.length ? { ...row, leafHash } : row)), head };
  },
  drop: onRows((rows, _, { at, to }) => {
    const left = rows.toSpliced(at % rows.length, 1);
    return to % 2 === 0 ? left : renumbered(left);
  }),
  insert: onRows((rows, _, { at, to, text }) => {
    const source = rows[to % rows.length];
    if (source === undefined) return rows;
    const made = rowOf({ ...source.entry, id: text });
    const more = rows.toSpliced(at % (rows.length + 1), 0, made);
    return to % 3 === 0 ? more : renumbered(more);
  }),
  reorder: onRows((rows, _, { at, to, isClever }) => {
    const [one, other] = [rows[at % rows.length], rows[to % rows.length]];
    if (one === undefined || other === undefined) return rows;
    const moved = rows.with(at % rows.length, other).with(to % rows.length, one);
    return isClever ? renumbered(moved) : moved;
  }),
  'take from another organization': onRows((rows, { other, organizationId }, { at, to }) => {
    const place = at % rows.length;
    const taken = other.rows[to % other.rows.length];
    if (taken === undefined) return rows;
    const entry = to % 2 === 0 ? taken.entry : { ...taken.entry, organization_id: organizationId, request_id: 'moved' };
    return rows.with(place, to % 3 === 0 ? { ...taken, entry } : rowOf({ ...entry, revision: place + 1 }));
  }),
  'cut off the end': ({ rows, head }, _, { at }) => ({ rows: rows.slice(0, at % rows.length), head }),
  'set the head back': ({ rows, head }, { formerHeads }, { at, isClever }) => {
    const former = formerHeads[at % Math.max(1, formerHeads.length)];
    if (former === undefined) return { rows, head: { ...head, tree_size: head.tree_size - 1 } };
    return { rows: isClever ? rows.slice(0, former.tree_size) : rows, head: former };
  },
  'change the head': ({ rows, head }, _, { at, to, text }) => {
    const names = [
      'tree_size',
      'root_hash',
      'adopted_size',
      'removed_size',
      'signed_at',
      'key_id',
      'signature',
      'organization_id',
    ] as const;
    const name = names[at % names.length] ?? 'signature';
    const before = head[name];
    const after = typeof before === 'number' ? before + 1 + to : `${before.slice(0, -1)}${text}`;
    return { rows, head: { ...head, [name]: after } };
  },
  'bend a bit of the signature': ({ rows, head }, _, { at, to }) => {
    const signature = Buffer.from(head.signature, 'base64url');
    if (signature.length === 0) return { rows, head: { ...head, signature: 'A' } };
    const place = at % signature.length;
    signature[place] = (signature[place] ?? 0) ^ (1 << (to % 8));
    return { rows, head: { ...head, signature: signature.toString('base64url') } };
  },
  'sign with a key of its own': ({ rows, head }, { organizationId }, { at, isClever }) => {
    const changed = rows.map((row, index) =>
      index === at % rows.length ? rowOf({ ...row.entry, bearer_id: 'somebody else' }) : row,
    );
    const forged = signHead(organizationId, entriesOf(changed), attackerKey);
    return { rows: changed, head: isClever ? { ...forged, key_id: head.key_id } : forged };
  },
  'take the head of another organization': ({ rows }, { other, organizationId }, { isClever }) => ({
    rows,
    head: isClever ? { ...other.head, organization_id: organizationId } : other.head,
  }),
};

const picks: fc.Arbitrary<Picks> = fc.record({
  at: fc.nat(1_000),
  to: fc.nat(1_000),
  text: fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' }),
  isClever: fc.boolean(),
});

/** One to three of them, one after the other. */
export const attacks = fc.array(fc.tuple(fc.constantFrom(...Object.keys(manipulations)), picks), {
  minLength: 1,
  maxLength: 3,
});

export function manipulate(world: World, attack: readonly (readonly [string, Picks])[]): Stored {
  return attack.reduce<Stored>((log, [name, chosen]) => {
    // Of an empty log nothing can be taken.
    if (log.rows.length === 0) return log;
    return manipulations[name]?.(log, world, chosen) ?? log;
  }, world.log);
}
