import { run } from "@sluice/compute";
import { runInThread } from "@sluice/compute/node/thread";
import type { Compute } from "./ports.ts";

/** Starting a thread costs about 30 ms; blocking the one that beats for less than this harms nobody. */
const inlineSeconds = 0.25;

/** The engine, on this thread for tiny jobs, else on one that can be terminated in mid-kernel. */
export const compute: Compute = async (work, { signal, onProgress, predictedSeconds }) => {
  signal.throwIfAborted();
  if (predictedSeconds < inlineSeconds) return run(work.operation, work.params, work.inputs, { onProgress });
  return runInThread(work, { signal, onProgress });
};
