import { byteLength, elementCount, type NumberSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { rearrangeStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { numberDtypes } from "../dtypes.ts";
import { orderOf, turned, turnedSpec } from "./axis-last.ts";
import { behindConjugation, conjugated } from "./conjugated.ts";
import { planProduct, product } from "./stacked-product.ts";
import { planSummedProduct, summedProduct } from "./summed-product.ts";

const params = () =>
  z.strictObject({
    axis: z
      .int({ error: "an integer" })
      .default(-1)
      .describe("The axis of both that is summed over, negative ones counted from the last"),
  });

/** @throws Problem invalid-shape */
function requireAsMany(one: number, other: number): void {
  if (one === other) return;
  throw new Problem(
    "invalid-shape",
    `inputs.b must have ${one} elements along the summed axis, not ${other}.`,
    {
      field: "inputs.b",
      expected: `${one} elements`,
      got: String(other),
    },
  );
}

/** numpy.vecdot */
export const vecdot = defineOperation({
  name: "vecdot",
  summary: "Σ conj(a)·b along an axis of both, as numpy.vecdot",
  inputs: {
    a: {
      description: "vectors along `axis`, conjugated; the other axes broadcast",
      rank: { min: 1 },
      dtypes: numberDtypes,
    },
    b: { description: "vectors of as many elements", rank: { min: 1 }, dtypes: numberDtypes },
  },
  outputs: { result: "the broadcast axes, in NumPy's result dtype" },
  params,
  differences: ["Within the rounding of a dot product of NumPy's: sums are taken in another order."],
  example: {
    operation: "vecdot",
    inputs: {
      a: {
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      b: { data: [5, 6] },
    },
  },

  plan({ axis }, { a, b }) {
    const orders = [orderOf(a, axis), orderOf(b, axis)];
    const [left, right] = [turnedSpec(a, orders[0]), turnedSpec(b, orders[1])];
    requireAsMany(left.shape[left.shape.length - 1], right.shape[right.shape.length - 1]);
    const turns: PlanStep[] = [];
    const copies: NumberSpec[] = [];
    for (const [index, [from, to]] of [[a, left] as const, [b, right] as const].entries()) {
      const order = orders[index];
      if (!order) continue;
      copies.push(to);
      turns.push(...whileHolding([a, b, ...copies], [rearrangeStep(from, to, order)]));
    }
    const { result, steps } = planSummedProduct(left, right);
    // What was turned around stays alive beside the arrays it was made of.
    const beside = (orders[0] ? byteLength(a) : 0) + (orders[1] ? byteLength(b) : 0);
    const own = behindConjugation(left, [right], steps).map((step) => ({
      ...step,
      live: step.live + beside,
    }));
    return { params: { axis }, outputs: { result }, steps: [...turns, ...own] };
  },

  run({ axis }, { a, b }, engine) {
    const [left, right] = [turned(a, orderOf(a, axis), engine), turned(b, orderOf(b, axis), engine)];
    const one = conjugated(left, engine);
    const result = summedProduct(one, right, engine);
    if (one !== left) engine.release(one);
    if (left !== a) engine.release(left);
    if (right !== b) engine.release(right);
    return { result };
  },
});

/** All elements in C order as one row. */
const asRow = <Spec extends NumberSpec>(a: Spec): Spec => ({ ...a, shape: [1, elementCount(a.shape)] });
const asColumn = <Spec extends NumberSpec>(b: Spec): Spec => ({ ...b, shape: [elementCount(b.shape), 1] });

/** numpy.vdot */
export const vdot = defineOperation({
  name: "vdot",
  summary: "Σ conj(a)·b over all elements of both in C order, as numpy.vdot",
  inputs: {
    a: { description: "any shape, conjugated", rank: { min: 0 }, dtypes: numberDtypes },
    b: { description: "any shape with as many elements", rank: { min: 0 }, dtypes: numberDtypes },
  },
  outputs: { result: "0-d, in NumPy's result dtype" },
  params: () => z.strictObject({}),
  differences: ["Within the rounding of a dot product of NumPy's: sums are taken in another order."],
  example: { operation: "vdot", inputs: { a: { data: [1, 2, 3] }, b: { data: [4, 5, 6] } } },

  plan(_params, { a, b }) {
    requireAsMany(elementCount(a.shape), elementCount(b.shape));
    const { result, steps } = planProduct(asRow(a), asColumn(b));
    return {
      params: {},
      outputs: { result: { ...result, shape: [] } },
      steps: behindConjugation(a, [b], steps),
    };
  },

  run(_params, { a, b }, engine) {
    const left = conjugated(a, engine);
    const result = product(asRow(left), asColumn(b), engine);
    if (left !== a) engine.release(left);
    return { result: { ...result, shape: [] } };
  },
});
