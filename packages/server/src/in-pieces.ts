import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds that a long piece of work goes on before others have their turn. */
const longestTurn = 10;

/** Does work that comes in pieces so that requests are answered in between. */
export async function inPieces<T>(work: Iterator<unknown, T>): Promise<T> {
  let begun = performance.now();
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
    if (performance.now() - begun < longestTurn) continue;
    await nextTurn();
    begun = performance.now();
  }
}
