import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { halfPoints } from "../../engines/array-lines.ts";
import type { Engine } from "../../engines/engine.ts";
import { fft2Steps, fftLinesStep, whileHolding } from "../../model/steps.ts";
import { requireNonEmpty } from "../input-checks.ts";
import { axesOf, axesParam, normParam, realPoints, scaled, scalingSteps, shapeParam } from "./params.ts";

/** fft2 and its kin: which way, and whether what goes in or comes out is real. */
interface Kind {
  readonly isInverse: boolean;
  readonly real?: "in" | "out";
}

const paramsFor = (isInverse: boolean, s: string) =>
  z.strictObject({
    s: shapeParam(s),
    axes: axesParam(),
    norm: normParam(isInverse ? "forward" : "backward", "(mn)"),
  });

type Params = z.output<ReturnType<typeof paramsFor>>;

const cut =
  "Points of the transform on the two axes: longer lines are cut, shorter ones continued with zeros; as many as the axes have when absent";
const realCut =
  "Points of the result on the two axes; as many as the first has, and 2·(m - 1) on the second, m being what that has, when absent";

/** One of the two passes: the engine's method, and its lines. */
interface Pass {
  readonly method: "fft" | "inverseFft" | "realFft" | "inverseRealFft";
  readonly axis: number;
  readonly length: number;
  readonly result: FloatingSpec;
}

/** Params, plan and run that the operations over two axes have in common. */
export function overTwoAxes({ isInverse, real }: Kind) {
  const complexMethod = isInverse ? "inverseFft" : "fft";

  function settled(
    { s, axes }: Params,
    { shape }: FloatingSpec,
  ): { s: [number, number]; passes: readonly [Pass, Pass] } {
    const [first, second] = axesOf(axes, { shape, dtype: "complex128" });
    const [rows, columns] = s ?? [
      shape[first],
      real === "out" ? realPoints(shape[second], "params.s") : shape[second],
    ];
    const along = (axis: number, length: number, method: Pass["method"], from: readonly number[]): Pass => {
      const written = method === "realFft" ? halfPoints(length) : length;
      const dtype = method === "inverseRealFft" ? "float64" : "complex128";
      return { method, axis, length, result: { shape: from.with(axis, written), dtype } };
    };
    if (real === "out") {
      const before = along(first, rows, complexMethod, shape);
      return {
        s: [rows, columns],
        passes: [before, along(second, columns, "inverseRealFft", before.result.shape)],
      };
    }
    const before = along(second, columns, real === "in" ? "realFft" : complexMethod, shape);
    return { s: [rows, columns], passes: [before, along(first, rows, complexMethod, before.result.shape)] };
  }

  /** Whole matrices of the last two axes, for which engines have a method of its own. */
  function isWhole([before, after]: readonly [Pass, Pass], { shape, dtype }: FloatingSpec): boolean {
    const rank = shape.length;
    const last = before.axis === rank - 1 && after.axis === rank - 2;
    const same = before.length === shape[before.axis] && after.length === shape[after.axis];
    return real === undefined && last && same && (!isInverse || dtype === "complex128");
  }

  return {
    params: () => paramsFor(isInverse, real === "out" ? realCut : cut),

    plan(params: Params, { a }: { a: FloatingSpec }) {
      requireNonEmpty("a", a);
      const { s, passes } = settled(params, a);
      const [{ result: between, ...before }, { result, ...after }] = passes;
      const transform = isWhole(passes, a)
        ? whileHolding([a, result], fft2Steps(a))
        : [
            ...whileHolding([a, between], [fftLinesStep(a, between, before.axis, before.length)]),
            ...whileHolding([a, between, result], [fftLinesStep(between, result, after.axis, after.length)]),
          ];
      const scale = whileHolding([a, result], scalingSteps(params.norm, isInverse, result));
      return { params: { ...params, s }, outputs: { result }, steps: [...transform, ...scale] };
    },

    run(params: Params, { a }: { a: FloatingArray }, engine: Engine) {
      const { s, passes } = settled(params, a);
      const result = isWhole(passes, a)
        ? engine[isInverse ? "inverseFft2" : "fft2"](a)
        : inTwoPasses(passes, a, engine);
      return { result: scaled(result, params.norm, isInverse, s[0] * s[1], engine) };
    },
  };
}

function inTwoPasses(
  [before, after]: readonly [Pass, Pass],
  a: FloatingArray,
  engine: Engine,
): FloatingArray {
  const between = engine[before.method](a, before);
  const result = engine[after.method](between, after);
  engine.release(between);
  return result;
}
