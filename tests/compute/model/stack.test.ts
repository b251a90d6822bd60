import { demand, type Plan, plan, profiles, run } from "@sluice/compute";
import { chosenEngine } from "@sluice/compute/engines/index";
import { stepSeconds } from "@sluice/compute/model/demand";
import { trackProgress } from "@sluice/compute/model/progress";
import { findOperation } from "@sluice/compute/model/registry";
import { byteLength, type DenseArray, elementCount } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { operand, spec } from "../../support/compute/arrays.ts";
import { runOn, testedEngines } from "../../support/compute/engines.ts";
import { matrix } from "../../support/parity/matrices.ts";

/** Every operation that the lift makes of one on one matrix, with params that are not its defaults. */
const ofOneMatrix: [string, Record<string, unknown>][] = [
  ["inv", {}],
  ["det", {}],
  ["slogdet", {}],
  ["cholesky", { upper: true }],
  ["qr", { mode: "complete" }],
  ["lu", { p_indices: true }],
  ["svd", {}],
  ["svd", { compute_uv: false }],
  ["eigh", { UPLO: "U" }],
  ["eig", {}],
  ["eigvals", {}],
  ["pinv", {}],
  ["matrix_rank", {}],
  ["matrix_power", { n: -3 }],
  ["matrix_power", { n: 0 }],
  ["expm", {}],
  ["svdvals", {}],
  ["eigvalsh", { UPLO: "U" }],
  ["cond", { p: 1 }],
  ["cho_factor", { lower: true }],
];

/** Element `number` of a stack, counted in C order, by itself. */
function nth({ shape, dtype, data }: DenseArray, number: number, axes: number): DenseArray {
  const own = shape.slice(shape.length - axes);
  const numbers = data.length / elementCount(shape.slice(0, shape.length - axes));
  return { shape: own, dtype, data: data.slice(number * numbers, (number + 1) * numbers) } as DenseArray;
}

const batches = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 });

describe.each(testedEngines)("stacks on $name", (engine) => {
  test.each(ofOneMatrix)("%s %o of a stack is that of each matrix, bit for bit", (name, params) => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 0, max: 9 }), (batch, n) => {
        // NumPy refuses cond of nothing.
        fc.pre(name !== "cond" || n > 0);
        const a = matrix("dominant", [...batch, n, n], 31);
        const outputs = runOn(engine, name, params, { a });
        const planned = plan(name, params, { a }).outputs;
        expect(Object.keys(outputs)).toEqual(Object.keys(planned));
        const count = elementCount(batch);
        for (const [output, array] of Object.entries(outputs)) {
          expect({ shape: array.shape, dtype: array.dtype }).toEqual(planned[output]);
          expect(array.shape.slice(0, batch.length)).toEqual(batch);
        }
        for (let number = 0; number < count; number += 1) {
          const alone = runOn(engine, name, params, { a: nth(a, number, 2) });
          for (const [output, array] of Object.entries(alone)) {
            expect(nth(outputs[output] as DenseArray, number, array.shape.length), output).toEqual(array);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  test("leading axes of a and b broadcast, each pair solved as it is alone, bit for bit", () => {
    const a = matrix("dominant", [2, 1, 3, 3], 32, "complex128");
    const b = operand([4, 3, 2], "float64", 33);
    const { result } = runOn(engine, "solve", {}, { a, b }) as { result: DenseArray };
    expect(result.shape).toEqual([2, 4, 3, 2]);
    for (let i = 0; i < 2; i += 1) {
      for (let j = 0; j < 4; j += 1) {
        const alone = runOn(engine, "solve", {}, { a: nth(a, i, 2), b: nth(b, j, 2) });
        expect(nth(result, 4 * i + j, 2)).toEqual(alone.result);
      }
    }
  });

  test("a matrix that fails is named by its index", () => {
    const a = matrix("dominant", [2, 3, 3, 3], 34);
    a.data.fill(0, 5 * 9, 6 * 9);
    expect(() => runOn(engine, "inv", {}, { a })).toThrow(/singular.*matrix \[1, 2\] of the stack/);
    const b = operand([3], "float64", 35);
    expect(() => runOn(engine, "solve_triangular", {}, { a, b })).toThrow(
      /element 1 of its diagonal is zero.*matrix \[1, 2\] of the stack/,
    );
    a.data.fill(-1, 5 * 9, 6 * 9);
    try {
      runOn(engine, "cholesky", {}, { a });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ code: "not-positive-definite", place: { field: "inputs.a" } });
    }
  });
});

