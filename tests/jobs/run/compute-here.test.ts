import { Problem } from "@sluice/contract/problem";
import { expect, test } from "vitest";
import { computeHere } from "../../../jobs/run/compute-here.ts";

const a = { shape: [1, 1], dtype: "float64" as const, data: Float64Array.of(4) };
const work = { operation: "inv", params: {}, inputs: { a }, threads: 1 };
const watch = (signal = new AbortController().signal) => ({
  ...{ signal, mayBlock: true, onProgress: () => undefined },
});

test("it computes on this thread, within a time or without", async () => {
  expect((await computeHere(work, watch())).result?.data).toEqual(Float64Array.of(0.25));
  const bounded = await computeHere(work, { ...watch(), blockAtMost: 60_000 });
  expect(bounded.result?.data).toEqual(Float64Array.of(0.25));
});

test("it throws the job's own fault, what stopped it, and for work that may not block", async () => {
  const zero = { ...a, data: new Float64Array(1) };
  await expect(computeHere({ ...work, inputs: { a: zero } }, watch())).rejects.toBeInstanceOf(Problem);
  await expect(computeHere(work, watch(AbortSignal.abort(new Error("late"))))).rejects.toThrow("late");
  await expect(computeHere(work, { ...watch(), mayBlock: false })).rejects.toThrow("no thread");
});
