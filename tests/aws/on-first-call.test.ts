import { expect, test } from "vitest";
import { onFirstCall } from "../../aws/on-first-call.ts";

let total = 0;
const adapter = {
  async add(one: number, other: number) {
    total += one + other;
    return total;
  },
  async fail() {
    throw new Error("refused");
  },
};

test("the adapter is made by the first call, once, and gets every call as it came", async () => {
  let made = 0;
  const port = onFirstCall(async () => {
    made += 1;
    return adapter;
  });
  expect(made).toBe(0);
  expect(await Promise.all([port.add(1, 2), port.add(3, 4)])).toEqual([3, 10]);
  expect(made).toBe(1);
});

test("what the adapter throws, and what making it throws, reaches the caller", async () => {
  await expect(onFirstCall(async () => adapter).fail()).rejects.toThrow("refused");
  const broken = onFirstCall<typeof adapter>(async () => {
    throw new Error("not loaded");
  });
  await expect(broken.add(1, 2)).rejects.toThrow("not loaded");
});
