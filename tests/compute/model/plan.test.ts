import { completeParams, type Params, plan, type Specs } from "@sluice/compute";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spec } from "../../support/compute/arrays.ts";

const square = { a: spec([4, 4]) };

describe("what a plan says", () => {
  test("spectral-projection fills in its columns and counts what is alive at once", () => {
    const { params, outputs, flops, liveBytes } = plan("spectral-projection", {}, { a: spec([300, 200]) });
    expect(params).toEqual({ seed: 0, columns: 200 });
    expect(outputs).toEqual({ result: spec([300, 200]) });
    // a, |F|, R and the result during the product, as much as a, F and |F| before it.
    const alive = 8 * (300 * 200 * 3 + 200 * 200);
    expect(liveBytes).toBeGreaterThanOrEqual(alive);
    expect(liveBytes).toBeLessThan(alive + 8 * 2 ** 20);
    expect(flops).toBeGreaterThan(2 * 300 * 200 * 200);
  });

  test("fft2 keeps the shape, batches and all", () => {
    expect(plan("fft2", {}, { a: spec([5, 3, 8]) }).outputs).toEqual({
      result: spec([5, 3, 8], "complex128"),
    });
    expect(plan("fft2", {}, { a: spec([5, 3, 8], "float32") }).outputs).toEqual({
      result: spec([5, 3, 8], "complex64"),
    });
    expect(plan("fft2", { norm: "ortho" }, square).steps.at(-1)?.kernel).toBe("scale");
  });

  test.each([
    ["float64", "float64", "float64"],
    ["float32", "float32", "float32"],
    ["float32", "float64", "float64"],
    ["complex128", "float32", "complex128"],
  ] as const)("matmul of %s and %s is %s", (left, right, result) => {
    const planned = plan("matmul", {}, { a: spec([2, 3], left), b: spec([3, 4], right) });
    expect(planned.outputs).toEqual({ result: spec([2, 4], result) });
    expect(planned.flops).toBe(2 * 24 * (left === "complex128" ? 2 : 1));
  });

  test("it is plain data: two plans of one job are equal and survive JSON", () => {
    const once = plan("spectral-projection", { seed: null }, square);
    expect(JSON.parse(JSON.stringify(once))).toEqual(plan("spectral-projection", { seed: null }, square));
  });
});

