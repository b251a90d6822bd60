import { expect, test } from "vitest";
import { concurrently } from "../../jobs/concurrently.ts";

test("brings the action to every item once, ten at a time", async () => {
  let underWay = 0;
  let most = 0;
  const seen: number[] = [];
  await concurrently(
    Array.from({ length: 35 }, (_, index) => index),
    async (item) => {
      underWay++;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(item);
      underWay--;
    },
  );
  expect(most).toBe(10);
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 35 }, (_, index) => index));
});

test("throws what an action threw", async () => {
  const broken = new Error("the third");
  const run = concurrently([1, 2, 3], async (item) => {
    if (item === 3) throw broken;
  });
  await expect(run).rejects.toBe(broken);
});

test("nothing to do is done at once", async () => {
  await expect(concurrently([], () => Promise.reject(new Error("never called")))).resolves.toBeUndefined();
});
