import { run } from "@sluice/compute";
import { runInThread } from "@sluice/compute/node/thread";
import type { Compute } from "../ports.ts";

/** Runs the engine: on this thread if it may block, else on one that can be terminated in mid-kernel. */
export const compute: Compute = async (work, { signal, onProgress, mayBlock }) => {
  signal.throwIfAborted();
  if (mayBlock) return run(work.operation, work.params, work.inputs, { onProgress });
  return runInThread(work, { signal, onProgress });
};
