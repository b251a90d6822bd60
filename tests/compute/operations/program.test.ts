import { type Plan, plan, run } from "@sluice/compute";
import { byteLength, type FloatingArray } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { operand, relativeError, spec } from "../../support/compute/arrays.ts";
import { runOn, testedEngines } from "../../support/compute/engines.ts";
import { floating } from "../../support/contract/floating.ts";
import { runTracked } from "../../support/parity/tracked.ts";

const steps = {
  spectrum: { as: "F", op: "fft2", args: ["a"] },
  magnitude: { as: "M", op: "abs", args: ["F"] },
  product: { as: "P", op: "matmul", args: ["M", "r"] },
};
const projection = { steps: Object.values(steps) };

const bytes = ({ data }: FloatingArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("expected a Problem");
}

describe.each(testedEngines)("a program, by $name", (tested) => {
  test.each([
    [7, 9, 5],
    [200, 130, 150],
    [201, 131, 160],
  ])("the default operation is exactly such a program: %i×%i, %i columns", (m, n, columns) => {
    const a = operand([m, n], "float64", 1);
    const r = tested.open().random({ shape: [n, columns], seed: 7 });
    const { result: wanted } = runOn(tested, "spectral-projection", { seed: 7, columns }, { a });
    const { result: got } = runOn(tested, "program", projection, { a, r });
    expect(got?.shape).toEqual(wanted?.shape);
    expect(bytes(got as FloatingArray).equals(bytes(wanted as FloatingArray))).toBe(true);
  });

  test("a value that a fused transform reads is given back like any other", () => {
    const [a, r] = [operand([100, 100], "float64", 1), operand([100, 100], "float64", 2)];
    const params = {
      steps: [
        { as: "x", op: "multiply", args: ["a", 2] },
        { ...steps.spectrum, args: ["x"] },
        steps.magnitude,
        steps.product,
      ],
    };
    const { leaked, bytes: held, outputs } = runTracked(tested, "program", params, { a, r });
    expect(leaked).toBe(0);
    expect(held.peak).toBeLessThanOrEqual(held.planned);
    const doubled = { ...a, data: a.data.map((value) => 2 * value) };
    const { result } = runOn(tested, "program", projection, { a: doubled, r });
    expect(outputs.result?.data).toEqual(result?.data);
  });

  test("values may be used many times, and any of them be an output", () => {
    const a = operand([6, 6], "float64", 2);
    const params = {
      steps: [
        { as: "T", op: "transpose", args: ["a"] },
        { as: "G", op: "matmul", args: { b: "a", a: "T" } },
        { as: "D", op: "subtract", args: ["G", "T"] },
        { as: "E", op: "multiply", args: ["G", -2] },
      ],
      outputs: { gram: "G", difference: "D", scaled: "E", input: "a" },
    };
    const outputs = runOn(tested, "program", params, { a });
    const { result: transposed } = runOn(tested, "transpose", {}, { a });
    const { result: gram } = runOn(tested, "matmul", {}, { a: floating(transposed), b: a });
    const product = floating(gram).data;
    expect(outputs.gram?.data).toEqual(product);
    expect(outputs.input?.data).toEqual(a.data);
    expect(outputs.scaled?.data).toEqual(product.map((value) => -2 * value));
    const wanted = product.map((value, index) => value - (floating(transposed).data[index] ?? Number.NaN));
    expect(relativeError(floating(outputs.difference).data, wanted)).toBe(0);
  });
});

