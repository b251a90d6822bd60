/** convolve2d, correlate2d: scipy.signal's filters of matrices. */
import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { widened } from "../../loops/elementwise/widened.ts";
import { convolve, turned } from "../../loops/filters/convolve.ts";
import { shapeText } from "../../model/broadcast.ts";
import { convolveStep, elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyDtype, workingDtype } from "../dtypes.ts";
import { requireNonEmpty } from "../input-checks.ts";

const modes = ["full", "same", "valid"] as const;
const params = () =>
  z.strictObject({
    mode: z
      .enum(modes, { error: modes.join(" or ") })
      .default("full")
      .describe(
        "full: wherever the two overlap; same: the shape of a, centred; valid: where they overlap fully",
      ),
  });
type Mode = (typeof modes)[number];

/** Which of the two slides over the other, and which part of the full result is wanted. */
interface Window {
  readonly swapped: boolean;
  readonly shape: readonly number[];
  readonly top: number;
  readonly left: number;
}

/** @throws Problem invalid-shape when neither contains the other and mode is valid */
function windowOf(a: FloatingSpec, b: FloatingSpec, mode: Mode, correlates: boolean): Window {
  const full = a.shape.map((extent, axis) => extent + b.shape[axis] - 1);
  if (mode === "full") return { swapped: false, shape: full, top: 0, left: 0 };
  if (mode === "same") {
    // SciPy's centre of an even kernel: of correlate2d one further than that of convolve2d.
    const [top, left] = b.shape.map((extent) => Math.floor((extent - (correlates ? 0 : 1)) / 2));
    return { swapped: false, shape: a.shape, top, left };
  }
  const contains = (one: FloatingSpec, other: FloatingSpec) =>
    one.shape.every((extent, axis) => extent >= other.shape[axis]);
  const swapped = !contains(a, b);
  if (swapped && !contains(b, a)) {
    const expected = "rows and columns both at most, or both at least, those of a, as mode is valid";
    throw new Problem("invalid-shape", `inputs.b must have ${expected}: a is ${shapeText(a.shape)}.`, {
      field: "inputs.b",
      expected,
      got: shapeText(b.shape),
    });
  }
  const [large, small] = swapped ? [b, a] : [a, b];
  return {
    swapped,
    shape: large.shape.map((extent, axis) => extent - small.shape[axis] + 1),
    top: small.shape[0] - 1,
    left: small.shape[1] - 1,
  };
}

const wideSpec = (input: FloatingSpec, result: FloatingSpec): FloatingSpec => ({
  shape: input.shape,
  dtype: workingDtype(result.dtype),
});

const asWorking = (input: FloatingArray, result: FloatingSpec, engine: Engine): FloatingArray =>
  widened(input, workingDtype(result.dtype), engine);

function filterOperation(name: "convolve2d" | "correlate2d", summary: string): Operation {
  const correlates = name === "correlate2d";
  const resultOf = (a: FloatingSpec, b: FloatingSpec, mode: Mode): FloatingSpec => ({
    shape: windowOf(a, b, mode, correlates).shape,
    dtype: resultDtype(a.dtype, b.dtype),
  });
  return defineOperation({
    name,
    summary,
    inputs: {
      a: { description: "matrix, m×n", rank: 2, dtypes: anyDtype },
      b: { description: "matrix, often a small kernel, k×l", rank: 2, dtypes: anyDtype },
    },
    outputs: { result: "(m+k-1)×(n+l-1) for full, m×n for same, less for valid; in NumPy's result dtype" },
    params,
    differences: [
      "Beyond its edges a is zero: no boundary and no fillvalue.",
      "Empty matrices are refused; float32 is summed in float64 and rounded once.",
      "By the definition, as SciPy: for large kernels a product of fft2 is faster.",
    ],
    example: {
      operation: name,
      params: { mode: "same" },
      inputs: {
        a: {
          data: [
            [1, 2, 3],
            [4, 5, 6],
          ],
        },
        b: { data: [[1, 0, -1]] },
      },
    },

    plan({ mode }, { a, b }) {
      requireNonEmpty("a", a);
      requireNonEmpty("b", b);
      const result = resultOf(a, b, mode);
      const [wideA, wideB] = [wideSpec(a, result), wideSpec(b, result)];
      const steps = [
        elementwiseStep([a], wideA),
        elementwiseStep([b], wideB),
        convolveStep(windowOf(a, b, mode, correlates).swapped ? [b, a] : [a, b], result),
      ];
      return {
        params: { mode },
        outputs: { result },
        steps: whileHolding([a, b, wideA, wideB, wideB, result], steps),
      };
    },

    run({ mode }, { a, b }, engine) {
      const spec = resultOf(a, b, mode);
      const { swapped, top, left } = windowOf(a, b, mode, correlates);
      const wide = [asWorking(a, spec, engine), asWorking(b, spec, engine)];
      const [image, kernel] = swapped ? [...wide].reverse() : wide;
      const mask = correlates ? turned(kernel) : kernel;
      const result = convolve(image, mask, engine.array(spec), { top, left }, engine.nextStep());
      for (const array of wide) engine.release(array);
      // SciPy turns a swapped correlation back, and leaves it at that: complex ones stay conjugated.
      return { result: swapped && correlates ? turnedBack(result) : result };
    },
  });
}

/** By half a circle, in place. */
function turnedBack(result: FloatingArray): FloatingArray {
  const { data, dtype } = result;
  data.reverse();
  if (dtype !== "complex128") return result;
  for (let at = 0; at < data.length; at += 2) [data[at], data[at + 1]] = [data[at + 1], data[at]];
  return result;
}

export const convolve2d = filterOperation(
  "convolve2d",
  "Convolution of two matrices, as scipy.signal.convolve2d",
);
export const correlate2d = filterOperation(
  "correlate2d",
  "Correlation of two matrices, as scipy.signal.correlate2d: b is conjugated",
);
