/** Done side by side: enough to hide latency, few enough not to be throttled. */
const lanes = 10;

/** Brings `action` to every item, ten at a time. @throws the first error of an action, once it is thrown */
export async function concurrently<Item>(
  items: readonly Item[],
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await action(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
