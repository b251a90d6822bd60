import { expect, test } from "vitest";
import { inParallel } from "../../aws/in-parallel.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("brings the action to every item, as many at a time as it is told", async () => {
  let underWay = 0;
  let most = 0;
  const seen = new Set<number>();
  const items = Array.from({ length: 20 }, (_, index) => index);
  await inParallel(items, 4, new AbortController(), async (item) => {
    most = Math.max(most, ++underWay);
    await turn();
    seen.add(item);
    underWay--;
  });
  expect([most, seen.size]).toEqual([4, 20]);
});

test("the first failure ends the others and settles once none is under way", async () => {
  const stop = new AbortController();
  const first = new Error("the first");
  const begun: number[] = [];
  let ended = 0;
  const run = inParallel([0, 1, 2, 3, 4, 5], 3, stop, async (item) => {
    begun.push(item);
    if (item === 1) throw first;
    // The others listen to the signal, and take a while to end after it.
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
    await turn();
    ended++;
    throw new Error("a later one");
  });
  await expect(run).rejects.toBe(first);
  expect(stop.signal.reason).toBe(first);
  expect(ended).toBe(2);
  expect(begun).toEqual([0, 1, 2]);
});

test("takes items as they are needed, and begins none after a failure", async () => {
  const begun: number[] = [];
  function* endless() {
    for (let item = 1; ; item++) yield item;
  }
  const run = inParallel(endless(), 2, new AbortController(), async (item) => {
    begun.push(item);
    await turn();
    if (item === 5) throw new Error("enough");
  });
  await expect(run).rejects.toThrow("enough");
  expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
});
