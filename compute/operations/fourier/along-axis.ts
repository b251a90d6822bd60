import type { FloatingArray, FloatingDtype, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { halfPoints } from "../../engines/array-lines.ts";
import type { Engine } from "../../engines/engine.ts";
import { settleAxis } from "../../model/axes.ts";
import { fftLinesStep, whileHolding } from "../../model/steps.ts";
import { requireNonEmpty } from "../input-checks.ts";
import { axisParam, normParam, pointsParam, realPoints, scaled, scalingSteps } from "./params.ts";

/** The four transforms along one axis, by their names in the engine. */
type Method = "fft" | "inverseFft" | "realFft" | "inverseRealFft";

const paramsFor = (isInverse: boolean, n: string) =>
  z.strictObject({
    n: pointsParam(n),
    axis: axisParam(),
    norm: normParam(isInverse ? "forward" : "backward", "n"),
  });

type Params = z.output<ReturnType<typeof paramsFor>>;

const cut =
  "Points of the transform: longer lines are cut, shorter ones continued with zeros; as many as the axis has when absent";
const realCut =
  "Points of the result; 2·(m - 1) when absent, m being those of the axis. The first n/2 + 1 of each line are used";

/** Params, plan and run that the operations along one axis have in common. */
export function alongAxis(method: Method) {
  const isInverse = method === "inverseFft" || method === "inverseRealFft";
  const isToReal = method === "inverseRealFft";
  const dtype: FloatingDtype = isToReal ? "float64" : "complex128";

  function settled({ n, axis }: Params, { shape }: FloatingSpec) {
    const at = settleAxis(axis, shape.length);
    const given = shape[at];
    const length = n ?? (isToReal ? realPoints(given, "params.n") : given);
    const written = method === "realFft" ? halfPoints(length) : length;
    const result: FloatingSpec = { shape: shape.with(at, written), dtype };
    return { at, length, result };
  }

  return {
    params: () => paramsFor(isInverse, isToReal ? realCut : cut),

    plan(params: Params, { a }: { a: FloatingSpec }) {
      requireNonEmpty("a", a);
      const { at, length, result } = settled(params, a);
      const steps = [fftLinesStep(a, result, at, length), ...scalingSteps(params.norm, isInverse, result)];
      return {
        params: { ...params, n: length },
        outputs: { result },
        steps: whileHolding([a, result], steps),
      };
    },

    run(params: Params, { a }: { a: FloatingArray }, engine: Engine) {
      const { at, length } = settled(params, a);
      const result = engine[method](a, { axis: at, length });
      return { result: scaled(result, params.norm, isInverse, length, engine) };
    },
  };
}
