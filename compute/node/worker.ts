/** The thread's side of thread.ts: runs one operation, says how it went, ends. */
import { parentPort, workerData } from "node:worker_threads";
import { Problem } from "@sluice/contract/problem";
import { run } from "../index.ts";
import { type Report, transferable, type Work } from "./messages.ts";

const say = (report: Report, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(report, transfer);

const { operation, params, inputs }: Work = workerData;
try {
  const onProgress = (fraction: number): void => say({ kind: "progress", fraction });
  const outputs = run(operation, params, inputs, { onProgress, threadEnds: true });
  say({ kind: "done", outputs }, transferable(outputs));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  say({ kind: "problem", code: error.code, detail: error.message, place: error.place });
}
