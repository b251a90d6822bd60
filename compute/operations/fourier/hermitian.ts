import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { halfPoints } from "../../engines/array-lines.ts";
import type { Engine } from "../../engines/engine.ts";
import { conjugateInPlace } from "../../loops/elementwise/conjugate.ts";
import { settleAxis } from "../../model/axes.ts";
import { elementwiseStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { fftLinesStep, whileHolding } from "../../model/steps.ts";
import { requireNonEmpty } from "../input-checks.ts";
import { conjugated } from "../products/conjugated.ts";
import { axisParam, normParam, pointsParam, realPoints, scaled, scalingSteps } from "./params.ts";

const paramsFor = (isInverse: boolean, n: string) =>
  z.strictObject({
    n: pointsParam(n),
    axis: axisParam(),
    norm: normParam(isInverse ? "forward" : "backward", "n"),
  });
type Params = z.output<ReturnType<typeof paramsFor>>;

function settledReal({ n, axis }: Params, { shape }: FloatingSpec) {
  const at = settleAxis(axis, shape.length);
  const length = n ?? realPoints(shape[at], "params.n");
  return { at, length, result: { shape: shape.with(at, length), dtype: "float64" } satisfies FloatingSpec };
}

/** numpy.fft.hfft: irfft of the conjugate, scaled the other way round. */
export const hfft = defineOperation({
  name: "hfft",
  summary:
    "Real transform of lines that are their own mirrored conjugates, from their first half, as numpy.fft.hfft",
  inputs: {
    a: {
      description: "points 0 to n/2 of each line, along params.axis",
      rank: { min: 1 },
      dtypes: ["complex128"],
    },
  },
  outputs: { result: "the shape of a with n points on the axis, float64" },
  params: () => paramsFor(false, "Points of the result; 2·(m - 1) when absent, m being those of the axis"),
  example: { operation: "hfft", inputs: { a: { data: { re: [1, 2, 3], im: [0, 1, 0] } } } },

  plan(params, { a }) {
    requireNonEmpty("a", a);
    const { at, length, result } = settledReal(params, a);
    const steps = [fftLinesStep(a, result, at, length), ...scalingSteps(params.norm, false, result)];
    return {
      params: { ...params, n: length },
      outputs: { result },
      steps: [...whileHolding([a, a], [elementwiseStep([a], a)]), ...whileHolding([a, a, result], steps)],
    };
  },

  run(params, { a }, engine: Engine) {
    const { at, length } = settledReal(params, a);
    const copy = conjugated(a, engine);
    const result = engine.inverseRealFft(copy, { axis: at, length });
    engine.release(copy);
    return { result: scaled(result, params.norm, false, length, engine) };
  },
});

function settledHalf({ n, axis }: Params, { shape }: FloatingSpec) {
  const at = settleAxis(axis, shape.length);
  const length = n ?? shape[at];
  const result: FloatingSpec = { shape: shape.with(at, halfPoints(length)), dtype: "complex128" };
  return { at, length, result };
}

/** numpy.fft.ihfft: the conjugate of rfft, scaled the other way round. */
export const ihfft = defineOperation({
  name: "ihfft",
  summary: "Inverse of hfft: points 0 to n/2 of the inverse transform of real lines, as numpy.fft.ihfft",
  inputs: {
    a: { description: "the lines, along params.axis", rank: { min: 1 }, dtypes: ["float64", "float32"] },
  },
  outputs: { result: "the shape of a with n/2 + 1 points on the axis, complex128" },
  params: () => paramsFor(true, "Points of the transform; as many as the axis has when absent"),
  example: { operation: "ihfft", inputs: { a: { data: [1, 2, 3, 4] } } },

  plan(params, { a }) {
    requireNonEmpty("a", a);
    const { at, length, result } = settledHalf(params, a);
    const steps = [
      fftLinesStep(a, result, at, length),
      elementwiseStep([result], result),
      ...scalingSteps(params.norm, true, result),
    ];
    return { params: { ...params, n: length }, outputs: { result }, steps: whileHolding([a, result], steps) };
  },

  run(params, { a }, engine: Engine): { result: FloatingArray } {
    const { at, length } = settledHalf(params, a);
    const result = engine.realFft(a, { axis: at, length });
    const onFraction = engine.nextStep();
    conjugateInPlace(result);
    onFraction(1);
    return { result: scaled(result, params.norm, true, length, engine) };
  },
});
