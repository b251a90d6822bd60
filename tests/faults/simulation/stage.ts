import type { JobEvent } from "@sluice/contract/job-event";
import type { Launch, Ports } from "../../../jobs/ports.ts";
import { workBatch } from "../../../jobs/run/batch.ts";
import { runJob } from "../../../jobs/run/run.ts";
import type { Settings } from "../../../jobs/settings.ts";
import { Adversary } from "./adversary.ts";
import { Bucket } from "./bucket.ts";
import { Callers } from "./callers.ts";
import type { Chance } from "./chance.ts";
import type { Clock } from "./clock.ts";
import { Cluster } from "./cluster.ts";
import { Fairness } from "./fairness.ts";
import { Functions } from "./functions.ts";
import { allowedMemory } from "./largest.ts";
import { Log } from "./log.ts";
import { Network } from "./network.ts";
import { MessageQueue } from "./queue.ts";
import { nameOf, SlotItem } from "./slot-item.ts";
import { Table } from "./table.ts";
import type { Task } from "./task.ts";
import { Watch } from "./watch.ts";
import { jobIdOf, type Script, simulatedCompute } from "./workload.ts";

/** Exit codes as container/main.ts has them. */
const givenBack = 75;
const broke = 70;

/** Breaks the product on purpose, so that it is seen to be caught. */
export type Plant = (ports: Ports) => Ports;

/** One stage of Sluice, whole: emulated AWS, our code in its functions and tasks, and the adversary. */
export class Stage {
  readonly adversary: Adversary;
  readonly network: Network;
  readonly table: Table;
  readonly bucket: Bucket;
  readonly queue: MessageQueue;
  readonly slots: SlotItem;
  readonly cluster: Cluster;
  readonly functions: Functions;
  readonly callers: Callers;
  readonly watch: Watch;
  readonly log: Log;
  readonly settings: Settings;
  readonly ports: Ports;
  /** Jobs whose messages kill whoever receives them. */
  readonly poisoned = new Set<string>();
  readonly clock: Clock;
  readonly #scripts: ReadonlyMap<string, Script>;

  constructor(
    clock: Clock,
    chance: Chance,
    scripts: ReadonlyMap<string, Script>,
    plant: Plant,
    settings: Partial<Settings> = {},
    work: typeof workBatch = workBatch,
  ) {
    this.clock = clock;
    this.#scripts = scripts;
    this.settings = { ...settingsOf(chance), ...settings };
    this.adversary = new Adversary(chance, clock);
    const { adversary } = this;
    this.network = new Network(clock, adversary);
    const accountVcpu = chance.hit(0.2) ? 2 : 4;
    this.watch = new Watch(clock, {
      scriptOf: this.script,
      tasksOf: (jobId) => [...this.cluster.all.values()].filter(({ request }) => request.jobId === jobId),
      hasBeenUnlucky: (script) => script !== undefined && this.watch.unlucky.has(jobIdOf(script)),
      hasDeadLetter: (jobId) => [...this.queue.dead.values()].some((letter) => letter.jobId === jobId),
      file: (key) => this.bucket.files.get(key),
      largestMiB: allowedMemory(Math.min(accountVcpu, this.settings.maxTaskVcpu)),
    });
    this.table = new Table(clock, this.network, adversary, (before, after) =>
      this.watch.onWrite(before, after),
    );
    this.bucket = new Bucket(this.network);
    this.queue = new MessageQueue(clock, this.network, adversary);
    const fairness = new Fairness(
      { clock, adversary, table: this.table, watch: this.watch },
      () => this.functions.sweeps,
      this.settings.maxTasks,
    );
    this.slots = new SlotItem(clock, this.network, this.settings, {
      onTake: (launch) => fairness.onTake(launch),
      onRelease: (launch) => this.#checkRelease(launch),
    });
    this.log = new Log(clock);
    const compute = simulatedCompute(clock, adversary, this.script);
    this.cluster = new Cluster(clock, this.network, adversary, accountVcpu, {
      run: (task) => this.#container(task, compute),
      onAsked: (request) => this.watch.asked(request),
      onNoSpot: (request) => this.watch.spot.refused(request),
      onStarted: (task) => this.#checkStart(task),
      onStopped: (task, stop) => this.functions.stopEvent(task, stop),
    });
    this.ports = plant({
      store: this.table.store,
      objects: this.bucket.objects,
      uploads: this.bucket.uploads,
      queue: this.queue.queue,
      deadLetters: this.queue.deadLetters,
      tasks: this.cluster.tasks,
      slots: this.slots.slots,
      waitSlots: { take: async () => undefined },
      log: this.log,
      metrics: { put: (measures) => this.watch.measured(measures) },
      events: {
        put: (events) =>
          this.network.call("EventBridge", "PutEvents", events[0]?.jobId, () => this.#bus(events)),
      },
      trace: { current: () => "", during: (_part, run) => run() },
      now: () => clock.now,
      settings: this.settings,
    });
    this.functions = new Functions(
      { clock, adversary, queue: this.queue, log: this.log, watch: this.watch },
      this.ports,
      compute,
      { concurrency: chance.between(4, 20), memoryMiB: this.settings.workMemoryMiB },
      (jobId) => this.poisoned.has(jobId),
      work,
    );
    this.callers = new Callers(
      { clock, adversary, functions: this.functions, watch: this.watch, records: this.table.items },
      this.ports,
      compute,
    );
  }

  readonly script = (jobId: string): Script => {
    const script = this.#scripts.get(jobId);
    if (!script) throw new Error(`no script for job ${jobId}`);
    return script;
  };

  /** EventBridge takes each event for itself. */
  #bus(events: readonly JobEvent[]): ReadonlyMap<number, string> {
    const refused = new Map<number, string>();
    for (const [index, event] of events.entries()) {
      if (this.adversary.strikes("event refused", event.jobId)) refused.set(index, "InternalFailure");
      else this.watch.told(event);
    }
    return refused;
  }

