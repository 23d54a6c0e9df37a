/** Each bucket reaches this much further than the one before: percentiles are right to a part in a hundred. */
const growth = Math.log(1.01);
/** Milliseconds in which the first bucket ends. */
const least = 0.01;
const buckets = 2_000;

/** Times of any number of calls, in a few kilobytes. */
export class Times {
  readonly #counts = new Uint32Array(buckets);
  #count = 0;
  #most = 0;

  add(milliseconds: number): void {
    const bucket = Math.ceil(Math.log(Math.max(milliseconds, least) / least) / growth);
    const at = Math.min(buckets - 1, bucket);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count += 1;
    this.#most = Math.max(this.#most, milliseconds);
  }

  get count(): number {
    return this.#count;
  }

  /** The longest, in milliseconds. */
  get most(): number {
    return this.#most;
  }

  /** What this part of all calls do not exceed, in milliseconds: 0.99 for the 99th of a hundred. 0 when there was none. */
  percentile(part: number): number {
    let rest = this.#count * part;
    for (const [at, count] of this.#counts.entries()) {
      rest -= count;
      if (rest <= 0 && this.#count > 0) return Math.min(this.#most, least * Math.exp(at * growth));
    }
    return 0;
  }
}
