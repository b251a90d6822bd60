import { plan, run, type Specs } from "@sluice/compute";
import { operations } from "@sluice/compute/model/registry";
import { inputNames } from "@sluice/compute/operations/variadic";
import { type ArraySpec, zeros } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { real, spec } from "../../support/compute/arrays.ts";

const matrix = { a: spec([2, 3]) };
const empty = { a: spec([0, 3]) };
const complex = { a: spec([2, 3], "complex128") };

/** [what is wrong, operation, params, inputs, code, field, got] */
const refusals: [string, string, unknown, Specs, string, string, string?][] = [
  [
    "shapes that do not broadcast",
    "add",
    {},
    { ...matrix, b: spec([2]) },
    "invalid-shape",
    "inputs.b",
    "(2)",
  ],
  [
    "a third shape that does not",
    "where",
    {},
    { condition: spec([2, 1]), x: spec([3]), y: spec([4]) },
    "invalid-shape",
    "inputs.y",
    "(4)",
  ],
  ["an axis too far", "sum", { axis: 2 }, matrix, "invalid-params", "params.axis", "2"],
  ["an axis too far back", "mean", { axis: -3 }, matrix, "invalid-params", "params.axis", "-3"],
  ["an axis of a number", "std", { axis: 0 }, { a: spec([]) }, "invalid-params", "params.axis", "0"],
  ["an axis that comes twice", "max", { axis: [0, -2] }, matrix, "invalid-params", "params.axis", "(0, 0)"],
  ["half an axis", "sum", { axis: 0.5 }, matrix, "invalid-params", "params.axis", "0.5"],
  ["an axis in words", "sum", { axis: "rows" }, matrix, "invalid-params", "params.axis", '"rows"'],
  ["several axes of an argmin", "argmin", { axis: [0, 1] }, matrix, "invalid-params", "params.axis"],
  ["the least of nothing", "min", {}, empty, "invalid-shape", "inputs.a", "shape (0, 3)"],
  ["the largest of empty columns", "max", { axis: 0 }, empty, "invalid-shape", "inputs.a"],
  ["the place of the least of nothing", "argmin", { axis: 0 }, empty, "invalid-shape", "inputs.a"],
  ["a percentile of nothing", "percentile", { q: 5 }, empty, "invalid-shape", "inputs.a"],
  ["a percentage above 100", "percentile", { q: 101 }, matrix, "invalid-params", "params.q", "101"],
  ["one such in a list", "percentile", { q: [5, -1] }, matrix, "invalid-params", "params.q[1]", "-1"],
  ["no percentage", "percentile", {}, matrix, "invalid-params", "params.q", "nothing"],
  ["an unknown method", "percentile", { q: 5, method: "x" }, matrix, "invalid-params", "params.method"],
  ["complex percentiles", "percentile", { q: 5 }, complex, "invalid-shape", "inputs.a", "complex128"],
  ["complex bounds", "clip", {}, complex, "invalid-shape", "inputs.a", "complex128"],
  ["a bound in words", "clip", { min: "0" }, matrix, "invalid-params", "params.min", '"0"'],
  ["no bins", "histogram", { bins: 0 }, matrix, "invalid-params", "params.bins", "0"],
  ["edges that fall", "histogram", { bins: [1, 0] }, matrix, "invalid-params", "params.bins"],
  ["a range the wrong way", "histogram", { range: [1, 0] }, matrix, "invalid-params", "params.range"],
  ["a vector's trace", "trace", {}, { a: spec([3]) }, "invalid-shape", "inputs.a", "1 (shape (3))"],
  ["one axis as both", "trace", { axis2: -2 }, matrix, "invalid-params", "params.axis2", "-2"],
  ["rows that are no axis", "trace", { axis1: 5 }, matrix, "invalid-params", "params.axis1", "5"],
  ["no permutation", "transpose", { axes: [0, 0] }, matrix, "invalid-params", "params.axes", "(0, 0)"],
  ["too few axes", "transpose", { axes: [0] }, matrix, "invalid-params", "params.axes", "(0)"],
  ["inner extents that differ", "dot", {}, { ...matrix, b: spec([2, 3]) }, "invalid-shape", "inputs.b", "2"],
  ["a covariance of three axes", "cov", {}, { a: spec([1, 2, 3]) }, "invalid-shape", "inputs.a"],
  ["half a degree of freedom", "cov", { ddof: 0.5 }, matrix, "invalid-params", "params.ddof", "0.5"],
  ["an empty image", "convolve2d", {}, { ...empty, b: spec([1, 1]) }, "invalid-shape", "inputs.a"],
  [
    "neither inside the other",
    "correlate2d",
    { mode: "valid" },
    { ...matrix, b: spec([3, 2]) },
    "invalid-shape",
    "inputs.b",
    "(3, 2)",
  ],
  [
    "an unknown mode",
    "convolve2d",
    { mode: "wrap" },
    { ...matrix, b: matrix.a },
    "invalid-params",
    "params.mode",
  ],
  ["an axis of a sorted number", "sort", {}, { a: spec([]) }, "invalid-params", "params.axis", "-1"],
];

describe("what plans of the catalogue refuse", () => {
  test.each(refusals)("%s: %s", (_title, operation, params, inputs, code, field, got) => {
    expect(() => plan(operation, params, inputs)).toThrow(
      expect.objectContaining({
        name: "Problem",
        code,
        place: expect.objectContaining({ field, expected: expect.stringMatching(/./), ...(got && { got }) }),
      }),
    );
  });

  test("bins over data without finite ends fail the job with a code, at the run", () => {
    const withNaN = real([[1, Number.NaN]]);
    expect(() => run("histogram", {}, { a: withNaN })).toThrow(
      expect.objectContaining({ name: "Problem", code: "not-finite" }),
    );
    expect(run("histogram", { range: [0, 2], bins: 2 }, { a: withNaN }).hist?.data).toEqual(
      BigInt64Array.of(0n, 1n),
    );
  });
});

const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
const dtype = fc.constantFrom("float64" as const, "float32" as const, "complex128" as const);
const anySpec: fc.Arbitrary<ArraySpec> = fc.record({ shape, dtype });
const axis = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 3 }),
);

test("any operation on any arrays is refused with a Problem, or runs and gives what was planned", () => {
  const jobs = fc.record({
    operation: fc.constantFrom(...operations),
    inputs: fc.array(anySpec, { minLength: 3, maxLength: 3 }),
    axis: fc.option(axis),
  });
  fc.assert(
    fc.property(jobs, ({ operation, inputs, axis }) => {
      const { name } = operation;
      const specs = Object.fromEntries(
        inputNames(operation, 3).map((input, index) => [input, inputs[index] ?? spec([])]),
      );
      const params = {
        ...("axis" in operation.params().shape && { axis }),
        ...("q" in operation.params().shape && { q: 30 }),
      };
      try {
        const { outputs } = plan(name, params, specs);
        const arrays = Object.fromEntries(Object.entries(specs).map(([input, own]) => [input, zeros(own)]));
        const results = run(name, params, arrays);
        for (const [output, { shape, dtype }] of Object.entries(outputs)) {
          expect(results[output]).toMatchObject({ shape: [...shape], dtype });
        }
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});
