import source from "worker:./worker.ts";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Problem } from "@sluice/contract/problem";
import type { Arrays } from "../model/operation.ts";
import { type Report, transferable, type Work } from "./messages.ts";
import { nativeEntry } from "./native/index.ts";

type ThreadWork = Omit<Work, "entry" | "native" | "threads"> & Partial<Pick<Work, "threads">>;

/**
 * Milliseconds that an abort waits for its thread. Inside a native call it cannot be terminated, and LAPACK's are as
 * long as the matrix is large: the job is then said to have ended, and the thread, with the process, ends after that call.
 */
const patience = 5000;

export interface ThreadContext {
  /** Aborting kills the thread in the middle of whatever it does, but for a native call. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Runs one operation in a thread of its own, and in as many more as `work.threads` says, so that the calling
 * thread stays free to beat and to listen. Buffers move both ways without a copy: **the input arrays are empty afterwards**, and any
 * other view of the same buffers with them.
 * @throws Problem what the operation throws, with the same code and place
 * @throws the signal's reason once it is aborted; Error when the thread dies or runs out of memory
 */
export async function runInThread(
  work: ThreadWork,
  { signal, onProgress }: ThreadContext = {},
): Promise<Arrays> {
  signal?.throwIfAborted();
  const worker = new Worker(source, {
    eval: true,
    workerData: { work: { threads: 1, ...work, entry: source, native: nativeEntry() } satisfies Work },
    transferList: transferable(work.inputs),
    // Arrays live outside the heap. The thread gets no flags and no environment of the process.
    execArgv: [],
    env: {},
  });
  const { promise, resolve, reject } = Promise.withResolvers<Arrays>();
  worker.on("message", (report: Report) => {
    if (report.kind === "progress") onProgress?.(report.fraction);
    else if (report.kind === "done") resolve(report.outputs);
    else reject(new Problem(report.code, report.detail, report.place));
  });
  worker.on("error", (error) =>
    reject(new Error(`The compute thread failed: ${error.message}`, { cause: error })),
  );
  worker.on("exit", (code) => reject(new Error(`The compute thread ended with code ${code} and no result.`)));
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", abort);
    await (signal?.aborted ? terminated(worker) : worker.terminate());
    worker.removeAllListeners();
  }
}

/** Resolves when the thread has ended, or after `patience`. */
async function terminated(worker: Worker): Promise<void> {
  const ended = new AbortController();
  const termination = worker.terminate().finally(() => ended.abort());
  await Promise.race([termination, setTimeout(patience, undefined, ended).catch(() => {})]);
}
