import { demand, plan, profiles } from "@sluice/compute";
import type { ArraySpec } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { planesOf } from "../../../compute/loops/rearrange/strided-copy.ts";

const array = (...shape: number[]): ArraySpec => ({ shape, dtype: "float64" });
type Inputs = Record<string, ArraySpec>;

/** Seconds of a step beside what memory costs when it is touched first: of the tenth of ten the same in one program. */
function seconds(op: string, params: object, inputs: Inputs): number {
  const args = Object.keys(inputs);
  const price = (count: number) => {
    const steps = Array.from({ length: count }, (_, index) => ({ as: `v${index}`, op, args, params }));
    return demand(plan("program", { steps }, inputs), profiles.wasm, 1).seconds;
  };
  return price(10) - price(9);
}

/** Measured: the same elements in short pieces take at least so many times what they take in long ones. */
const shortAndLong: readonly (readonly [string, object, Inputs, Inputs, number])[] = [
  ["sum", { axis: -1 }, { a: array(1e6, 2) }, { a: array(2, 1e6) }, 2.5],
  ["sum", { axis: 0 }, { a: array(1e6, 2) }, { a: array(2, 1e6) }, 2.5],
  ["max", { axis: 1 }, { a: array(5e5, 2, 2) }, { a: array(2, 1e6) }, 2.5],
  ["prod", { axis: [0, 2] }, { a: array(2, 5e5, 2) }, { a: array(2, 1, 1e6) }, 2.5],
  ["mean", { axis: 0 }, { a: array(1e6, 2) }, { a: array(2, 1e6) }, 1.5],
  ["argmin", { axis: -1 }, { a: array(1e6, 2) }, { a: array(2, 1e6) }, 1.5],
  ["fftshift", {}, { a: array(1e6, 2) }, { a: array(2, 1e6) }, 15],
  ["transpose", {}, { a: array(...Array(18).fill(2)) }, { a: array(512, 512) }, 3],
  [
    "add",
    {},
    { a: array(...Array(18).fill(2)), b: alternating(18) },
    { a: array(512, 512), b: array(512) },
    5,
  ],
  ["kron", {}, { a: array(2e5, 2), b: array(2, 2) }, { a: array(1, 4e5), b: array(2, 1) }, 2],
  [
    "convolve2d",
    { mode: "same" },
    { a: array(5e5, 1), b: array(1, 1) },
    { a: array(1, 5e5), b: array(1, 1) },
    3,
  ],
  ["percentile", { q: Array(100).fill(7), axis: -1 }, { a: array(2e4, 2) }, { a: array(2, 2e4) }, 10],
];

function alternating(axes: number): ArraySpec {
  return array(...Array.from({ length: axes }, (_, axis) => 1 + (axis % 2)));
}

describe("a loop is priced by its lines, not by its bytes alone", () => {
  test.each(shortAndLong)("%s %j", (op, params, short, long, times) => {
    expect(seconds(op, params, short)).toBeGreaterThan(times * seconds(op, params, long));
  });

  test("a transpose is copied in planes of two axes, merged where they can be", () => {
    expect(planesOf([3, 4], [1, 0])).toBe(1);
    expect(planesOf([3, 4, 5], [0, 2, 1])).toBe(3);
    expect(planesOf([3, 4, 5], [2, 0, 1])).toBe(1);
    expect(planesOf(Array(6).fill(2), [5, 4, 3, 2, 1, 0])).toBe(16);
  });
});

describe("what goes by something else than bytes", () => {
  test("a product of long lines takes at least what reading them takes", () => {
    const thin = seconds("matmul", {}, { a: array(2, 1e6), b: array(1e6, 2) });
    // 32 MB at some 3 GB/s: 12 ms were measured, 0.35 ms was the price of the flops.
    expect(thin).toBeGreaterThan(0.006);
    expect(thin).toBeLessThan(0.03);
  });

  test("a search among many edges takes a branch for each halving", () => {
    const edges = (count: number) => ({ bins: Array.from({ length: count }, (_, index) => index) });
    const few = seconds("histogram", edges(3), { a: array(1e6) });
    expect(seconds("histogram", edges(3000), { a: array(1e6) })).toBeGreaterThan(3 * few);
    const even = seconds("histogram", { bins: 10 }, { a: array(1e6) });
    expect(seconds("histogram", { bins: 500_000 }, { a: array(1e6) })).toBeGreaterThan(3 * even);
  });

  test("a norm of order 3 takes a power of each number", () => {
    const thin = { a: array(5e5, 2) };
    const square = seconds("norm", { axis: -1, ord: 2 }, thin);
    expect(seconds("norm", { axis: -1, ord: 3 }, thin)).toBeGreaterThan(3 * square);
  });
});
