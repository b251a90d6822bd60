import { type ArraySpec, byteLength, type FloatingArray, type FloatingSpec } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { transposed } from "../../loops/rearrange/transposed.ts";
import { rearrangeStep } from "../../model/loop-steps.ts";
import { type Core, planStack, runStack } from "../../model/stack/lift.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { made } from "../linear-algebra/made.ts";
import type { MatrixNorm } from "../linear-algebra/norms.ts";
import { svd } from "../linear-algebra/svd.ts";

/** Norms that are made of singular values. */
export type SingularNorm = Extract<MatrixNorm, "nuc" | "largest" | "smallest">;

const valuesOnly = { compute_uv: false, full_matrices: false };

/** Of one matrix. */
const core: Core = {
  plan(matrix, inputs) {
    const { steps } = svd.plan(valuesOnly, inputs);
    return { params: { matrix }, outputs: { result: { shape: [], dtype: "float64" } }, steps };
  },
  run(matrix, inputs, engine) {
    const s = svd.run(valuesOnly, inputs, engine).s as FloatingArray;
    const values = Float64Array.from(s.data);
    const sum = values.reduce((total, value) => total + value, 0);
    const found = { nuc: sum, largest: values[0], smallest: values.at(-1) }[matrix as SingularNorm];
    engine.release(s);
    return { result: made(engine, [], [found ?? 0]) };
  },
};
const ranks = { a: 2 };

/** The axes of an array with those of the matrices last; undefined where they are. */
function orderOf({ shape }: ArraySpec, axes: readonly number[]): number[] | undefined {
  if (axes.every((axis) => axis >= shape.length - 2)) return undefined;
  return [...shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)), ...axes];
}

const turnedSpec = (a: FloatingSpec, order: readonly number[]): FloatingSpec => ({
  ...a,
  shape: order.map((axis) => a.shape[axis]),
});

/** What `singularNorms` does of the matrices along two axes. */
export function singularNormSteps(
  a: FloatingSpec,
  axes: readonly number[],
  matrix: SingularNorm,
): readonly PlanStep[] {
  const order = orderOf(a, axes);
  if (!order) return planStack(core, matrix, { a }, ranks).steps;
  const copy = turnedSpec(a, order);
  const { steps } = planStack(core, matrix, { a: copy }, ranks);
  return [
    ...whileHolding([a, copy], [rearrangeStep(a, copy, order)]),
    ...steps.map((step) => ({ ...step, live: step.live + byteLength(a) })),
  ];
}

/** The norms of the matrices along two axes, in C order of all other axes. */
export function singularNorms(
  a: FloatingArray,
  axes: readonly number[],
  matrix: SingularNorm,
  engine: Engine,
): FloatingArray {
  const order = orderOf(a, axes);
  const copy = order ? transposed(a, order, engine) : a;
  const { result } = runStack(core, matrix, { a: copy }, engine, ranks);
  if (copy !== a) engine.release(copy);
  return result as FloatingArray;
}

export const isSingular = (matrix: MatrixNorm | undefined): matrix is SingularNorm =>
  matrix === "nuc" || matrix === "largest" || matrix === "smallest";
