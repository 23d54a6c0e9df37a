import type { Context, RequestedChange } from '../context.ts';

/** Undoes a change that comes to nothing. */
class Unchanged<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('nothing is to be changed');
    this.result = result;
  }
}

/**
 * Runs a change that may turn out to change nothing: then there is none, neither revision nor entry. Directories send what
 * they have again and again.
 *
 * @param work says whether it has changed anything
 */
export async function changeIfAny<T>(
  context: Context,
  work: (change: RequestedChange) => Promise<{ readonly isChanged: boolean; readonly result: T }>,
): Promise<T> {
  let unchanged: Unchanged<T> | undefined;
  try {
    return await context.change(async (change) => {
      const { isChanged, result } = await work(change);
      if (isChanged) return result;
      unchanged = new Unchanged(result);
      throw unchanged;
    });
  } catch (failure) {
    if (unchanged !== undefined && failure === unchanged) return unchanged.result;
    throw failure;
  }
}
