/** The entry of both kinds of thread: one that runs an operation, reports and ends (thread.ts), and one of its pool. */
import { parentPort, workerData } from "node:worker_threads";
import { Problem } from "@sluice/contract/problem";
import { run } from "../index.ts";
import { type Report, transferable, type Work } from "./messages.ts";
import { offerNative } from "./native/index.ts";
import { servePool } from "./pool-thread.ts";
import { openThreads, type PoolThread } from "./thread-pool.ts";

const say = (report: Report, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(report, transfer);

function runWork({ operation, params, inputs, threads, entry, native }: Work): void {
  const missing = native === undefined ? undefined : offerNative(native);
  // The job view already names it.
  if (missing !== undefined) throw new Error(`the native engine is not in this thread: ${missing}`);
  try {
    const outputs = run(operation, params, inputs, {
      onProgress: (fraction) => say({ kind: "progress", fraction }),
      threadEnds: true,
      ...(threads > 1 ? { threads: openThreads(threads, entry) } : {}),
    });
    say({ kind: "done", outputs }, transferable(outputs));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say({ kind: "problem", code: error.code, detail: error.message, place: error.place });
  }
}

const { poolThread, work }: { poolThread?: PoolThread; work?: Work } = workerData ?? {};
if (poolThread) servePool(poolThread);
else if (work) runWork(work);
