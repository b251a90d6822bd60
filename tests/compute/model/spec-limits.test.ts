import { demand, plan, profiles } from "@sluice/compute";
import type { ArraySpec } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { operations } from "../../../compute/model/registry.ts";
import { inputNames } from "../../../compute/operations/variadic.ts";

const array = (...shape: number[]): ArraySpec => ({ shape, dtype: "float64" });
const refusal = (work: () => unknown) => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe("an empty array whose other extents are beyond any machine", () => {
  const names = operations.filter(({ anyInputs }) => anyInputs === undefined).map(({ name }) => name);

  test.each(names)("is refused by %s, whatever its place", (name) => {
    const names = inputNames(operations.find((one) => one.name === name) as (typeof operations)[number], 2);
    for (const shape of [
      [0, 1e15],
      [1e15, 0],
      [0, 1e12],
    ]) {
      const specs = Object.fromEntries(names.map((input) => [input, array(...shape)]));
      expect(["invalid-shape", "invalid-params"]).toContain(refusal(() => plan(name, {}, specs)));
    }
  });

  test("is refused where a step makes it, too", () => {
    const params = { steps: [{ as: "s", op: "outer", args: ["a", "b"] }] };
    expect(refusal(() => plan("program", params, { a: array(0), b: array(1e12) }))).toBe("invalid-shape");
  });

  test("is priced by its lines where a machine can go through it", () => {
    const seconds = (lines: number) =>
      demand(plan("transpose", {}, { a: array(0, lines) }), profiles.wasm, 1).seconds;
    expect(seconds(1e9)).toBeGreaterThan(seconds(4) + 1);
  });
});

describe("a value of a program", () => {
  const dots = (count: number) => ({
    steps: Array.from({ length: count }, (_, index) => {
      const from = index === 0 ? "a" : `v${index - 1}`;
      return { as: `v${index}`, op: "dot", args: [from, from] };
    }),
  });

  test("has at most 64 axes, at every step", () => {
    // 3, 4, 6, 10, 18, 34, 66 axes.
    expect(plan("program", dots(5), { a: array(1, 1, 1) }).outputs.result?.shape).toHaveLength(34);
    for (const count of [6, 28, 100]) {
      const start = performance.now();
      expect(refusal(() => plan("program", dots(count), { a: array(1, 1, 1) }))).toBe("invalid-shape");
      expect(performance.now() - start).toBeLessThan(1000);
    }
  });

  test("may be one of 32 outputs, not of 33", () => {
    const named = (count: number) => ({
      steps: [{ as: "s", op: "add", args: ["a", 1] }],
      outputs: Object.fromEntries(Array.from({ length: count }, (_, index) => [`o${index}`, "s"])),
    });
    expect(Object.keys(plan("program", named(32), { a: array(1) }).outputs)).toHaveLength(32);
    expect(refusal(() => plan("program", named(33), { a: array(1) }))).toBe("invalid-params");
  });
});
