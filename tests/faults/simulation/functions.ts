import type { StoppedTask } from "../../../jobs/lifecycle/evidence.ts";
import { settle } from "../../../jobs/lifecycle/settle.ts";
import { parseMessage } from "../../../jobs/message.ts";
import type { Compute, Ports } from "../../../jobs/ports.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import { type Machine, within } from "./machine.ts";
import type { MessageQueue, QueuedMessage } from "./queue.ts";
import type { Task } from "./task.ts";

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
  #busy = 0;

  constructor(
    world: { clock: Clock; adversary: Adversary; queue: MessageQueue },
    ports: Ports,
    compute: Compute,
    config: FunctionsConfig,
    poisoned: (jobId: string) => boolean,
  ) {
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
      const message = this.#queue.receive();
      if (!message) return;
      if (this.#adversary.strikes("function throttled", message.jobId)) continue;
      if (this.#poisoned(message.jobId)) this.#die(message);
      else this.#work(message);
    }
  }

  /** Nothing of ours is reached: what a message does that breaks the function before it looks at the job. */
  #die({ jobId }: QueuedMessage): void {
    this.#adversary.note("poison message", jobId);
    this.#busy++;
    this.#clock.later(3_000, () => {
      this.#busy--;
      this.#poll();
    });
  }

  #work(message: QueuedMessage, again = false): void {
    const adversary = this.#adversary;
    const { jobId } = message;
    const killedAt = this.#clock.now + workTimeout;
    this.#busy++;
    const { machine, done } = this.invoke("work", jobId, workTimeout, () =>
      work(parseMessage(message.text), { target: "lambda", killedAt }, this.#compute, this.#ports),
    );
    this.#mayKill("function killed at its start", machine, 10);
    this.#mayKill("function killed", machine, 60_000);
    if (adversary.strikes("function or task cut off", jobId, "work")) {
      this.#clock.later(adversary.chance.spread(10, 20_000), () => {
        machine.cutUntil = this.#clock.now + adversary.chance.spread(5_000, 120_000);
      });
    }
    if (!again && adversary.strikes("message doubled at once", jobId)) this.#work(message, true);
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
      () => {
        if (!adversary.strikes("message redelivered after success", jobId)) this.#queue.delete(message);
        end();
      },
      () => end(),
    );
  }

  #mayKill(
    fault: "function killed" | "function killed at its start" | "sweep killed" | "settle killed",
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
