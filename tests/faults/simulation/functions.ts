import type { StoppedTask } from "../../../jobs/lifecycle/evidence.ts";
import { settle } from "../../../jobs/lifecycle/settle.ts";
import type { Compute, Ports } from "../../../jobs/ports.ts";
import type { workBatch } from "../../../jobs/run/batch.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { limits } from "../../../jobs/timing.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { type Machine, within } from "./machine.ts";
import type { MessageQueue, QueuedMessage } from "./queue.ts";
import type { Task } from "./task.ts";
import type { Watch } from "./watch.ts";

/** Time-outs and schedule as serverless.yml has them. */
const workTimeout = 120_000;
const sweepTimeout = 55_000;
const settleTimeout = 30_000;
const sweepEvery = 60_000;
/** Lambda repeats a failed asynchronous invocation twice, one minute and two minutes later. */
const asyncRetries = [60_000, 120_000];

export interface FunctionsConfig {
  /** MaximumConcurrency of the event source. */
  readonly concurrency: number;
  readonly memoryMiB: number;
}

/** Lambda: the queue's consumer, the schedule of sweep, and settle behind EventBridge. */
export class Functions {
  /** Passes of sweep that came to their end. */
  readonly sweeps: { readonly startedAt: number }[] = [];
  readonly #clock: Clock;
  readonly #adversary: Adversary;
  readonly #queue: MessageQueue;
  readonly #ports: Ports;
  readonly #compute: Compute;
  readonly #config: FunctionsConfig;
  readonly #poisoned: (jobId: string) => boolean;
  readonly #workBatch: typeof workBatch;
  readonly #log: Log;
  readonly #watch: Watch;
  #busy = 0;

  constructor(
    world: { clock: Clock; adversary: Adversary; queue: MessageQueue; log: Log; watch: Watch },
    ports: Ports,
    compute: Compute,
    config: FunctionsConfig,
    poisoned: (jobId: string) => boolean,
    work: typeof workBatch,
  ) {
    this.#workBatch = work;
    this.#log = world.log;
    this.#watch = world.watch;
    this.#clock = world.clock;
    this.#adversary = world.adversary;
    this.#queue = world.queue;
    this.#ports = ports;
    this.#compute = compute;
    this.#config = config;
    this.#poisoned = poisoned;
    this.#queue.onVisible = () => this.#poll();
  }

