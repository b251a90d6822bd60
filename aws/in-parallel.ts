/**
 * Brings `action` to every item, `lanes` at a time. The first failure ends the others through `stop`, whose
 * signal every action listens to. Settles only once none is under way.
 *
 * @throws what the first failed action threw
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  lanes: number,
  stop: AbortController,
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    for (;;) {
      const next = queue.next();
      if (next.done || failures.length > 0) return;
      try {
        await action(next.value);
      } catch (error) {
        failures.push(error);
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
}