describe("what a plan refuses", () => {
  const refusals: [string, string, unknown, Specs, Partial<Problem["place"]> & { code: string }][] = [
    [
      "an unknown operation",
      "fft3",
      {},
      square,
      { code: "unknown-operation", field: "operation", got: '"fft3"' },
    ],
    [
      "an unknown param",
      "matmul",
      { axis: 1 },
      square,
      { code: "invalid-params", field: "params.axis", expected: "no such field" },
    ],
    [
      "params that are a list",
      "fft2",
      [],
      square,
      { code: "invalid-params", field: "params", got: "an array of 0" },
    ],
    [
      "params that are text",
      "fft2",
      "ortho",
      square,
      { code: "invalid-params", field: "params", got: '"ortho"' },
    ],
    [
      "a wrong choice",
      "fft2",
      { norm: "x" },
      square,
      { code: "invalid-params", field: "params.norm", got: '"x"' },
    ],
    [
      "a column count in words",
      "spectral-projection",
      { columns: "two" },
      square,
      { code: "invalid-params", field: "params.columns", expected: "an integer of at least 1", got: '"two"' },
    ],
    [
      "no columns",
      "spectral-projection",
      { columns: 0 },
      square,
      { code: "invalid-params", field: "params.columns", got: "0" },
    ],
    [
      "half a column",
      "spectral-projection",
      { columns: 1.5 },
      square,
      { code: "invalid-params", field: "params.columns", got: "1.5" },
    ],
    [
      "a negative seed",
      "spectral-projection",
      { seed: -1 },
      square,
      { code: "invalid-params", field: "params.seed", got: "-1" },
    ],
    [
      "a seed that JSON rounded",
      "spectral-projection",
      { seed: 2 ** 53 },
      square,
      { code: "invalid-params", field: "params.seed" },
    ],
    [
      "a seed in words",
      "spectral-projection",
      { seed: "seven" },
      square,
      { code: "invalid-params", field: "params.seed", got: '"seven"' },
    ],
    ["a missing input", "matmul", {}, square, { code: "invalid-shape", field: "inputs.b", got: "nothing" }],
    [
      "an input too many",
      "fft2",
      {},
      { ...square, b: spec([1, 1]) },
      { code: "invalid-shape", field: "inputs.b", expected: "only the inputs a" },
    ],
    [
      "a vector",
      "fft2",
      {},
      { a: spec([4]) },
      { code: "invalid-shape", field: "inputs.a", expected: "at least 2 axes" },
    ],
    [
      "a number",
      "spectral-projection",
      {},
      { a: spec([]) },
      { code: "invalid-shape", field: "inputs.a", expected: "2 axes" },
    ],
    [
      "three axes",
      "gram",
      {},
      { a: spec([2, 2, 2]) },
      { code: "invalid-shape", field: "inputs.a", expected: "2 axes", got: "3 (shape (2, 2, 2))" },
    ],
    [
      "no axis",
      "matmul",
      {},
      { a: spec([]), b: spec([2, 2]) },
      { code: "invalid-shape", field: "inputs.a", expected: "at least 1 axes", got: "0 (shape ())" },
    ],
    [
      "a complex input to a real operation",
      "spectral-projection",
      {},
      { a: spec([2, 2], "complex128") },
      { code: "invalid-shape", field: "inputs.a", got: "complex128" },
    ],
    [
      "inner extents that differ",
      "matmul",
      {},
      { a: spec([2, 3]), b: spec([4, 2]) },
      { code: "invalid-shape", field: "inputs.b", expected: "3 rows", got: "4 rows" },
    ],
    [
      "an empty transform",
      "fft2",
      {},
      { a: spec([0, 3]) },
      { code: "invalid-shape", field: "inputs.a", got: "shape (0, 3)" },
    ],
    ["half an extent", "fft2", {}, { a: spec([1.5, 2]) }, { code: "invalid-shape", field: "inputs.a" }],
    ["a negative extent", "fft2", {}, { a: spec([-1, 2]) }, { code: "invalid-shape", field: "inputs.a" }],
    [
      "more flops than 2^53",
      "spectral-projection",
      { columns: 2 ** 52 },
      square,
      { code: "invalid-shape", field: "inputs" },
    ],
    [
      "more bytes than 2^53",
      "matmul",
      {},
      { a: spec([2 ** 40, 0]), b: spec([0, 2 ** 40]) },
      { code: "invalid-shape", field: "inputs" },
    ],
  ];

  test.each(refusals)("%s", (_title, operation, params, inputs, { code, ...place }) => {
    expect(() => plan(operation, params, inputs)).toThrow(
      expect.objectContaining({ name: "Problem", code, place: expect.objectContaining(place) }),
    );
  });

  test("any params at all are planned or refused with a Problem", () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.constantFrom("spectral-projection", "fft2", "matmul"), value, (operation, params) => {
        try {
          return (
            plan(operation, params, { ...square, ...(operation === "matmul" && { b: spec([4, 4]) }) }) !==
            null
          );
        } catch (error) {
          return error instanceof Problem && error.code === "invalid-params";
        }
      }),
    );
  });

  test("params nested too deep to print are still refused with a Problem", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    expect(() => plan("spectral-projection", { seed: deep }, square)).toThrow(Problem);
  });
});

describe("completeParams", () => {
  const fresh = (params: Params): Params => completeParams("spectral-projection", params, () => "123");

  test("replaces a null seed, and only that", () => {
    expect(fresh({ seed: null })).toEqual({ seed: "123" });
    expect(fresh({})).toEqual({ seed: 0 });
    expect(fresh({ seed: "99999999999999999999", columns: 3 })).toEqual({
      seed: "99999999999999999999",
      columns: 3,
    });
    expect(completeParams("fft2", undefined, () => "123")).toEqual({ axes: [-2, -1], norm: "backward" });
  });

  test("what it completes, it leaves alone the second time", () => {
    const once = fresh({ seed: null, columns: 2 });
    expect(completeParams("spectral-projection", once, () => "other")).toEqual(once);
  });

  test("refuses as plan does", () => {
    expect(() => fresh({ seeds: 1 })).toThrow(expect.objectContaining({ code: "invalid-params" }));
  });
});
