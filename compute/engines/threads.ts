import type { OnFraction } from "../model/on-fraction.ts";
import { type Kernels, kernelsOn } from "./wasm/kernels/kernels.ts";

/** One thread's place among those that work on a share. */
export interface Member {
  /** 0 is the thread that runs the operation. */
  readonly who: number;
  readonly of: number;
  /** The memory that all of them share, and this thread's kernels on it. */
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  /** Progress of the step; listened to on thread 0 alone. */
  readonly onFraction: OnFraction;
  /** Waits for all members: what any wrote before it, all read after it. */
  barrier(): void;
  /** 0, 1, 2, … each to one member, whoever asks first; from 0 again after each barrier. */
  take(): number;
}

/**
 * Work that every member of a crew does its part of. The task is cloned into each thread: numbers, addresses
 * and views of shared buffers. Which member does which part must not change a bit of the result.
 */
export interface Share<Task> {
  readonly name: string;
  run(task: Task, member: Member): void;
}

/** The threads of one run, on one memory. */
export interface Crew {
  /** How many, the calling one included. */
  readonly size: number;
  /** Does a share on all threads; returns when every one of them has done its part. */
  run<Task>(share: Share<Task>, task: Task, onFraction: OnFraction): void;
  /** This crew, or its calling thread alone where work of so many nanoseconds is done before the others wake. */
  worth(nanoseconds: number): Crew;
}

/** Threads that wait for work. */
export interface Threads {
  /** How many, the calling one included. */
  readonly size: number;
  /** Puts all of them to work on this memory from now on. */
  crewOn(memory: WebAssembly.Memory): Crew;
}

/**
 * Waking a thread and meeting it again was measured at 10–25 µs; two threads are ahead of one from some 60 µs
 * of work on.
 */
export const leastShared = 100_000;

/** A crew of the calling thread alone. */
export function soloCrew(memory: WebAssembly.Memory): Crew {
  const kernels = kernelsOn(memory);
  const crew: Crew = {
    size: 1,
    run(share, task, onFraction) {
      let taken = 0;
      share.run(task, {
        who: 0,
        of: 1,
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
    worth: () => crew,
  };
  return crew;
}
