/** Work that comes in pieces, so that something else can be done in between. */
export type Pieces<T> = Generator<undefined, T>;

/** Does work without a pause, where nothing else is waiting. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}
