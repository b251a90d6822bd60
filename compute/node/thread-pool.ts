import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import {
  leastParallel,
  singleThreadPool,
  type ThreadPool,
  type Threads,
  type WorkerContext,
} from "../engines/threads.ts";
import { kernelsOn } from "../engines/wasm/kernels/kernels.ts";
import * as barrier from "./barrier.ts";

/** What a thread of the pool is started with. */
export interface PoolThread {
  readonly counters: Int32Array;
  readonly thread: number;
  readonly port: MessagePort;
}

/** What a thread is woken for. */
export interface TaskMessage {
  readonly task: string;
  readonly args: unknown;
  readonly rank: number;
  readonly size: number;
  /** Sent when it is not the memory of the thread's last task. */
  readonly memory?: WorkerContext["memory"];
}

interface OtherThread {
  readonly thread: number;
  readonly port: MessagePort;
  /** The memory it works on. */
  memory?: WorkerContext["memory"];
}

/** What the calling thread needs for its part of a task. */
export function workerContext(
  counters: Int32Array,
  part: Pick<WorkerContext, "rank" | "size" | "memory" | "onFraction">,
): WorkerContext {
  return {
    ...part,
    kernels: kernelsOn(part.memory),
    barrier: () => barrier.arriveAndWait(counters, part.size),
    take: () => barrier.take(counters),
  };
}

/**
 * Starts threads that help the calling one, and end with it. The calling thread does not wait for a thread that has
 * not started yet: it works with those that have. It must not be a thread that has to listen while tasks run.
 * @param size threads in all
 * @param entry worker.ts, as bundled text or as a file
 */
export function openThreads(size: number, entry: string | URL): Threads {
  const counters = barrier.newCounters(size);
  const others = Array.from({ length: size - 1 }, (_, index): OtherThread => {
    const { port1, port2 } = new MessageChannel();
    const poolThread: PoolThread = { counters, thread: index + 1, port: port2 };
    const worker = new Worker(entry, {
      eval: typeof entry === "string",
      workerData: { poolThread },
      transferList: [port2],
      execArgv: [],
      env: {},
    });
    worker.unref();
    port1.unref();
    return { thread: index + 1, port: port1 };
  });
  return { size, poolOn: (memory) => poolOf(counters, others, memory) };
}

function poolOf(
  counters: Int32Array,
  others: readonly OtherThread[],
  memory: WorkerContext["memory"],
): ThreadPool {
  const alone = singleThreadPool(memory);
  const forWork = (nanoseconds: number): ThreadPool => {
    const started =
      nanoseconds < leastParallel
        ? []
        : others.filter(({ thread }) => barrier.isRegistered(counters, thread));
    if (started.length === 0) return alone;
    return {
      size: started.length + 1,
      run: (task, args, onFraction) =>
        runTogether(counters, started, memory, task.name, args, (worker) =>
          task.run(args, { ...worker, onFraction }),
        ),
      forWork,
    };
  };
  return {
    size: others.length + 1,
    run: (task, args, onFraction) => forWork(leastParallel).run(task, args, onFraction),
    forWork,
  };
}

function runTogether(
  counters: Int32Array,
  others: readonly OtherThread[],
  memory: WorkerContext["memory"],
  task: string,
  args: unknown,
  ownPart: (worker: WorkerContext) => void,
): void {
  const size = others.length + 1;
  barrier.reset(counters);
  for (const [index, other] of others.entries()) {
    const message: TaskMessage = { task, args, rank: index + 1, size };
    other.port.postMessage(other.memory === memory ? message : { ...message, memory });
    other.memory = memory;
    barrier.wake(counters, other.thread);
  }
  let failure: unknown;
  try {
    ownPart(workerContext(counters, { rank: 0, size, memory, onFraction: () => {} }));
  } catch (error) {
    failure = error;
    barrier.fail(counters);
  }
  barrier.waitForAll(counters, others.length);
  // The error of another thread explains why this one was alone at its barrier, so it is thrown first.
  for (const { port } of others) {
    const reported = receiveMessageOnPort(port);
    if (reported) throw reported.message;
  }
  if (failure !== undefined) throw failure;
}