  /** container/main.ts: runs the job it was started for and exits with a code. */
  #container(task: Task, compute: Parameters<typeof runJob>[2]): Promise<number> {
    const { request, taskArn, sigterm } = task;
    const machine = { target: "fargate", taskArn, signal: sigterm.signal } as const;
    return runJob(request, machine, compute, this.ports).then(
      (outcome) => (outcome === "released" ? givenBack : 0),
      () => broke,
    );
  }

  /** A slot covers its task from before RunTask until it has stopped. */
  #checkRelease({ jobId, dispatch }: Launch): void {
    const up = this.cluster
      .notStopped()
      .find(({ request }) => request.jobId === jobId && request.dispatch === dispatch);
    if (!up) return;
    const asked = up.desiredStopped ? "asked to stop" : "not asked to stop";
    this.watch.violated(
      "the caps are kept",
      jobId,
      `slot of ${dispatch} given back, its task ${up.state}, ${asked}`,
    );
  }

  #checkStart({ request }: Task): void {
    const { jobId, dispatch } = request;
    if (!this.slots.held.has(nameOf(request))) {
      this.watch.violated("the caps are kept", jobId, `task of ${dispatch} started without a slot`);
    }
    this.#checkCaps();
  }

  #checkCaps(): void {
    const tasks = this.cluster.notStopped();
    const vcpu = tasks.reduce((sum, { request }) => sum + request.cpuUnits / 1024, 0);
    const { maxTasks, maxRunningVcpu } = this.settings;
    if (tasks.length <= maxTasks && vcpu <= maxRunningVcpu) return;
    const jobId = tasks.at(-1)?.request.jobId;
    const held = [...this.slots.held.keys()].join(", ");
    const up = tasks.map(({ request, state }) => `${request.jobId}-${request.dispatch} ${state}`).join(", ");
    const detail = `${tasks.length} tasks with ${vcpu} vCPU, caps ${maxTasks} and ${maxRunningVcpu}; up: ${up}; slots: ${held}`;
    this.watch.violated("the caps are kept", jobId, detail);
  }
}

/** Small caps, so that there is a line to stand in. */
function settingsOf(chance: Chance): Settings {
  const maxTasks = chance.between(5, 12);
  return {
    workMemoryMiB: 1769,
    express: true,
    recordArrays: chance.hit(0.5),
    submitMemoryMiB: 1769,
    fargate: true,
    spot: chance.hit(0.5),
    maxTaskVcpu: 4,
    maxTasks,
    maxRunningVcpu: Math.max(10, maxTasks * chance.between(1, 3)),
    maxSeconds: 21_600,
    retentionDays: 7,
  };
}
