import type { FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import { axesParam, keepdimsParam, reducedShape, requireElements, settleAxes } from "../../model/axes.ts";
import { reduceStep } from "../../model/loop-steps.ts";
import { defineOperation, type Operation, once } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realOrComplex, widens } from "../linear-algebra/checks.ts";
import { norm, slowness } from "../linear-algebra/norm.ts";
import { lineNorm, linesAlong } from "../linear-algebra/norms.ts";

const sample = [
  [1, -2],
  [3, 4],
];
const infinities = ["Infinity", "-Infinity"] as const;

const matrixParams = () =>
  z.strictObject({
    ord: z
      .union([z.number(), z.enum([...infinities, "fro", "nuc"])], {
        error: 'a number, "Infinity", "-Infinity", "fro" or "nuc"',
      })
      .default("fro")
      .describe("1, -1, 2, -2, ±Infinity, fro or nuc, as numpy.linalg.matrix_norm"),
    keepdims: keepdimsParam(),
  });
type MatrixParams = z.output<ReturnType<typeof matrixParams>>;
const ofLastAxes = (params: unknown) => ({ ...(params as MatrixParams), axis: [-2, -1] });

/** numpy.linalg.matrix_norm: `norm` of the last two axes. */
export const matrixNorm: Operation = {
  ...norm,
  name: "matrix_norm",
  summary: "Norms of matrices along the last two axes, as numpy.linalg.matrix_norm",
  inputs: { a: { ...norm.inputs.a, description: "m×n; leading axes make a stack", rank: { min: 2 } } },
  outputs: { result: "real, the leading axes of a" },
  params: once(matrixParams),
  example: { operation: "matrix_norm", dataMatrix: sample },
  plan: (params, inputs) => ({ ...norm.plan(ofLastAxes(params), inputs), params: params as MatrixParams }),
  run: (params, inputs, engine) => norm.run(ofLastAxes(params), inputs, engine),
};

const vectorParams = () =>
  z.strictObject({
    ord: z
      .union([z.number(), z.enum(infinities)], { error: 'a number, "Infinity" or "-Infinity"' })
      .default(2)
      .describe("The order p of Σ|x|ᵖ to the power of 1/p; 0 counts what is not zero"),
    axis: axesParam(),
    keepdims: keepdimsParam(),
  });

/** numpy.linalg.vector_norm: several axes are one vector. */
export const vectorNorm = defineOperation({
  name: "vector_norm",
  summary: "Norms of vectors along any axes, as numpy.linalg.vector_norm",
  inputs: {
    a: { description: "any shape; `axis` says what is a vector", rank: { min: 0 }, dtypes: realOrComplex },
  },
  outputs: { result: "real, the shape of a without the axes summed over" },
  params: vectorParams,
  differences: [widens, "2-norms do not overflow on the way."],
  example: { operation: "vector_norm", params: { axis: 1 }, dataMatrix: sample },

  plan(asked, { a }) {
    const axes = settleAxes(asked.axis, a);
    const result: FloatingSpec = { shape: reducedShape(a.shape, axes, asked.keepdims), dtype: "float64" };
    const order = Number(asked.ord);
    if (order === Number.NEGATIVE_INFINITY) requireElements(a, axes);
    const { lines, ...step } = reduceStep(a, result, axes);
    const work = {
      ...step,
      flops: 4 * step.flops,
      bytes: slowness(order) * step.bytes,
      ...(lines && { lines }),
    };
    return { params: asked, outputs: { result }, steps: whileHolding([a, result], [work]) };
  },

  run({ ord, axis, keepdims }, { a }, engine) {
    const axes = settleAxes(axis, a);
    const result = engine.array({ shape: reducedShape(a.shape, axes, keepdims), dtype: "float64" });
    const onFraction = engine.nextStep();
    const lines = linesAlong(a.shape, axes);
    for (const [index, start] of lines.starts().entries())
      result.data[index] = lineNorm(a, lines.offsets, start, Number(ord));
    onFraction(1);
    return { result };
  },
});
