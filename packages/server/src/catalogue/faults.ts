import { ConfigError } from '../config.ts';

/** Something wrong in a catalogue file. */
export interface Fault {
  /** Counted from 1; 0 when it is about the file as a whole. */
  readonly line: number;
  /** What it is about: permission set `WikiReader`. */
  readonly thing: string;
  /** What is wrong, and how to mend it. */
  readonly reason: string;
}

/** Where what is wrong is told to while a file is read, so that all of it comes up at once. */
export interface Faults {
  add(line: number, thing: string, reason: string): void;
  readonly found: readonly Fault[];
}

/** So many sentences are read by a person; what is beyond follows from the first, or waits for the next try. */
const toldFaults = 20;
/** Beyond this, faults are no longer counted: the file is of another kind. */
const keptFaults = 10_000;

export function collectFaults(): Faults {
  const found: Fault[] = [];
  return {
    found,
    add: (line, thing, reason) => {
      if (found.length < keptFaults) found.push({ line, thing, reason });
    },
  };
}

/** A catalogue file that cannot be used: a sentence for each of its first 20 faults, in the order of the file. */
export class CatalogueError extends ConfigError {
  readonly path: string;
  readonly faults: readonly Fault[];
  /** How many more there are. */
  readonly untold: number;

  constructor(path: string, faults: readonly Fault[]) {
    const ordered = faults.toSorted((a, b) => a.line - b.line);
    const told = ordered.slice(0, toldFaults);
    const untold = ordered.length - told.length;
    const more = untold > 0 ? [`${path}: ${untold} more faults are not shown`] : [];
    super([...told.map((fault) => sentence(path, fault)), ...more].join('\n'));
    this.path = path;
    this.faults = told;
    this.untold = untold;
  }
}

function sentence(path: string, { line, thing, reason }: Fault): string {
  return `${path}${line > 0 ? `:${line}` : ''}: ${thing}: ${reason}`;
}

/** @throws CatalogueError when there are faults */
export function assertFaultless(path: string, { found }: Faults): void {
  if (found.length > 0) throw new CatalogueError(path, found);
}

const quotedLength = 80;

/** What somebody wrote, in backticks, on one line and not longer than a line. */
export function quote(text: string): string {
  const short = text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text;
  return `\`${JSON.stringify(short).slice(1, -1).replaceAll('\\"', '"')}\``;
}

const listedWords = 12;

/** `a, b and c`, or the first of many. */
export function enumerate(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  if (words.length === 0) return 'none';
  if (words.length === 1) return words[0] ?? '';
  if (words.length > listedWords)
    return `${words.slice(0, listedWords).join(', ')} and ${words.length - listedWords} more`;
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
