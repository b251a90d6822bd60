import { runInThread } from "@sluice/compute/node/thread";
import type { Compute } from "../ports.ts";
import { computeHere } from "./compute-here.ts";

/** Runs the engine: on this thread if it may block, else on one that can be terminated in mid-kernel. */
export const compute: Compute = async (work, watch) => {
  watch.signal.throwIfAborted();
  return watch.mayBlock ? computeHere(work, watch) : runInThread(work, watch);
};
