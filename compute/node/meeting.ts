/** Where the threads of a crew meet: counters in shared memory, each on a cache line of its own. */
const line = 16;
const at = { done: 0, taken: line, arrived: 2 * line, generation: 3 * line, failed: 4 * line } as const;
const firstThread = 5 * line;

/**
 * Looks before a thread goes to sleep: some 20 µs. The next share of a step, or the last member's arrival, mostly
 * comes within that; waking a sleeper takes as long.
 */
const looks = 2000;

/** The counters of a crew of at most `threads` threads. */
export function newMeeting(threads: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * (firstThread + threads * line)));
}

/** Each thread has a word of its own: 0 until it has signed in, then raised to wake it. */
const wakeWord = (thread: number): number => firstThread + thread * line;

/** Returns once the word is no longer `value`: looks for a moment, then sleeps. */
function waitWhile(words: Int32Array, index: number, value: number): void {
  for (let look = 0; look < looks; look += 1) {
    if (Atomics.load(words, index) !== value) return;
  }
  while (Atomics.load(words, index) === value) Atomics.wait(words, index, value);
}

export function signIn(words: Int32Array, thread: number): void {
  Atomics.store(words, wakeWord(thread), 1);
}

export function hasSignedIn(words: Int32Array, thread: number): boolean {
  return Atomics.load(words, wakeWord(thread)) !== 0;
}

export function wake(words: Int32Array, thread: number): void {
  Atomics.add(words, wakeWord(thread), 1);
  Atomics.notify(words, wakeWord(thread));
}

/** Sleeps until woken; answers what to say the next time. */
export function sleep(words: Int32Array, thread: number, last: number): number {
  waitWhile(words, wakeWord(thread), last);
  return Atomics.load(words, wakeWord(thread));
}

/** Before a share: nobody has taken, arrived, finished or failed. */
export function reset(words: Int32Array): void {
  for (const index of [at.done, at.taken, at.arrived, at.failed]) Atomics.store(words, index, 0);
}

export const take = (words: Int32Array): number => Atomics.add(words, at.taken, 1);

/** @throws Error when another member has failed and will never come */
export function barrier(words: Int32Array, of: number): void {
  const generation = Atomics.load(words, at.generation);
  if (Atomics.add(words, at.arrived, 1) === of - 1) {
    Atomics.store(words, at.arrived, 0);
    Atomics.store(words, at.taken, 0);
    Atomics.add(words, at.generation, 1);
    Atomics.notify(words, at.generation);
  } else {
    waitWhile(words, at.generation, generation);
  }
  if (hasFailed(words)) throw new Error("another thread of the crew failed");
}

/** Lets go whoever waits at a barrier, now and from now on. */
export function fail(words: Int32Array): void {
  Atomics.store(words, at.failed, 1);
  Atomics.add(words, at.generation, 1);
  Atomics.notify(words, at.generation);
}

export const hasFailed = (words: Int32Array): boolean => Atomics.load(words, at.failed) === 1;

export function finish(words: Int32Array): void {
  Atomics.add(words, at.done, 1);
  Atomics.notify(words, at.done);
}

/** Returns when so many have finished. */
export function waitForAll(words: Int32Array, count: number): void {
  for (let done = Atomics.load(words, at.done); done < count; done = Atomics.load(words, at.done)) {
    waitWhile(words, at.done, done);
  }
}
