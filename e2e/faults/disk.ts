import type { Operation } from './recording.ts';

/** A change of the contents of a file that no sync has followed yet. */
interface Change {
  /** Counts all changes of a disk. */
  readonly order: number;
  /** Where `data` was written; null for a truncation to `size`. */
  readonly data: Buffer | null;
  readonly offset: number;
}

/** What stays of what was not synced when the power goes. */
export interface Survival {
  /** Into parts of so many bytes files fall: one may be on the disk and the next one not. */
  readonly part: number;
  /** Of one part of one file the first few changes stay, or all, or none. */
  survives(place: { readonly file: number; readonly part: number; readonly order: number }): boolean;
  /** How many of so many changes of names stay: the first ones. */
  names(pending: number): number;
}

/** The contents of files, by their names. */
export type Files = ReadonlyMap<string, Buffer>;

interface NameChange {
  readonly kind: 'created' | 'removed' | 'renamed' | 'linked';
  readonly path: string;
  /** The new name. */
  readonly other: string;
  readonly file: File;
}

type Names = Map<string, File>;

/**
 * What a disk holds for sure and what it may hold: a file is on it as it was when it was last synced, with any parts of what was
 * written since; names are on it when their folder was synced, and before that the first few of what was done to them. It promises
 * no more than POSIX does.
 */
export class Disk {
  #names: Names;
  #durableNames: Names;
  #pendingNames: NameChange[] = [];
  #changes = 0;
  readonly #lies: RegExp | undefined;

  /** @param lies files that are not synced when they are said to be */
  constructor(files: Files = new Map(), lies?: RegExp) {
    this.#lies = lies;
    this.#names = new Map([...files].map(([path, bytes]) => [path, new File(bytes)]));
    this.#durableNames = new Map(this.#names);
  }

  /** The numbers of the first change of contents that was not synced, and of the last one. */
  get pending(): { readonly first: number; readonly last: number } {
    const firsts = [...this.#names.values()].map((file) => file.pendingSince ?? this.#changes);
    return { first: Math.min(this.#changes, ...firsts), last: this.#changes };
  }

  apply({ kind, path, offset, data }: Operation): void {
    switch (kind) {
      case 'written':
        this.#file(path).change({ order: ++this.#changes, data, offset });
        return;
      case 'truncated':
        this.#file(path).change({ order: ++this.#changes, data: null, offset });
        return;
      case 'synced':
        if (!this.#lies?.test(path)) this.#file(path).sync();
        return;
      case 'folder synced':
        for (const change of this.#pendingNames) rename(this.#durableNames, change);
        this.#pendingNames = [];
        return;
      default: {
        const file = kind === 'created' ? new File(Buffer.alloc(0)) : this.#file(path);
        const change = { kind, path, other: data.toString(), file };
        rename(this.#names, change);
        this.#pendingNames.push(change);
      }
    }
  }

  /** What it holds when the power goes now. */
  image(survival: Survival): Files {
    const names = new Map(this.#durableNames);
    for (const change of this.#pendingNames.slice(0, survival.names(this.#pendingNames.length))) rename(names, change);
    return new Map([...names].map(([path, file]) => [path, file.image(survival)]));
  }

  /** The same disk once more: what is done to one is not done to the other. */
  clone(): Disk {
    const copies = new Map<File, File>();
    const copied = (file: File): File => {
      const copy = copies.get(file) ?? file.clone();
      copies.set(file, copy);
      return copy;
    };
    const allCopied = (names: Names): Names => new Map([...names].map(([path, file]) => [path, copied(file)]));
    const disk = new Disk(new Map(), this.#lies);
    disk.#names = allCopied(this.#names);
    disk.#durableNames = allCopied(this.#durableNames);
    disk.#pendingNames = this.#pendingNames.map((change) => ({ ...change, file: copied(change.file) }));
    disk.#changes = this.#changes;
    return disk;
  }

  #file(path: string): File {
    const file = this.#names.get(path);
    if (file === undefined) throw new Error(`nothing was recorded that made ${path}`);
    return file;
  }
}

function rename(names: Names, { kind, path, other, file }: NameChange): void {
  if (kind === 'created') names.set(path, file);
  else if (kind === 'removed') names.delete(path);
  else {
    names.set(other, file);
    if (kind === 'renamed') names.delete(path);
  }
}

/** One file: its bytes when it was last synced, and what was done to it since. */
class File {
  static #count = 0;
  readonly #number = ++File.#count;
  #durable: Buffer;
  #pending: Change[] = [];

  constructor(durable: Buffer) {
    this.#durable = durable;
  }

  get pendingSince(): number | undefined {
    return this.#pending[0]?.order;
  }

  change(change: Change): void {
    this.#pending.push(change);
  }

  sync(): void {
    this.#durable = this.image(everything);
    this.#pending = [];
  }

  image(survival: Survival): Buffer {
    if (this.#pending.length === 0) return this.#durable;
    const size = this.#pending.reduce((most, { data, offset }) => Math.max(most, offset + (data?.length ?? 0)), 0);
    const bytes = Buffer.alloc(Math.max(size, this.#durable.length));
    this.#durable.copy(bytes);
    let length = this.#durable.length;
    for (const { order, data, offset } of this.#pending) {
      if (data === null) {
        if (!survival.survives({ file: this.#number, part: -1, order })) continue;
        if (offset < length) bytes.fill(0, offset, length);
        length = offset;
        continue;
      }
      const end = offset + data.length;
      for (let begin = offset; begin < end; ) {
        const part = Math.floor(begin / survival.part);
        const next = Math.min(end, (part + 1) * survival.part);
        if (survival.survives({ file: this.#number, part, order })) {
          data.copy(bytes, begin, begin - offset, next - offset);
          length = Math.max(length, next);
        }
        begin = next;
      }
    }
    return bytes.subarray(0, length);
  }

  clone(): File {
    const file = new File(this.#durable);
    file.#pending = [...this.#pending];
    return file;
  }
}

/** All stays, as when a process is killed and the machine goes on. */
export const everything: Survival = {
  part: Number.MAX_SAFE_INTEGER,
  survives: () => true,
  names: (pending) => pending,
};
