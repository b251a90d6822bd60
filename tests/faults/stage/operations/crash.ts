import * as z from "zod";
import { defineOperation } from "../../../../compute/model/operation.ts";
import { stepsTaking } from "./plan.ts";

/** Has a bug: throws what no operation should. */
export const crash = defineOperation({
  name: "test-throw",
  summary: "Throws a TypeError",
  inputs: { a: { description: "anything", rank: { min: 0 }, dtypes: ["float64"] } },
  outputs: { result: "never" },
  params: () => z.strictObject({}),
  example: { operation: "test-throw", dataMatrix: [[1]] },

  plan(params, { a }) {
    return { params, outputs: { result: a }, steps: stepsTaking(1, 1, a) };
  },

  run() {
    throw new TypeError("Cannot read properties of undefined (reading 'shape')");
  },
});
