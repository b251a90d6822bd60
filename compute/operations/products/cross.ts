import { byteLength, type FloatingArray, type FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { transposed } from "../../loops/rearrange/transposed.ts";
import { settleAxis } from "../../model/axes.ts";
import { shapeText } from "../../model/broadcast.ts";
import { elementwiseStep, rearrangeStep } from "../../model/loop-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { type Core, planStack, runStack } from "../../model/stack/lift.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { anyDtype } from "../dtypes.ts";
import { orderOf, turned, turnedSpec } from "./axis-last.ts";

const axisOf = (text: string) => z.int({ error: "an integer" }).default(-1).describe(text);
const params = () =>
  z.strictObject({
    axisa: axisOf("The axis of a along which its vectors lie"),
    axisb: axisOf("The axis of b along which its vectors lie"),
    axisc: axisOf("The axis of the result along which its vectors lie"),
    axis: z.int({ error: "an integer, or null" }).nullable().default(null).describe("All three at once"),
  });
type Params = z.output<ReturnType<typeof params>>;

type Pair = readonly [re: number, im: number];

/** x·y − z·w, every product rounded by itself, as NumPy's arrays are. */
function difference(x: Pair, y: Pair, z: Pair, w: Pair, round: (value: number) => number): Pair {
  const product = ([a, b]: Pair, [c, d]: Pair): Pair => [
    round(round(a * c) - round(b * d)),
    round(round(a * d) + round(b * c)),
  ];
  const [one, other] = [product(x, y), product(z, w)];
  return [round(one[0] - other[0]), round(one[1] - other[1])];
}

const at = ({ data, dtype }: FloatingArray, index: number): Pair =>
  dtype === "complex128" ? [data[2 * index], data[2 * index + 1]] : [data[index], 0];

/** Of two vectors. */
const core: Core = {
  plan(_params, { a, b }) {
    const result = { shape: [3], dtype: resultDtype(a.dtype, b.dtype) };
    return {
      params: {},
      outputs: { result },
      steps: whileHolding([a, b, result], [elementwiseStep([a, b], result, 3)]),
    };
  },
  run(_params, inputs, engine) {
    const [a, b] = [inputs.a, inputs.b] as FloatingArray[];
    const result = engine.array({ shape: [3], dtype: resultDtype(a.dtype, b.dtype) });
    const onFraction = engine.nextStep();
    const round = result.dtype === "float32" ? Math.fround : (value: number) => value;
    for (let index = 0; index < 3; index += 1) {
      const [next, last] = [(index + 1) % 3, (index + 2) % 3];
      const [re, im] = difference(at(a, next), at(b, last), at(a, last), at(b, next), round);
      if (result.dtype === "complex128") result.data.set([re, im], 2 * index);
      else result.data[index] = re;
    }
    onFraction(1);
    return { result };
  },
};
const ranks = { a: 1, b: 1 };

/** Where the vectors lie in a and b, and the order of axes that puts those of the result in their place. */
function settled({ axis, axisa, axisb, axisc }: Params, a: FloatingSpec, b: FloatingSpec) {
  const name = (own: string) => `params.${axis === null ? own : "axis"}`;
  const orders = [
    orderOf(a, axis ?? axisa, name("axisa")),
    orderOf(b, axis ?? axisb, name("axisb")),
  ] as const;
  const [left, right] = [turnedSpec(a, orders[0]), turnedSpec(b, orders[1])];
  for (const [input, { shape }] of Object.entries({ a: left, b: right })) {
    if (shape[shape.length - 1] === 3) continue;
    const [field, expected, got] = [`inputs.${input}`, "vectors of 3 elements", `shape ${shapeText(shape)}`];
    throw new Problem("invalid-shape", `${field} must hold ${expected}, not ${got}.`, {
      field,
      expected,
      got,
    });
  }
  const back = (rank: number): number[] | undefined => {
    const to = settleAxis(axis ?? axisc, rank, name("axisc"));
    const before = Array.from({ length: rank - 1 }, (_, index) => index);
    return to === rank - 1 ? undefined : before.toSpliced(to, 0, rank - 1);
  };
  return { orders, left, right, back };
}

/** numpy.cross of vectors of three elements. */
export const cross = defineOperation({
  name: "cross",
  summary: "Cross product of vectors of three elements, as numpy.cross",
  inputs: {
    a: { description: "vectors along axisa; the other axes broadcast", rank: { min: 1 }, dtypes: anyDtype },
    b: { description: "vectors along axisb", rank: { min: 1 }, dtypes: anyDtype },
  },
  outputs: { result: "the broadcast axes and the vectors along axisc, in NumPy's result dtype" },
  params,
  differences: ["Vectors of two elements, which NumPy has deprecated, are refused."],
  example: { operation: "cross", inputs: { a: { data: [1, 2, 3] }, b: { data: [4, 5, 6] } } },

  plan(asked, { a, b }) {
    const { orders, left, right, back } = settled(asked, a, b);
    const planned = planStack(core, {}, { a: left, b: right }, ranks);
    const steps: PlanStep[] = [];
    const copies: FloatingSpec[] = [];
    for (const [index, [from, to]] of [[a, left] as const, [b, right] as const].entries()) {
      const order = orders[index];
      if (!order) continue;
      copies.push(to);
      steps.push(...whileHolding([a, b, ...copies], [rearrangeStep(from, to, order)]));
    }
    const held = copies.reduce((bytes, spec) => bytes + byteLength(spec), 0);
    steps.push(...planned.steps.map((step) => ({ ...step, live: step.live + held })));
    const made: FloatingSpec = { shape: planned.outputs.result.shape, dtype: resultDtype(a.dtype, b.dtype) };
    const order = back(made.shape.length);
    const result = turnedSpec(made, order);
    if (order) steps.push(...whileHolding([a, b, made, result], [rearrangeStep(made, result, order)]));
    return { params: asked, outputs: { result }, steps };
  },

  run(asked, { a, b }, engine) {
    const { orders, back } = settled(asked, a, b);
    const [left, right] = [turned(a, orders[0], engine), turned(b, orders[1], engine)];
    const { result: made } = runStack(core, {}, { a: left, b: right }, engine, ranks);
    if (left !== a) engine.release(left);
    if (right !== b) engine.release(right);
    const order = back(made.shape.length);
    if (!order) return { result: made };
    const result = transposed(made, order, engine);
    engine.release(made);
    return { result };
  },
});
