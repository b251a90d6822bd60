import { createContext, Script } from "node:vm";
import { run } from "@sluice/compute";
import type { Compute } from "../ports.ts";

/**
 * Runs the engine on this thread, for work that may block it. Apart from compute.ts, so that a function that computes
 * nothing else does not carry the bundle of the compute thread: a sixth of its zip.
 */
export const computeHere: Compute = async (work, { signal, onProgress, mayBlock, blockAtMost }) => {
  signal.throwIfAborted();
  if (!mayBlock) throw new Error("this function has no thread to compute on");
  const task = () => run(work.operation, work.params, work.inputs, { onProgress });
  return blockAtMost === undefined ? task() : bounded(task, blockAtMost);
};

/** A computation was stopped in mid-kernel: what the engine holds in this process may be half done. */
let stopped = false;

/** `task` runs in this realm, so its errors and arrays are of this realm; only the call comes from the other one. */
const call = new Script("task()");
const realm = createContext({ task: undefined as unknown });

/**
 * Runs a task that blocks, under V8's watchdog: it stops JavaScript and WebAssembly alike and costs 0.15 ms, where a
 * thread costs 30.
 *
 * @throws Error when the time is up, and ever after in this process
 */
function bounded<Result>(task: () => Result, milliseconds: number): Result {
  if (stopped) throw new Error("a computation was stopped half-way in this process: it blocks for no other");
  realm.task = task;
  try {
    return call.runInContext(realm, { timeout: milliseconds });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    stopped = true;
    throw new Error(`the computation took longer than ${milliseconds} ms`);
  } finally {
    realm.task = undefined;
  }
}
