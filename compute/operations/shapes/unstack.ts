import type { ArraySpec } from "@sluice/contract/array";
import * as z from "zod";
import { pickedFrom, wholeView } from "../../loops/rearrange/views.ts";
import { settleAxis } from "../../model/axes.ts";
import { anyArray, defineRearrangement } from "./define.ts";
import { refuseParam, wholeNumber } from "./params.ts";

/** Each output is an object in the bucket and a line of the job's record: as many as a program may have. */
const mostOutputs = 32;

export const unstack = defineRearrangement({
  name: "unstack",
  summary: "The arrays that lie along an axis, one by one, as numpy.unstack",
  inputs: { a: anyArray("at least one axis", 1) },
  outputs: {},
  listedOutputs: `what lies at each place along the axis, without it; at most ${mostOutputs}`,
  params: () => z.strictObject({ axis: wholeNumber().default(0).describe("Axis that is taken apart") }),
  differences: [`An axis of more than ${mostOutputs} places, or of none, is refused.`],
  example: {
    operation: "unstack",
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },
  layout({ axis }, { a }) {
    const along = settleAxis(axis, a.shape.length);
    const count = a.shape[along];
    if (count < 1 || count > mostOutputs) {
      refuseParam("params.axis", `an axis of 1 to ${mostOutputs} places`, `one of ${count}`);
    }
    const result: ArraySpec = { shape: a.shape.toSpliced(along, 1), dtype: a.dtype };
    const names = Array.from({ length: count }, (_, at) => `y${at}`);
    const placed = names.map((output, at) => ({
      input: "a",
      output,
      from: pickedFrom(wholeView(a.shape), along, at),
      to: wholeView(result.shape),
    }));
    return { outputs: Object.fromEntries(names.map((name) => [name, result])), placed };
  },
});
