import type { OnFraction } from "../model/on-fraction.ts";
import { type Kernels, kernelsOn } from "./wasm/kernels/kernels.ts";

/** What one thread needs for its part of a parallel task. */
export interface WorkerContext {
  /** 0 … size - 1; 0 is the thread that runs the operation. */
  readonly rank: number;
  /** How many threads run the task. */
  readonly size: number;
  /** The memory that all threads share, and this thread's kernels on it. */
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  /** Progress of the step; only that of rank 0 is reported. */
  readonly onFraction: OnFraction;
  /** Waits for all threads: what any of them wrote before the barrier, all of them read after it. */
  barrier(): void;
  /** Gives 0, 1, 2, … once each, to the thread that asks first; starts from 0 again after each barrier. */
  take(): number;
}

/**
 * Work that every thread of a pool does a part of. The arguments are cloned into each thread: numbers, addresses
 * and views of shared buffers. Which thread does which part must not change a bit of the result.
 */
export interface ParallelTask<Args> {
  readonly name: string;
  run(args: Args, worker: WorkerContext): void;
}

/** The threads of one run, on one memory. */
export interface ThreadPool {
  /** How many, the calling one included. */
  readonly size: number;
  /** Runs a task on all threads; returns when every thread has done its part. */
  run<Args>(task: ParallelTask<Args>, args: Args, onFraction: OnFraction): void;
  /** This pool, or the calling thread alone where so many nanoseconds of work end before the other threads wake. */
  forWork(nanoseconds: number): ThreadPool;
}

/** Threads that wait for work. */
export interface Threads {
  /** How many, the calling one included. */
  readonly size: number;
  /** The pool of all of them, which works on this memory from now on. */
  poolOn(memory: WebAssembly.Memory): ThreadPool;
}

/**
 * Nanoseconds of work from which a pool uses more than one thread. Waking a thread and waiting for it at a barrier
 * was measured at 10–25 µs; two threads are ahead of one from some 60 µs of work on.
 */
export const leastParallel = 100_000;

/** A pool of the calling thread alone. */
export function singleThreadPool(memory: WebAssembly.Memory): ThreadPool {
  const kernels = kernelsOn(memory);
  const pool: ThreadPool = {
    size: 1,
    run(task, args, onFraction) {
      let taken = 0;
      task.run(args, {
        rank: 0,
        size: 1,
        memory,
        kernels,
        onFraction,
        barrier() {
          taken = 0;
        },
        take() {
          taken += 1;
          return taken - 1;
        },
      });
    },
    forWork: () => pool,
  };
  return pool;
}