describe("the plan of a stack", () => {
  test("is the plan of one matrix, its work as often as there are matrices", () => {
    const one = plan("inv", {}, { a: spec([16, 16]) });
    const many = plan("inv", {}, { a: spec([10, 100, 16, 16]) });
    expect(many.flops).toBe(1000 * one.flops);
    const inTurns = many.steps.slice(0, -1).map(({ live, together, ...step }) => step);
    expect(inTurns).toEqual(one.steps.map(({ live, ...step }) => ({ ...step, times: 1000 })));
    const seconds = ({ steps }: Plan) =>
      steps.reduce((sum, step) => sum + stepSeconds(step, profiles.wasm), 0);
    expect(seconds(many) / seconds(one)).toBeGreaterThan(1000);
    expect(seconds(many) / seconds(one)).toBeLessThan(1200);
    const whole = byteLength(spec([1000, 16, 16]));
    expect(many.liveBytes).toBe(2 * whole + one.liveBytes - byteLength(spec([16, 16])));
  });

  test("of a stack without matrices has no work, however large they would be", () => {
    expect(plan("svd", {}, { a: spec([0, 300, 200]) })).toMatchObject({
      flops: 0,
      liveBytes: 0,
      outputs: { u: spec([0, 300, 300]), s: spec([0, 200]), vh: spec([0, 200, 200]) },
    });
  });

  test("refuses leading axes that do not broadcast, and matrices the operation refuses", () => {
    const refused = (name: string, inputs: Plan["inputs"]) => () => plan(name, {}, inputs);
    expect(refused("solve", { a: spec([2, 3, 3]), b: spec([3, 3, 1]) })).toThrow("inputs.b");
    expect(refused("inv", { a: spec([2, 3, 4]) })).toThrow("square");
    expect(refused("inv", { a: spec([3]) })).toThrow("at least 2 axes");
    // As NumPy 2, which takes only b of one axis for vectors.
    expect(refused("solve", { a: spec([4, 3, 3]), b: spec([4, 3]) })).toThrow("3 rows");
  });
});

describe("the progress of a stack", () => {
  test("rises matrix by matrix, whatever its steps report, and ends at 1", () => {
    const { steps } = plan("inv", {}, { a: spec([10, 4, 4]) });
    const reported: number[] = [];
    const next = trackProgress(steps, profiles.wasm, (fraction) => reported.push(fraction));
    const stack = next();
    for (let number = 1; number <= 10; number += 1) {
      next()(1);
      next()(0.5);
      stack(number / 10);
    }
    expect(reported.map((fraction) => Number(fraction.toFixed(9)))).toEqual(
      Array.from({ length: 10 }, (_, index) => (index + 1) / 10),
    );
  });

  test("is that of one of several steps of a program", () => {
    const a = matrix("dominant", [40, 4, 4], 35);
    const steps = [
      { as: "x", op: "inv", args: ["a"] },
      { as: "y", op: "multiply", args: ["x", 2] },
      { as: "z", op: "cholesky", args: ["y"] },
    ];
    const reported: number[] = [];
    run("program", { steps }, { a }, { onProgress: (fraction) => reported.push(fraction) });
    expect(reported.length).toBeGreaterThan(40);
    expect(reported).toEqual([...reported].sort((x, y) => x - y));
    expect(reported.at(-1)).toBe(1);
  });
});

describe("the half product of |fft2(a)| in a program", () => {
  const a = operand([6, 6], "float64", 37);
  const steps = [
    { as: "F", op: "fft2", args: ["a"] },
    { as: "S", op: "abs", args: ["F"] },
    { as: "P", op: "matmul", args: ["S", "b"] },
  ];
  const magnitude = run("abs", {}, { a: run("fft2", {}, { a }).result as DenseArray }).result as DenseArray;

  test.each([[[6]], [[4, 6, 2]], [[1, 6, 2]]])(
    "is left alone beside b of shape %j, a vector or a stack",
    (shape) => {
      const b = operand(shape, "float64", 38);
      const { result } = run("program", { steps }, { a, b });
      expect(result).toEqual(run("matmul", {}, { a: magnitude, b }).result);
    },
  );
});

describe("the price of a stack", () => {
  /** The least of several runs on warm memory, beside the prediction without what first touching that memory costs. */
  function seconds(operation: string, inputs: Record<string, DenseArray>) {
    const { params, steps, liveBytes } = plan(operation, {}, inputs);
    const { open, profile } = chosenEngine();
    const warm = { ...profile, scratchBytes: () => 0 };
    const predicted = demand({ steps: steps.map((step) => ({ ...step, live: 0 })) }, warm, 1).seconds;
    const runs = Array.from({ length: 16 }, () => {
      const engine = open(() => () => {}, liveBytes);
      const start = performance.now();
      findOperation(operation).run(params, inputs, engine);
      const end = performance.now();
      engine.finish({});
      return (end - start) / 1e3;
    });
    return { predicted, taken: Math.min(...runs) };
  }

  // A band wide enough for a machine that others use too: a price that forgot the stack is off by 10 or 1,000.
  test.each([
    ["inv", [1000, 16, 16]],
    ["solve", [1000, 16, 16]],
    ["inv", [10, 256, 256]],
    ["cholesky", [10, 256, 256]],
    ["matmul", [1000, 16, 16]],
    ["matmul", [10, 256, 256]],
  ])("%s of %j is what it takes, within a factor of 5", (operation, shape) => {
    const a = matrix("dominant", shape, 36);
    const { predicted, taken } = seconds(
      operation,
      operation === "solve" || operation === "matmul" ? { a, b: a } : { a },
    );
    expect(taken / predicted).toBeGreaterThan(1 / 5);
    expect(taken / predicted).toBeLessThan(5);
  });
});