  startSweeping(): void {
    this.#clock.later(sweepEvery, () => {
      this.startSweeping();
      if (!this.#adversary.strikes("sweep failed to start", undefined)) this.#sweep();
    });
  }

  /** A machine with one function in it. It is killed at its time-out, or by the adversary before. */
  invoke<Value>(
    name: string,
    jobId: string | undefined,
    timeout: number,
    run: (machine: Machine) => Promise<Value>,
  ) {
    const machine = this.machine(name, jobId);
    this.#clock.later(timeout, () => {
      machine.alive = false;
    });
    return { machine, done: within(machine, () => run(machine)) };
  }

  machine(name: string, jobId: string | undefined): Machine {
    const machine: Machine = {
      name,
      jobId,
      memoryMiB: this.#config.memoryMiB,
      alive: true,
      cutUntil: 0,
      outOfMemory: () => {
        machine.alive = false;
      },
    };
    return machine;
  }

  /** The stop event of a task, as EventBridge brings it: lost, late, twice. */
  stopEvent(task: Task, stop: StoppedTask): void {
    const adversary = this.#adversary;
    const { chance } = adversary;
    const { jobId } = task.request;
    if (adversary.strikes("stop event lost", jobId, task.taskArn)) return;
    const copies = adversary.strikes("stop event doubled", jobId, task.taskArn) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = adversary.strikes("stop event late", jobId, task.taskArn);
      const delay = late ? chance.spread(20_000, 400_000) : chance.between(200, 3_000);
      this.#clock.later(delay, () => this.#settle(task, stop, 0));
    }
  }

  #settle(task: Task, stop: StoppedTask, tried: number): void {
    const { jobId, dispatch } = task.request;
    const { machine, done } = this.invoke("settle", jobId, settleTimeout, () =>
      settle({ jobId, dispatch }, stop, this.#ports),
    );
    this.#mayKill("settle killed", machine, 1_000);
    const wait = asyncRetries[tried];
    done.catch(() => {
      if (wait !== undefined) this.#clock.later(wait, () => this.#settle(task, stop, tried + 1));
    });
  }

  #sweep(): void {
    const { machine, done } = this.invoke("sweep", undefined, sweepTimeout, () => sweep(this.#ports));
    this.#mayKill("sweep killed", machine, 3_000);
    const startedAt = this.#clock.now;
    done.then(
      () => this.sweeps.push({ startedAt }),
      () => undefined,
    );
  }

  #poll(): void {
    while (this.#busy < this.#config.concurrency) {
      const batch = this.#receive();
      if (batch.length === 0) return;
      if (this.#adversary.strikes("function throttled", batch[0]?.jobId)) continue;
      if (batch.some(({ jobId }) => this.#poisoned(jobId))) this.#die(batch);
      else this.#work(batch);
    }
  }

  /** What a poller happens to get: one message, or up to ten. */
  #receive(): QueuedMessage[] {
    const batch: QueuedMessage[] = [];
    while (batch.length < limits.batchMessages) {
      const message = this.#queue.receive();
      if (!message) break;
      batch.push(message);
      if (this.#adversary.chance.hit(0.2)) break;
    }
    return batch;
  }

  /** Nothing of ours is reached: what a message does that breaks the function before it looks at the job. */
  #die(batch: readonly QueuedMessage[]): void {
    for (const message of batch) {
      this.#adversary.note("poison message", message.jobId);
      if (!this.#poisoned(message.jobId)) this.#queue.diedWithOthers.add(message.id);
    }
    this.#busy++;
    this.#clock.later(3_000, () => {
      this.#busy--;
      this.#poll();
    });
  }

  #work(batch: readonly QueuedMessage[], again = false): void {
    const adversary = this.#adversary;
    const killedAt = this.#clock.now + workTimeout;
    const deliveries = batch.map(({ id, text, receives }) => ({ id: String(id), text, receives }));
    this.#busy++;
    const jobId = batch.length === 1 ? batch[0]?.jobId : undefined;
    const { machine, done } = this.invoke("work", jobId, workTimeout, () =>
      this.#workBatch(deliveries, { target: "lambda", killedAt }, this.#compute, this.#ports),
    );
    const cut = batch.length > 1 ? "batch killed" : "function killed";
    this.#mayKill("function killed at its start", machine, 10);
    this.#mayKill(cut, machine, batch.length > 1 ? 2_000 : 60_000);
    if (adversary.strikes("function or task cut off", jobId, "work")) {
      this.#clock.later(adversary.chance.spread(10, 20_000), () => {
        machine.cutUntil = this.#clock.now + adversary.chance.spread(5_000, 120_000);
      });
    }
    for (const message of batch) {
      if (!again && adversary.strikes("message doubled at once", message.jobId)) this.#work([message], true);
    }
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      this.#busy--;
      this.#poll();
    };
    // The pollers see a killed function as one that failed, at its time-out at the latest.
    this.#clock.later(workTimeout, end);
    done.then(
      (failed) => {
        const broken = this.#log.broken.get(machine);
        for (const message of batch) {
          if (failed.includes(String(message.id))) continue;
          if (broken?.has(String(message.id))) {
            this.#watch.violated("a message that failed comes again", message.jobId, message.text);
          }
          if (!adversary.strikes("message redelivered after success", message.jobId)) {
            this.#queue.delete(message);
          }
        }
        end();
      },
      () => end(),
    );
  }

  #mayKill(
    fault:
      | "batch killed"
      | "function killed"
      | "function killed at its start"
      | "sweep killed"
      | "settle killed",
    machine: Machine,
    within: number,
  ): void {
    if (!this.#adversary.likely(fault)) return;
    this.#clock.later(this.#adversary.chance.spread(1, within), () => {
      if (!machine.alive || this.#adversary.calm) return;
      this.#adversary.note(fault, machine.jobId);
      machine.alive = false;
    });
  }
}
