/**
 * Numbers of rows by a hash of what they hold: a table of integers, so that a million entries are some megabytes and nothing
 * that the garbage collector has to look at. It is in parts, each of which grows by itself: none takes long.
 */
export interface RowIndex {
  /** The row with this hash that `is` the one; -1 when there is none. */
  find(hash: number, is: (row: number) => boolean): number;
  add(hash: number, row: number): void;
  /** Takes out a row that is there. */
  remove(hash: number, row: number): void;
}

/** A power of two; the high bits of a hash choose. */
const parts = 256;
const firstSlots = 16;

interface Part {
  /** Rows from 1; 0 for a free slot. As many as a power of two. */
  slots: Uint32Array;
  used: number;
}

/** @param hashOf the hash under which a row was added: 32 bits without a sign, all of them random */
export function createRowIndex(hashOf: (row: number) => number): RowIndex {
  const all: readonly Part[] = Array.from({ length: parts }, () => ({ slots: new Uint32Array(firstSlots), used: 0 }));
  const partOf = (hash: number): Part => all[hash >>> 24] ?? { slots: new Uint32Array(firstSlots), used: 0 };

  const put = ({ slots }: Part, hash: number, row: number) => {
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  };
  const grow = (part: Part) => {
    const before = part.slots;
    part.slots = new Uint32Array(before.length * 2);
    for (const entry of before) if (entry !== 0) put(part, hashOf(entry - 1), entry - 1);
  };
  return {
    find(hash, is) {
      const { slots } = partOf(hash);
      const mask = slots.length - 1;
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const entry = slots[slot] ?? 0;
        if (entry === 0) return -1;
        if (is(entry - 1)) return entry - 1;
      }
    },
    add(hash, row) {
      const part = partOf(hash);
      part.used += 1;
      // At most three quarters are in use: a free slot is never far.
      if (part.used * 4 > part.slots.length * 3) grow(part);
      put(part, hash, row);
    },
    remove(hash, row) {
      const part = partOf(hash);
      const { slots } = part;
      const mask = slots.length - 1;
      let hole = hash & mask;
      while (slots[hole] !== row + 1) {
        if (slots[hole] === 0) return;
        hole = (hole + 1) & mask;
      }
      part.used -= 1;
      // What stood behind moves up, where that is not before its own place.
      for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
        const entry = slots[slot] ?? 0;
        const home = hashOf(entry - 1) & mask;
        if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
        slots[hole] = entry;
        hole = slot;
      }
      slots[hole] = 0;
    },
  };
}