describe("a program", () => {
  const a = spec([200, 300]);
  const planned = (params: unknown, inputs = { a }): Plan => plan("program", params, inputs);

  test("is planned as a whole: the flops of all its steps, outputs of the last", () => {
    const r = spec([300, 50]);
    const whole = plan("program", projection, { a, r });
    const alone = plan("spectral-projection", { columns: 50 }, { a });
    expect(whole.outputs).toEqual({ result: spec([200, 50]) });
    // R comes as an input instead.
    const random = alone.steps.find(({ kernel }) => kernel === "random");
    expect(whole.flops).toBe(alone.flops - (random?.flops ?? 0));
  });

  test("holds no value longer than it is needed", () => {
    const chain = (length: number) => ({
      steps: Array.from({ length }, (_, index) => ({
        as: `s${index}`,
        op: "exp",
        args: [index === 0 ? "a" : `s${index - 1}`],
      })),
    });
    expect(planned(chain(50)).liveBytes).toBe(planned(chain(2)).liveBytes);
    // The input, the value before and the value.
    expect(planned(chain(50)).liveBytes).toBeGreaterThanOrEqual(3 * byteLength(a));
    expect(planned(chain(50)).liveBytes).toBeLessThan(4 * byteLength(a));
  });

  test("counts what waits for a later step", () => {
    const waiting = {
      steps: [
        { as: "x", op: "exp", args: ["a"] },
        { as: "y", op: "exp", args: ["a"] },
        { as: "z", op: "exp", args: ["y"] },
        { as: "w", op: "add", args: ["x", "z"] },
      ],
    };
    expect(planned(waiting).liveBytes).toBeGreaterThanOrEqual(4 * byteLength(a));
  });

  test("a number makes no float32 wider, as in NumPy", () => {
    const halved = { steps: [{ as: "h", op: "multiply", args: ["a", 0.5] }] };
    expect(planned(halved, { a: spec([3], "float32") }).outputs.result?.dtype).toBe("float32");
    expect(planned(halved, { a: spec([3], "complex128") }).outputs.result?.dtype).toBe("complex128");
  });

  test.each([
    [
      "an operation nobody knows",
      [{ as: "x", op: "fff", args: ["a"] }],
      "unknown-operation",
      "params.steps[0].operation",
    ],
    [
      "a value nobody made",
      [{ as: "x", op: "exp", args: ["b"] }],
      "invalid-params",
      "params.steps[0].args.a",
    ],
    [
      "a value made later",
      [
        { as: "x", op: "exp", args: ["y"] },
        { as: "y", op: "exp", args: ["a"] },
      ],
      "invalid-params",
      "params.steps[0].args.a",
    ],
    ["a name that is taken", [{ as: "a", op: "exp", args: ["a"] }], "invalid-params", "params.steps[0].as"],
    ["too many values", [{ as: "x", op: "exp", args: ["a", "a"] }], "invalid-params", "params.steps[0].args"],
    ["too few values", [{ as: "x", op: "add", args: ["a"] }], "invalid-shape", "params.steps[0].inputs.b"],
    [
      "shapes that do not fit, in the second step",
      [
        { as: "x", op: "exp", args: ["a"] },
        { as: "y", op: "matmul", args: ["x", "a"] },
      ],
      "invalid-shape",
      "params.steps[1].inputs.b",
    ],
    [
      "a param its operation does not have",
      [{ as: "x", op: "sum", args: ["a"], params: { axes: 1 } }],
      "invalid-params",
      "params.steps[0].params.axes",
    ],
    [
      "a program in a program",
      [{ as: "x", op: "program", args: [] }],
      "invalid-params",
      "params.steps[0].op",
    ],
    [
      "a seed that is drawn anew at every attempt",
      [{ as: "x", op: "spectral-projection", args: ["a"], params: { seed: null } }],
      "invalid-params",
      "params.steps[0].params.seed",
    ],
  ])("%s is refused, naming the step", (_, wrong, code, field) => {
    const problem = problemOf(() => planned({ steps: wrong }));
    expect(problem).toMatchObject({ code, place: { field } });
    expect(problem.message).toMatch(/^In step [a-z]+ \(/);
  });

  test.each([
    [{ steps: [] }, "params.steps"],
    [{ steps: [{ as: "x", op: "exp", args: ["a"] }], outputs: { result: "z" } }, "params.outputs.result"],
    [{ steps: [{ as: "x", op: "exp", args: ["a"] }], outputs: {} }, "params.outputs"],
    [{ steps: [{ as: "1x", op: "exp", args: ["a"] }] }, "params.steps[0].as"],
  ])("%j is refused at %s", (params, field) => {
    expect(problemOf(() => planned(params))).toMatchObject({ code: "invalid-params", place: { field } });
  });

  test("progress rises to the end over all steps", () => {
    const fractions: number[] = [];
    run(
      "program",
      { steps: [...projection.steps, { as: "e", op: "exp", args: ["P"] }] },
      { a: operand([120, 120], "float64", 1), r: operand([120, 120], "float64", 2) },
      { onProgress: (fraction) => fractions.push(fraction) },
    );
    expect(fractions).toEqual([...fractions].sort((one, other) => one - other));
    expect(fractions.at(-1)).toBe(1);
  });

  test("any chain of sums and products gives what its operations give one by one", () => {
    const op = fc.constantFrom("add", "subtract", "multiply");
    fc.assert(
      fc.property(fc.array(fc.tuple(op, fc.nat(), fc.nat()), { minLength: 1, maxLength: 12 }), (choices) => {
        const values: [string, FloatingArray][] = [
          ["a", operand([3, 4], "float64", 1)],
          ["b", operand([3, 4], "float64", 2)],
        ];
        const inputs = Object.fromEntries(values);
        const program = choices.map(([name, left, right], index) => {
          const [x, y] = [values[left % values.length], values[right % values.length]];
          if (!x || !y) throw new Error("no values");
          const { result } = run(name, {}, { a: x[1], b: y[1] });
          values.push([`s${index}`, result as FloatingArray]);
          return { as: `s${index}`, op: name, args: [x[0], y[0]] };
        });
        const { result } = run("program", { steps: program }, inputs);
        expect(result?.data).toEqual(values.at(-1)?.[1].data);
      }),
      { numRuns: 100 },
    );
  });
});
