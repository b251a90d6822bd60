import { zeros } from "@sluice/contract/array";
import * as z from "zod";
import { defineOperation } from "../../../../compute/model/operation.ts";
import { stepsTaking } from "./plan.ts";

const turnSeconds = 0.1;
const turnsOf = (seconds: number): number => Math.max(1, Math.round(seconds / turnSeconds));

/** Keeps a core busy without ever yielding, whatever its plan says of it. */
export const spin = defineOperation({
  name: "test-spin",
  summary: "Burns CPU for some seconds and returns its input",
  inputs: { a: { description: "anything", rank: { min: 0 }, dtypes: ["float64"] } },
  outputs: { result: "the input" },
  params: () =>
    z.strictObject({
      seconds: z.number().positive().max(300),
      /** What the plan predicts. From 0.25 on it runs in a thread of its own, below on the thread that beats. */
      predictedSeconds: z.number().positive().default(1),
    }),
  example: { operation: "test-spin", params: { seconds: 0.1 }, dataMatrix: [[1]] },

  plan(params, { a }) {
    const steps = stepsTaking(params.predictedSeconds, turnsOf(params.seconds), a);
    return { params, outputs: { result: a }, steps };
  },

  run({ seconds }, { a }, engine) {
    const turns = turnsOf(seconds);
    const start = performance.now();
    for (let turn = 1; turn <= turns; turn += 1) {
      const until = start + (seconds * 1000 * turn) / turns;
      while (performance.now() < until);
      // For the progress it reports: one plan step done.
      engine.scale(zeros({ shape: [1], dtype: "float64" }), 1);
    }
    return { result: a };
  },
});
