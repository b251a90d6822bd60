import { readFileSync } from "node:fs";
import { plan, run } from "@sluice/compute";
import { operations } from "@sluice/compute/model/registry";
import { type FloatingDtype, isSingle, zeros } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError, spec } from "../../support/compute/arrays.ts";
import { runOn, testedEngines } from "../../support/compute/engines.ts";
import { floating } from "../../support/contract/floating.ts";

interface FourierCase {
  operation: string;
  params: Record<string, unknown>;
  input: { shape: number[]; dtype: FloatingDtype; seed: number };
  result: { shape: number[]; dtype: FloatingDtype; values: number[] };
}

const file = new URL("../../fixtures/numpy/fourier.json", import.meta.url);
const cases: FourierCase[] = JSON.parse(readFileSync(file, "utf8"));
const names = [...new Set(cases.map(({ operation }) => operation))];

describe.each(testedEngines)("numpy.fft on $name", (engine) => {
  test.each(names)("%s in every fixture", (name) => {
    for (const { operation, params, input, result } of cases.filter((one) => one.operation === name)) {
      const a = operand(input.shape, input.dtype, input.seed);
      const what = `${JSON.stringify(params)} of ${input.shape.join("×")} ${input.dtype}`;
      const actual = runOn(engine, operation, params, { a }).result;
      expect([what, actual?.dtype, actual?.shape]).toEqual([what, result.dtype, result.shape]);
      expect(plan(operation, params, { a }).outputs.result).toEqual({
        shape: result.shape,
        dtype: result.dtype,
      });
      if (name.endsWith("shift")) expect(Array.from(floating(actual).data)).toEqual(result.values);
      else
        expect([
          what,
          relativeError(floating(actual).data, result.values) < (isSingle(result) ? 2 ** -23 : 16 * eps),
        ]).toEqual([what, true]);
    }
  });
});

test("there is a fixture for each of the Fourier operations", () => {
  expect(names.toSorted()).toEqual(
    operations
      .map(({ name }) => name)
      .filter((name) => name.includes("fft"))
      .toSorted(),
  );
});

describe("what the Fourier operations refuse", () => {
  const square = spec([4, 6]);
  const complex = spec([4, 6], "complex128");
  test.each([
    ["fft", {}, spec([]), "invalid-shape", "inputs.a"],
    ["fft", {}, spec([0, 3]), "invalid-shape", "inputs.a"],
    ["fft", { axis: 2 }, square, "invalid-params", "params.axis"],
    ["fft", { axis: -3 }, square, "invalid-params", "params.axis"],
    ["fft", { axis: 0.5 }, square, "invalid-params", "params.axis"],
    ["fft", { n: 0 }, square, "invalid-params", "params.n"],
    ["fft", { n: -1 }, square, "invalid-params", "params.n"],
    ["ifft", { n: 2 ** 31 }, square, "invalid-params", "params.n"],
    ["rfft", {}, complex, "invalid-shape", "inputs.a"],
    ["irfft", {}, spec([3, 1], "complex128"), "invalid-params", "params.n"],
    ["irfft2", {}, spec([3, 1], "complex128"), "invalid-params", "params.s"],
    ["fft2", {}, spec([4]), "invalid-shape", "inputs.a"],
    ["fft2", { axes: [0, 0] }, square, "invalid-params", "params.axes"],
    ["fft2", { axes: [1, -1] }, square, "invalid-params", "params.axes"],
    ["ifft2", { axes: [0, 7] }, square, "invalid-params", "params.axes[1]"],
    ["rfft2", { s: [4] }, square, "invalid-params", "params.s"],
    ["rfft2", { s: [4, 0] }, square, "invalid-params", "params.s[1]"],
    ["fftn", {}, spec([]), "invalid-shape", "inputs.a"],
    ["fftn", { axes: [] }, square, "invalid-params", "params.axes"],
    ["fftn", { axes: [0, 2] }, square, "invalid-params", "params.axes[1]"],
    ["ifftn", { s: [3], axes: [0, 1] }, square, "invalid-params", "params.s"],
    ["fftn", { s: [1, 2, 3] }, square, "invalid-params", "params.s"],
    ["fftn", { s: [0, 3] }, square, "invalid-params", "params.s[0]"],
    ["rfftn", {}, complex, "invalid-shape", "inputs.a"],
    ["irfftn", {}, spec([3, 1], "complex128"), "invalid-params", "params.s"],
    ["hfft", {}, spec([1], "complex128"), "invalid-params", "params.n"],
    ["ihfft", {}, complex, "invalid-shape", "inputs.a"],
    ["fftshift", { axes: [2] }, square, "invalid-params", "params.axes[0]"],
  ] as const)("%s %j", (operation, params, a, code, field) => {
    let problem: unknown;
    try {
      plan(operation, params, { a });
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code, place: { field } });
  });
});

test("irfft of a real array is that of the complex one without imaginary parts, as NumPy's", () => {
  const a = operand([3, 5], "float64", 4);
  const complex = zeros(spec([3, 5], "complex128"));
  for (const [index, value] of a.data.entries()) complex.data[2 * index] = value;
  expect(run("irfft", {}, { a }).result).toEqual(run("irfft", {}, { a: complex }).result);
});

describe("what the Fourier operations plan", () => {
  test("fills in what the shapes decide", () => {
    expect(plan("fft", {}, { a: spec([4, 6]) }).params).toEqual({ n: 6, axis: -1, norm: "backward" });
    const { params } = plan("irfft2", {}, { a: spec([4, 6], "complex128") });
    expect(params).toEqual({ s: [4, 10], axes: [-2, -1], norm: "backward" });
  });

  test("scales only where the norm does, and holds the array between two passes", () => {
    const kernels = (operation: string, params: unknown) =>
      plan(operation, params, { a: spec([4, 8], "complex128") }).steps.map(({ kernel }) => kernel);
    expect(kernels("fft", {})).toEqual(["fft-power-of-two"]);
    expect(kernels("ifft", {})).toEqual(["fft-power-of-two", "scale"]);
    expect(kernels("ifft", { norm: "forward" })).toEqual(["fft-power-of-two"]);
    expect(kernels("ifft2", { s: [5, 8] })).toEqual(["fft-power-of-two", "fft-any-length", "scale"]);
    const { steps } = plan("rfft2", {}, { a: spec([4, 8]) });
    expect(steps.map(({ live }) => live)).toEqual([8 * 32 + 16 * 20, 8 * 32 + 2 * 16 * 20]);
  });

  test("there and back is the input, through run()", () => {
    const a = operand([5, 9, 12], "float64", 1);
    const { result: half } = run("rfft2", { axes: [0, 2] }, { a });
    if (!half) throw new Error("rfft2 gave no result");
    const { result: back } = run("irfft2", { axes: [0, 2], s: [5, 12] }, { a: half });
    expect(relativeError(floating(back).data, a.data)).toBeLessThan(16 * eps);
    const { result: there } = run("fftshift", {}, { a });
    if (!there) throw new Error("fftshift gave no result");
    expect(run("ifftshift", {}, { a: there }).result?.data).toEqual(a.data);
  });
});
