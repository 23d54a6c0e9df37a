/** How many calls are under way at once. */
const atOnce = 8;

/**
 * Works on items side by side. The first failure lets nothing new begin; what is under way is waited for.
 *
 * @param onDone told after each how many are done
 * @throws the first failure
 */
export async function workOn<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  onDone: (done: number) => void,
): Promise<void> {
  const { default: pLimit } = await import('p-limit');
  const limited = pLimit(atOnce);
  const failures: unknown[] = [];
  let done = 0;
  await Promise.all(
    items.map((item) =>
      limited(async () => {
        if (failures.length > 0) return;
        try {
          await work(item);
          done += 1;
          onDone(done);
        } catch (failure) {
          failures.push(failure);
        }
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
