import type { ArraySpec, DenseArray } from "@sluice/contract/array";
import { wholeView } from "../../loops/rearrange/views.ts";
import { type Arrays, defineOperation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyArray } from "./define.ts";
import { copyPicked, copyWork, indexDifferences, indexParams, only, places, tablesOf } from "./picked.ts";
import { resolveIndex } from "./resolve-index.ts";

export const getitem = defineOperation({
  name: "getitem",
  summary: "Elements, slices and places of an array, as a[index] in NumPy",
  inputs: { a: { ...anyArray(), promotes: false } },
  variadic: places,
  outputs: { result: "what the index picks, in the dtype of a" },
  params: indexParams,
  differences: ["The result is a copy; NumPy answers a view of slices.", ...indexDifferences],
  example: {
    operation: "getitem",
    params: { index: "[:, ::-1]" },
    dataMatrix: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  },
  plan({ index }, inputs) {
    const { a } = inputs;
    const picked = resolveIndex(index, a, only<ArraySpec>(inputs));
    const result: ArraySpec = { shape: picked.shape, dtype: a.dtype };
    const alive = [...Object.values<ArraySpec>(inputs), ...tablesOf(picked), result];
    return { params: { index }, outputs: { result }, steps: whileHolding(alive, [copyWork(picked, result)]) };
  },
  run({ index }, inputs: Arrays, engine) {
    const { a } = inputs;
    const arrays = only<DenseArray>(inputs);
    const picked = resolveIndex(index, a, arrays);
    const result = engine.array({ shape: picked.shape, dtype: a.dtype });
    copyPicked(picked, arrays, [a, result], wholeView(picked.shape), true, engine);
    return { result };
  },
});
