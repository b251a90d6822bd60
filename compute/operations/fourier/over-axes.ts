import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { halfPoints } from "../../engines/array-lines.ts";
import type { Engine } from "../../engines/engine.ts";
import { settleAxis } from "../../model/axes.ts";
import { mostAxes } from "../../model/spec-limits.ts";
import { fftLinesStep, type PlanStep, whileHolding } from "../../model/steps.ts";
import { requireNonEmpty } from "../input-checks.ts";
import { normParam, realPoints, scaled, scalingSteps, shapeOfAxesParam } from "./params.ts";

/** fftn and its kin: which way, and whether what goes in or comes out is real. */
interface Kind {
  readonly isInverse: boolean;
  readonly real?: "in" | "out";
}

const paramsFor = ({ isInverse, real }: Kind) =>
  z.strictObject({
    s: shapeOfAxesParam(real === "out"),
    axes: z
      .array(z.int({ error: "a whole number" }), { error: "a list of axes, or null" })
      .min(1, { error: "at least one axis" })
      .max(mostAxes, { error: `at most ${mostAxes} axes` })
      .nullable()
      .default(null)
      .describe(
        `The axes, the last one for the halves of real transforms; null: the last ones, as many as s has, or all.${real ? "" : " An axis that comes twice is transformed twice"}`,
      ),
    norm: normParam(isInverse ? "forward" : "backward", "(the points of all axes)"),
  });

type Params = z.output<ReturnType<typeof paramsFor>>;

/** One axis: the engine's method, and its lines. */
interface Pass {
  readonly method: "fft" | "inverseFft" | "realFft" | "inverseRealFft";
  readonly axis: number;
  readonly length: number;
  readonly result: FloatingSpec;
}

const refuse = (field: string, expected: string, got: string): never => {
  throw new Problem("invalid-params", `${field}: expected ${expected}, got ${got}`, { field, expected, got });
};

/** @throws Problem invalid-params */
function axesOf({ s, axes }: Params, rank: number): number[] {
  const count = s?.length ?? rank;
  if (axes === null && count > rank) refuse("params.s", `at most ${rank} extents`, String(count));
  const asked = axes ?? Array.from({ length: count }, (_, index) => index - count);
  if (asked.length !== count && s)
    refuse("params.s", `as many extents as axes, ${asked.length}`, String(count));
  return asked.map((axis, index) => settleAxis(axis, rank, `params.axes[${index}]`));
}

/** Params, plan and run that the operations over any axes have in common. */
export function overAxes(kind: Kind) {
  const { isInverse, real } = kind;
  const complexMethod = isInverse ? "inverseFft" : "fft";

  /** As in NumPy: the last axis first, but the last one last where it ends in real numbers. */
  function passesOf(params: Params, { shape }: FloatingSpec): { s: number[]; passes: readonly Pass[] } {
    const axes = axesOf(params, shape.length);
    const last = axes.length - 1;
    const s = axes.map((axis, index) => {
      const asked = params.s?.[index] ?? -1;
      if (asked !== -1) return asked;
      return real === "out" && index === last ? realPoints(shape[axis], "params.s") : shape[axis];
    });
    let from = shape;
    const order = axes.map((_, index) => (real === "out" ? index : last - index));
    const passes = order.map((index): Pass => {
      const [axis, length] = [axes[index], s[index]];
      const isHalf = real !== undefined && index === last;
      const method = isHalf ? (real === "in" ? "realFft" : "inverseRealFft") : complexMethod;
      from = from.with(axis, method === "realFft" ? halfPoints(length) : length);
      const dtype = method === "inverseRealFft" ? "float64" : "complex128";
      return { method, axis, length, result: { shape: from, dtype } };
    });
    return { s, passes };
  }

  return {
    params: () => paramsFor(kind),

    plan(params: Params, { a }: { a: FloatingSpec }) {
      requireNonEmpty("a", a);
      const { s, passes } = passesOf(params, a);
      const steps: PlanStep[] = [];
      let before: FloatingSpec | undefined;
      for (const { axis, length, result } of passes) {
        const alive = before ? [a, before, result] : [a, result];
        steps.push(...whileHolding(alive, [fftLinesStep(before ?? a, result, axis, length)]));
        before = result;
      }
      const result = before ?? a;
      steps.push(...whileHolding([a, result], scalingSteps(params.norm, isInverse, result)));
      return { params: { ...params, s }, outputs: { result }, steps };
    },

    run(params: Params, { a }: { a: FloatingArray }, engine: Engine) {
      const { s, passes } = passesOf(params, a);
      let result = a;
      for (const { method, axis, length } of passes) {
        const before = result;
        result = engine[method](before, { axis, length });
        if (before !== a) engine.release(before);
      }
      const points = s.reduce((product, one) => product * one, 1);
      return { result: scaled(result, params.norm, isInverse, points, engine) };
    },
  };
}
