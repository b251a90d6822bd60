import { AsyncLocalStorage } from "node:async_hooks";

/** Something that runs our code and may die of it: an invocation of a function, a task's container. */
export interface Machine {
  readonly name: string;
  readonly jobId: string | undefined;
  readonly memoryMiB: number;
  /** False from the moment it is killed: its timers never fire, its calls never return. */
  alive: boolean;
  /** Until then it reaches nothing: calls hang or fail. */
  cutUntil: number;
  /** How it dies when it runs out of memory. */
  outOfMemory: () => void;
}

const running = new AsyncLocalStorage<Machine | undefined>();

/** The machine whose code is running now: follows its promises and its timers. */
export function current(): Machine | undefined {
  return running.getStore();
}

export function within<Value>(machine: Machine | undefined, action: () => Value): Value {
  return running.run(machine, action);
}

/** What a dead machine's promises come to. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
