import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { WorkerContext } from "../engines/threads.ts";
import { taskNamed } from "../engines/wasm/parallel-tasks.ts";
import * as barrier from "./barrier.ts";
import { type PoolThread, type TaskMessage, workerContext } from "./thread-pool.ts";

/** The loop of a pool's thread: it sleeps, does its part of a task, and sleeps again, until it is terminated. */
export function servePool({ counters, thread, port }: PoolThread): never {
  let memory: WorkerContext["memory"] | undefined;
  barrier.register(counters, thread);
  for (let last = 1; ; ) {
    last = barrier.sleep(counters, thread, last);
    const message = receiveMessageOnPort(port)?.message as TaskMessage;
    memory = message.memory ?? memory;
    try {
      if (!memory) throw new Error(`no memory came with the task ${message.task}`);
      doPart(message, memory, counters);
    } catch (error) {
      report(port, counters, error);
    }
    barrier.finish(counters);
  }
}

function doPart(
  { task, args, rank, size }: TaskMessage,
  memory: WorkerContext["memory"],
  counters: Int32Array,
): void {
  taskNamed(task).run(args, workerContext(counters, { rank, size, memory, onFraction: () => {} }));
}

/** Only the first error is reported: the threads that `fail` released from a barrier throw because of it. */
function report(port: MessagePort, counters: Int32Array, error: unknown): void {
  if (!barrier.hasFailed(counters)) port.postMessage(error);
  barrier.fail(counters);
}
