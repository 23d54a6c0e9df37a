import { setTimeout } from 'node:timers/promises';

/** Answers that could tell by their time whether a name is known come at multiples of this, in milliseconds. */
const beat = 50;

/** The answer of `work`, at the next beat: what work was done for it does not show. */
export async function unhurried<T>(work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    await untilNextBeat(started);
  }
}

/** The same for failures alone. */
export async function unhurriedFailure<T>(work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } catch (failure) {
    await untilNextBeat(started);
    throw failure;
  }
}

async function untilNextBeat(started: number): Promise<void> {
  await setTimeout(beat - ((performance.now() - started) % beat));
}
