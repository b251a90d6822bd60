import * as z from "zod";
import { defineOperation } from "../../../../compute/model/operation.ts";
import { stepsTaking } from "./plan.ts";

const chunkMiB = 32;
const pageBytes = 4096;

/** Touches far more memory than its plan promises. */
export const hog = defineOperation({
  name: "test-hog",
  summary: "Holds so much memory for so long, and returns its input",
  inputs: { a: { description: "anything", rank: { min: 0 }, dtypes: ["float64"] } },
  outputs: { result: "the input" },
  params: () =>
    z.strictObject({
      mebibytes: z.number().int().positive().max(16_384),
      heldMs: z.number().int().positive().max(60_000).default(200),
      /** As of test-spin. */
      predictedSeconds: z.number().positive().default(1),
    }),
  example: { operation: "test-hog", params: { mebibytes: 1 }, dataMatrix: [[1]] },

  plan(params, { a }) {
    return { params, outputs: { result: a }, steps: stepsTaking(params.predictedSeconds, 1, a) };
  },

  run({ mebibytes, heldMs }, { a }) {
    const held: Uint8Array[] = [];
    for (let taken = 0; taken < mebibytes; taken += chunkMiB) {
      const chunk = new Uint8Array(Math.min(chunkMiB, mebibytes - taken) * 1024 * 1024);
      // A page that is never written takes no memory.
      for (let at = 0; at < chunk.length; at += pageBytes) chunk[at] = 1;
      held.push(chunk);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, heldMs);
    if (held.length === 0) throw new Error("nothing was held");
    return { result: a };
  },
});
