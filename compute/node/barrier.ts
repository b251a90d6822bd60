/**
 * How the threads of a pool wait for one another: counters in shared memory, each on a cache line of its own, so that
 * a write to one does not slow the readers of another.
 */
const line = 16;
const at = { done: 0, taken: line, arrived: 2 * line, generation: 3 * line, failed: 4 * line } as const;
const firstThread = 5 * line;

/**
 * A thread polls this often before it sleeps: some 20 µs. The next task of a step, or the last thread at a barrier,
 * mostly comes within that; waking a sleeping thread takes as long.
 */
const spins = 2000;

/** The counters of a pool of at most `threads` threads. */
export function newCounters(threads: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * (firstThread + threads * line)));
}

/** Each thread has a word of its own: 0 until it registers, then raised to wake it. */
const wakeWord = (thread: number): number => firstThread + thread * line;

/** Returns once the word is no longer `value`: polls for a moment, then sleeps. */
function waitWhile(counters: Int32Array, index: number, value: number): void {
  for (let spin = 0; spin < spins; spin += 1) {
    if (Atomics.load(counters, index) !== value) return;
  }
  while (Atomics.load(counters, index) === value) Atomics.wait(counters, index, value);
}

/** Marks a thread as started: from now on the pool gives it work. */
export function register(counters: Int32Array, thread: number): void {
  Atomics.store(counters, wakeWord(thread), 1);
}

export function isRegistered(counters: Int32Array, thread: number): boolean {
  return Atomics.load(counters, wakeWord(thread)) !== 0;
}

export function wake(counters: Int32Array, thread: number): void {
  Atomics.add(counters, wakeWord(thread), 1);
  Atomics.notify(counters, wakeWord(thread));
}

/**
 * Sleeps until the thread is woken.
 * @param last what the call before returned, 1 for the first
 */
export function sleep(counters: Int32Array, thread: number, last: number): number {
  waitWhile(counters, wakeWord(thread), last);
  return Atomics.load(counters, wakeWord(thread));
}

/** Sets the counters back before a task: no thread has taken a piece, arrived, finished or failed. */
export function reset(counters: Int32Array): void {
  for (const index of [at.done, at.taken, at.arrived, at.failed]) Atomics.store(counters, index, 0);
}

export const take = (counters: Int32Array): number => Atomics.add(counters, at.taken, 1);

/** @throws Error when another thread has failed and will never arrive */
export function arriveAndWait(counters: Int32Array, size: number): void {
  const generation = Atomics.load(counters, at.generation);
  if (Atomics.add(counters, at.arrived, 1) === size - 1) {
    Atomics.store(counters, at.arrived, 0);
    Atomics.store(counters, at.taken, 0);
    Atomics.add(counters, at.generation, 1);
    Atomics.notify(counters, at.generation);
  } else {
    waitWhile(counters, at.generation, generation);
  }
  if (hasFailed(counters)) throw new Error("another thread of the pool failed");
}

/** Releases the threads that wait at a barrier, now and for the rest of the task. */
export function fail(counters: Int32Array): void {
  Atomics.store(counters, at.failed, 1);
  Atomics.add(counters, at.generation, 1);
  Atomics.notify(counters, at.generation);
}

export const hasFailed = (counters: Int32Array): boolean => Atomics.load(counters, at.failed) === 1;

export function finish(counters: Int32Array): void {
  Atomics.add(counters, at.done, 1);
  Atomics.notify(counters, at.done);
}

/** Returns when so many threads have finished. */
export function waitForAll(counters: Int32Array, count: number): void {
  for (let done = Atomics.load(counters, at.done); done < count; done = Atomics.load(counters, at.done)) {
    waitWhile(counters, at.done, done);
  }
}
