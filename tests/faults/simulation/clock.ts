import { current, type Machine, within } from "./machine.ts";

/** A planned happening. Done for when cancelled, or when the machine that planned it has died. */
export interface Timer {
  readonly at: number;
  readonly order: number;
  readonly machine: Machine | undefined;
  readonly every: number | undefined;
  action: (() => void) | undefined;
}

/**
 * Virtual time: jumps from one happening to the next, and between two of them lets every promise that
 * can go on go on. A timer belongs to the machine that set it and dies with it.
 */
export class Clock {
  now: number;
  readonly #heap: Timer[] = [];
  #planned = 0;

  constructor(start: number) {
    this.now = start;
  }

  after(milliseconds: number, action: () => void, every?: number, machine = current()): Timer {
    const at = this.now + Math.max(0, Math.round(milliseconds) || 0);
    const timer: Timer = { at, order: this.#planned++, machine, every, action };
    this.#push(timer);
    return timer;
  }

  /** What the world does by itself, whatever becomes of the machine that is running just now. */
  later(milliseconds: number, action: () => void): Timer {
    const timer: Timer = {
      at: this.now + Math.max(0, Math.round(milliseconds)),
      order: this.#planned++,
      machine: undefined,
      every: undefined,
      action,
    };
    this.#push(timer);
    return timer;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** The same in the world: it goes on when the machine has died. */
  pass(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.later(milliseconds, resolve));
  }

  /** Runs until `done`, or until nothing is planned any more. */
  run(done: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          if (done() || !this.#fire()) resolve();
          else setImmediate(step);
        } catch (error) {
          reject(error);
        }
      };
      setImmediate(step);
    });
  }

  /** Fires everything planned for the next moment. False when there is nothing. */
  #fire(): boolean {
    let timer = this.#pop();
    while (timer && !alive(timer)) timer = this.#pop();
    if (!timer) return false;
    this.now = timer.at;
    for (;;) {
      this.#call(timer);
      const next = this.#heap[0];
      if (!next || next.at > this.now) return true;
      timer = this.#pop() as Timer;
    }
  }

  #call(timer: Timer): void {
    if (!alive(timer)) return;
    const { action, every } = timer;
    within(timer.machine, action as () => void);
    if (every === undefined || !timer.action) return;
    // The same object, so that clearInterval still finds it.
    const again = Object.assign(timer, { at: this.now + every, order: this.#planned++ });
    this.#push(again);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent] as Timer)) break;
      heap[at] = heap[parent] as Timer;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && before(right, heap[child] as Timer)) child++;
      if (!before(heap[child] as Timer, last)) break;
      heap[at] = heap[child] as Timer;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function alive({ action, machine }: Timer): boolean {
  return action !== undefined && machine?.alive !== false;
}

/** Puts the clock where the product looks for timers, for as long as `action` takes. */
export async function onVirtualTime<Value>(clock: Clock, action: () => Promise<Value>): Promise<Value> {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const cancel = (timer: Timer | undefined) => {
    if (timer) timer.action = undefined;
  };
  Object.assign(globalThis, {
    setTimeout: (callback: () => void, milliseconds = 0) => clock.after(milliseconds, callback),
    setInterval: (callback: () => void, milliseconds: number) =>
      clock.after(milliseconds, callback, milliseconds),
    clearTimeout: cancel,
    clearInterval: cancel,
  });
  try {
    return await action();
  } finally {
    Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
  }
}
