import type { ArraySpec, DenseArray } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import { cast } from "../../loops/casts/cast.ts";
import { copyBetween } from "../../loops/rearrange/copy-between.ts";
import { type StridedView, stridesOf } from "../../loops/rearrange/strided-copy.ts";
import { broadcastView, wholeView } from "../../loops/rearrange/views.ts";
import { shapeText } from "../../model/broadcast.ts";
import { conversionStep, rearrangeStep } from "../../model/loop-steps.ts";
import { type Arrays, defineOperation, type Specs } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyArray } from "./define.ts";
import { copyPicked, copyWork, indexDifferences, indexParams, only, places, tablesOf } from "./picked.ts";
import { resolveIndex } from "./resolve-index.ts";

/** The value seen in the shape of what is set: broadcast, axes of extent 1 in front of it dropped. */
function valueView({ shape: own }: ArraySpec, shape: readonly number[]): StridedView {
  const surplus = Math.max(0, own.length - shape.length);
  const trimmed = own.slice(surplus);
  const fits =
    own.slice(0, surplus).every((extent) => extent === 1) &&
    trimmed.every((extent, axis) => extent === 1 || extent === shape[axis + shape.length - trimmed.length]);
  if (!fits) {
    throw new Problem(
      "invalid-shape",
      `could not broadcast input array from shape ${shapeText(own)} into shape ${shapeText(shape)}`,
      {
        field: "inputs.value",
        expected: `a shape that broadcasts to ${shapeText(shape)}`,
        got: shapeText(own),
      },
    );
  }
  return broadcastView({ shape: trimmed, strides: stridesOf(trimmed), first: 0 }, shape);
}

export const setitem = defineOperation({
  name: "setitem",
  summary: "A copy of an array in which what the index picks has another value, as a[index] = value in NumPy",
  inputs: {
    a: { ...anyArray(), promotes: false },
    value: { ...anyArray("broadcasts to what the index picks"), promotes: false },
  },
  variadic: places,
  outputs: { result: "the shape and dtype of a" },
  params: indexParams,
  differences: ["a stays as it is: the result is a new array.", ...indexDifferences],
  example: {
    operation: "setitem",
    params: { index: "[0]" },
    inputs: {
      a: {
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      value: { data: 9 },
    },
  },
  plan({ index }, inputs) {
    const { a, value } = inputs;
    const picked = resolveIndex(index, a, only<ArraySpec>(inputs));
    valueView(value, picked.shape);
    const set: ArraySpec = { shape: value.shape, dtype: a.dtype };
    const all: Specs = inputs;
    const isCast = value.dtype !== a.dtype;
    const alive = [...Object.values(all), ...(isCast ? [set] : []), a, ...tablesOf(picked)];
    const steps = [
      ...(isCast ? [conversionStep(value, set)] : []),
      rearrangeStep(a, a),
      copyWork(picked, { shape: picked.shape, dtype: a.dtype }),
    ];
    return {
      params: { index },
      outputs: { result: { shape: a.shape, dtype: a.dtype } },
      steps: whileHolding(alive, steps),
    };
  },
  run({ index }, inputs: Arrays, engine) {
    const { a, value } = inputs;
    const arrays = only<DenseArray>(inputs);
    const picked = resolveIndex(index, a, arrays);
    const isCast = value.dtype !== a.dtype;
    const set = isCast
      ? cast(value, engine.array({ shape: value.shape, dtype: a.dtype }), engine.nextStep())
      : value;
    const result = engine.array({ shape: a.shape, dtype: a.dtype });
    copyBetween(a, result, { from: wholeView(a.shape), to: wholeView(a.shape) }, engine.nextStep());
    copyPicked(picked, arrays, [result, set], valueView(set, picked.shape), false, engine);
    if (isCast) engine.release(set);
    return { result };
  },
});
