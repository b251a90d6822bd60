import {
  byteLength,
  elementCount,
  type FloatingArray,
  type FloatingSpec,
  type NumberArray,
  type NumberSpec,
} from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { multiplied } from "../../loops/elementwise/multiplied.ts";
import { transposed } from "../../loops/rearrange/transposed.ts";
import { broadcastShape } from "../../model/broadcast.ts";
import { elementwiseStep, rearrangeStep } from "../../model/loop-steps.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { planProduct, product } from "./stacked-product.ts";
import { planSummedProduct, summedProduct } from "./summed-product.ts";

/** Which axes of two arrays go together, those of a beside those of b; all others stay, a's before b's. */
export interface Pairing {
  /** Kept once, before all other axes. */
  readonly batch: readonly (readonly [number, number])[];
  /** Summed over. */
  readonly summed: readonly (readonly [number, number])[];
}

/** One factor as a stack of matrices: its axes in another order, some of them taken as one. */
interface Side {
  readonly order: readonly number[];
  readonly turns: boolean;
  readonly shape: readonly number[];
  readonly free: readonly number[];
}

function sideOf(
  { shape }: NumberSpec,
  batch: readonly number[],
  summed: readonly number[],
  summedLast: boolean,
): Side {
  const free = shape.map((_, axis) => axis).filter((axis) => !batch.includes(axis) && !summed.includes(axis));
  const order = [...batch, ...(summedLast ? [...free, ...summed] : [...summed, ...free])];
  const extents = (axes: readonly number[]) => axes.map((axis) => shape[axis]);
  const [m, k] = [free, summed].map((axes) => elementCount(extents(axes)));
  return {
    order,
    turns: order.some((axis, index) => axis !== index),
    shape: [...extents(batch), ...(summedLast ? [m, k] : [k, m])],
    free: extents(free),
  };
}

interface Sides {
  readonly left: Side;
  readonly right: Side;
  /** Without sums elements are multiplied; where nothing but the batch is left, lines are; else it is matrices. */
  readonly kind: "elements" | "lines" | "matrices";
}

function sidesOf(a: NumberSpec, b: NumberSpec, { batch, summed }: Pairing): Sides {
  const axesOf = (pairs: Pairing["batch"], which: 0 | 1) => pairs.map((pair) => pair[which]);
  const left = sideOf(a, axesOf(batch, 0), axesOf(summed, 0), true);
  const right = sideOf(b, axesOf(batch, 1), axesOf(summed, 1), false);
  const isDot = batch.length > 0 && left.free.length + right.free.length === 0;
  return { left, right, kind: summed.length === 0 ? "elements" : isDot ? "lines" : "matrices" };
}

const turnedSpec = (a: NumberSpec, { order }: Side): NumberSpec => ({
  ...a,
  shape: order.map((axis) => a.shape[axis]),
});

/** The summed axes as the last one. */
const asLines = <Spec extends NumberSpec>(a: Spec, { shape }: Side, batch: number): Spec => ({
  ...a,
  shape: [...shape.slice(0, batch), elementCount(shape.slice(batch))],
});
const asMatrices = <Spec extends NumberSpec>(a: Spec, { shape }: Side): Spec => ({ ...a, shape });

const resultShape = (product: readonly number[], { left, right }: Sides, batch: number): number[] => [
  ...product.slice(0, batch),
  ...left.free,
  ...right.free,
];

const productSpec = (a: NumberSpec, b: NumberSpec): NumberSpec => ({
  shape: broadcastShape({ a, b }),
  dtype: resultDtype(a.dtype, b.dtype),
});

function planElements(a: NumberSpec, b: NumberSpec) {
  const result = productSpec(a, b);
  return { result, steps: whileHolding([a, b, result], [elementwiseStep([a, b], result)]) };
}

const elements = (a: NumberArray, b: NumberArray, engine: Engine): NumberArray =>
  multiplied(a, b, productSpec(a, b), engine);

/** Σ a·b over pairs of axes, as a product of matrices, or of stacks of them where there is a batch. */
export function planContraction(
  a: FloatingSpec,
  b: FloatingSpec,
  pairing: Pairing,
): { readonly result: FloatingSpec; readonly steps: PlanStep[] };
export function planContraction(
  a: NumberSpec,
  b: NumberSpec,
  pairing: Pairing,
): { readonly result: NumberSpec; readonly steps: PlanStep[] };
export function planContraction(
  a: NumberSpec,
  b: NumberSpec,
  pairing: Pairing,
): { readonly result: NumberSpec; readonly steps: PlanStep[] } {
  const sides = sidesOf(a, b, pairing);
  const { left, right, kind } = sides;
  const batch = pairing.batch.length;
  const copies: NumberSpec[] = [];
  const steps: PlanStep[] = [];
  for (const [spec, side] of [[a, left] as const, [b, right] as const]) {
    if (!side.turns) continue;
    const copy = turnedSpec(spec, side);
    copies.push(copy);
    steps.push(...whileHolding([a, b, ...copies], [rearrangeStep(spec, copy, side.order)]));
  }
  const planned = {
    elements: () => planElements(asMatrices(a, left), asMatrices(b, right)),
    lines: () => planSummedProduct(asLines(a, left, batch), asLines(b, right, batch)),
    matrices: () => planProduct(asMatrices(a, left), asMatrices(b, right)),
  }[kind]();
  const held = copies.reduce((bytes, spec) => bytes + byteLength(spec), 0);
  return {
    result: { ...planned.result, shape: resultShape(planned.result.shape, sides, batch) },
    steps: [...steps, ...planned.steps.map((step) => ({ ...step, live: step.live + held }))],
  };
}

/** Runs `planContraction`. */
export function contract(a: FloatingArray, b: FloatingArray, pairing: Pairing, engine: Engine): FloatingArray;
export function contract(a: NumberArray, b: NumberArray, pairing: Pairing, engine: Engine): NumberArray;
export function contract(a: NumberArray, b: NumberArray, pairing: Pairing, engine: Engine): NumberArray {
  const sides = sidesOf(a, b, pairing);
  const { left, right, kind } = sides;
  const batch = pairing.batch.length;
  const one = left.turns ? transposed(a, left.order, engine) : a;
  const other = right.turns ? transposed(b, right.order, engine) : b;
  const result = {
    elements: () => elements(asMatrices(one, left), asMatrices(other, right), engine),
    lines: () => summedProduct(asLines(one, left, batch), asLines(other, right, batch), engine),
    matrices: () => product(asMatrices(one, left), asMatrices(other, right), engine),
  }[kind]();
  if (left.turns) engine.release(one);
  if (right.turns) engine.release(other);
  return { ...result, shape: resultShape(result.shape, sides, batch) };
}
