import { plan, run } from "@sluice/compute";
import type { WeakScalar } from "@sluice/compute/operations/program/weak-scalar";
import { type DenseArray, type Dtype, zeros } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";

const single: DenseArray = { shape: [2], dtype: "float32", data: Float32Array.of(1, 0) };
const double: DenseArray = { shape: [2], dtype: "float64", data: Float64Array.of(1, 0) };

const program = (op: string, ...args: (string | WeakScalar)[]) => ({ steps: [{ as: "r", op, args }] });

describe("numbers among a program's args are Python's", () => {
  test.each<[Dtype, WeakScalar, Dtype]>([
    ["float32", 2, "float32"],
    ["float32", 2.5, "float32"],
    ["float32", { float: 2 }, "float32"],
    ["float32", true, "float32"],
    ["float64", 2, "float64"],
    ["complex128", 2.5, "complex128"],
    ["float64", { complex: [0, 1] }, "complex128"],
  ])("%s times %j is %s", (dtype, scalar, expected) => {
    const inputs = { a: zeros({ shape: [2], dtype }) };
    expect(plan("program", program("multiply", "a", scalar), inputs).outputs.result?.dtype).toBe(expected);
  });

  test("as NaN and infinities, which JSON has no number for", () => {
    const infinite = run("program", program("add", "a", { float: "-Infinity" }), { a: single });
    expect(infinite.result).toEqual({
      shape: [2],
      dtype: "float32",
      data: Float32Array.of(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY),
    });
    const complex = run("program", program("add", "a", { complex: ["NaN", 2] }), { a: double });
    expect(complex.result).toEqual({
      shape: [2],
      dtype: "complex128",
      data: Float64Array.of(Number.NaN, 2, Number.NaN, 2),
    });
  });

  test("the condition of where says nothing of the dtype: numpy.where(float64, float32, 0.5) is float32", () => {
    const { result } = run("program", program("where", "c", "a", 0.5), { a: single, c: double });
    expect(result).toEqual({ shape: [2], dtype: "float32", data: Float32Array.of(1, 0.5) });
    const mixed = run("program", program("where", "a", "c", 0.1), { a: single, c: double });
    expect(mixed.result).toEqual({ shape: [2], dtype: "float64", data: Float64Array.of(1, 0.1) });
  });

  test.each([[{ float: "1" }], [{ complex: [1] }], [{ int: 1 }], [null], [[1]]])("%j is refused", (arg) => {
    const params = { steps: [{ as: "r", op: "abs", args: [arg] }] };
    expect(() => plan("program", params, { a: single })).toThrow(
      expect.objectContaining({ code: "invalid-params" }),
    );
  });
});
