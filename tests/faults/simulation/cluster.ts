import type { StoppedTask, TaskObservation } from "../../../jobs/lifecycle/evidence.ts";
import type { TaskRequest, Tasks } from "../../../jobs/ports.ts";
import type { Adversary } from "./adversary.ts";
import { BadDays } from "./bad-days.ts";
import type { Clock } from "./clock.ts";
import { within } from "./machine.ts";
import type { Network } from "./network.ts";
import { observation, type StopWords, stoppedTask, type Task } from "./task.ts";
import { threaten } from "./threats.ts";

/** Stopped tasks stay visible for "at least one hour". */
const remembered = 3_600_000;
/** SIGKILL this long after SIGTERM: with what follows, 120 s at most from StopTask to STOPPED. */
const stopTimeout = 90_000;

export interface ClusterEvents {
  /** The container of a task has started: run what is in it; answers its exit code. */
  readonly run: (task: Task) => Promise<number>;
  /** RunTask was asked; before it answers. */
  readonly onAsked: (request: TaskRequest) => void;
  /** The caller was told that Spot has no machine. */
  readonly onNoSpot: (request: TaskRequest) => void;
  readonly onStarted: (task: Task) => void;
  readonly onStopped: (task: Task, stop: StoppedTask) => void;
}

/** ECS on Fargate. */
export class Cluster {
  readonly all = new Map<string, Task>();
  readonly tasks: Tasks;
  readonly #clock: Clock;
  readonly #adversary: Adversary;
  readonly #events: ClusterEvents;
  /** A task above this is refused: the account's vCPU quota. */
  readonly #accountVcpu: number;
  readonly badDays: BadDays;

  constructor(
    clock: Clock,
    network: Network,
    adversary: Adversary,
    accountVcpu: number,
    events: ClusterEvents,
  ) {
    this.#clock = clock;
    this.#adversary = adversary;
    this.#accountVcpu = accountVcpu;
    this.badDays = new BadDays(clock, adversary);
    this.#events = events;
    const jobOf = (taskArn: string) => this.all.get(taskArn)?.request.jobId;
    this.tasks = {
      run: async (request) => {
        try {
          const answer = await network.call("ECS", "RunTask", request.jobId, () => this.#runTask(request));
          if (request.spot && "refusal" in answer && answer.refusal.kind === "capacity") {
            events.onNoSpot(request);
          }
          return answer;
        } catch (error) {
          return { refusal: { kind: "busy", detail: String(error), unsure: true } };
        }
      },
      stop: (taskArn, reason) =>
        network.call("ECS", "StopTask", jobOf(taskArn), () => {
          const task = this.all.get(taskArn);
          if (!task) throw new Error("InvalidParameterException: the referenced task was not found");
          this.shutDown(task, "UserInitiated", reason);
        }),
      describe: (taskArns) =>
        network.call("ECS", "DescribeTasks", undefined, () => {
          const known = taskArns.flatMap((taskArn) => {
            const task = this.all.get(taskArn);
            return task && this.#isKnown(task) ? [[taskArn, this.#seen(task)] as const] : [];
          });
          return new Map(known);
        }),
      running: () =>
        network.call("ECS", "ListTasks", undefined, () =>
          this.notStopped().flatMap((task) => {
            const seen = this.#seen(task);
            if (!this.#isKnown(task) || task.desiredStopped) return [];
            if (seen.state !== "starting" && seen.state !== "running") return [];
            const { taskArn, createdAt, request } = task;
            return [
              { state: seen.state, taskArn, createdAt, jobId: request.jobId, dispatch: request.dispatch },
            ];
          }),
        ),
    };
  }

  notStopped(): Task[] {
    return [...this.all.values()].filter(({ state }) => state !== "stopped");
  }

  /** SIGTERM, and SIGKILL when it does not go by itself. */
  shutDown(task: Task, stopCode: string, stoppedReason: string): void {
    if (task.state === "stopped" || task.desiredStopped) return;
    task.desiredStopped = true;
    const { jobId } = task.request;
    if (!task.container) {
      this.#goneSoon(task, { stopCode, stoppedReason, exitCode: undefined });
      return;
    }
    const deaf = this.#adversary.strikes("task ignores SIGTERM", jobId);
    if (!deaf) within(task.container, () => task.sigterm.abort());
    task.stop = stoppedTask(task, { stopCode, stoppedReason, exitCode: undefined });
    this.#clock.later(stopTimeout, () => this.kill(task, { stopCode, stoppedReason, exitCode: 137 }));
  }

  /** The container is dead at once. */
  kill(task: Task, how: StopWords): void {
    if (task.state === "stopped" || task.container?.alive === false) return;
    if (task.container) task.container.alive = false;
    this.#goneSoon(task, how);
  }

  /** Its network interface and its volume take a while to be taken away. */
  #goneSoon(task: Task, how: StopWords): void {
    const slow = this.#adversary.strikes("task slow to stop", task.request.jobId);
    const [from, to] = slow ? [20_000, 30_000] : [500, 8_000];
    this.#clock.later(this.#adversary.chance.between(from, to), () => this.#stopped(task, how));
  }

  #runTask(request: TaskRequest): Awaited<ReturnType<Tasks["run"]>> {
    const { jobId, dispatch } = request;
    const taskArn = `arn:aws:ecs:eu-west-1:000000000000:task/sluice/${jobId}-${dispatch}`;
    // The clientToken is the launch: a repeat is answered with the task it started, also a stopped one.
    if (this.all.has(taskArn)) return { taskArn };
    this.#events.onAsked(request);
    if (request.cpuUnits / 1024 > this.#accountVcpu) {
      return { refusal: { kind: "shape", detail: "The requested CPU configuration is above your limit" } };
    }
    const adversary = this.#adversary;
    if (this.badDays.refuses(request) || adversary.strikes("RunTask without capacity", jobId)) {
      return { refusal: { kind: "capacity", detail: "Capacity is unavailable at this time" } };
    }
    if (adversary.strikes("RunTask throttled", jobId)) {
      return { refusal: { kind: "busy", detail: "ThrottlingException: Rate exceeded" } };
    }
    const unsure = { refusal: { kind: "busy", detail: "TimeoutError", unsure: true } } as const;
    if (adversary.strikes("RunTask unsure, not started", jobId)) return unsure;
    this.#start(request, taskArn);
    return adversary.strikes("RunTask unsure, started", jobId) ? unsure : { taskArn };
  }

  #start(request: TaskRequest, taskArn: string): void {
    const adversary = this.#adversary;
    const { chance } = adversary;
    const { jobId } = request;
    const { now } = this.#clock;
    const task: Task = {
      request,
      taskArn,
      createdAt: now,
      visibleAt: now + (adversary.strikes("ECS answers of the past", jobId, "new task unseen") ? 10_000 : 0),
      state: "starting",
      past: undefined,
      desiredStopped: false,
      stop: undefined,
      stoppedAt: 0,
      container: undefined,
      sigterm: new AbortController(),
    };
    this.all.set(taskArn, task);
    this.#events.onStarted(task);
    const slow = adversary.strikes("task slow to start", jobId);
    const startsIn = slow ? chance.between(90_000, 240_000) : chance.spread(5_000, 90_000);
    if (this.badDays.failsToStart(request) || adversary.strikes("task failed to start", jobId)) {
      const how = {
        stopCode: "TaskFailedToStart",
        stoppedReason: "Timeout waiting for network interface",
        exitCode: undefined,
      };
      this.#clock.later(startsIn, () => this.#stopped(task, how));
    } else this.#clock.later(startsIn, () => this.#running(task));
  }

  #running(task: Task): void {
    if (task.state !== "starting" || task.desiredStopped) return;
    this.#change(task, "running");
    const { request, taskArn } = task;
    task.container = {
      name: `task ${request.jobId}-${request.dispatch}`,
      jobId: request.jobId,
      memoryMiB: request.memoryMiB,
      alive: true,
      cutUntil: 0,
      outOfMemory: () =>
        this.kill(task, {
          stopCode: "EssentialContainerExited",
          stoppedReason: "OutOfMemoryError: container killed due to memory usage",
          exitCode: 137,
        }),
    };
    threaten(task, this, this.#clock, this.#adversary);
    if (this.#adversary.strikes("task never claims", request.jobId, taskArn)) return;
    void within(task.container, () => this.#events.run(task)).then((exitCode) => {
      if (task.container?.alive === false) return;
      if (this.#adversary.strikes("task never exits", request.jobId, taskArn)) return;
      const asked = task.stop;
      this.kill(task, {
        stopCode: asked?.stopCode ?? "EssentialContainerExited",
        stoppedReason: asked?.stoppedReason ?? "Essential container in task exited",
        exitCode,
      });
    });
  }

  #stopped(task: Task, how: StopWords): void {
    if (task.state === "stopped") return;
    if (task.container) task.container.alive = false;
    this.#change(task, "stopped");
    task.stoppedAt = this.#clock.now;
    task.stop = stoppedTask(task, how);
    this.#events.onStopped(task, task.stop);
  }

  #change(task: Task, state: Task["state"]): void {
    const behind = this.#adversary.strikes(
      "ECS answers of the past",
      task.request.jobId,
      `still ${task.state}`,
    );
    task.past = behind ? { observation: observation(task), until: this.#clock.now + 5_000 } : undefined;
    task.state = state;
  }

  #seen(task: Task): TaskObservation {
    return task.past && this.#clock.now < task.past.until ? task.past.observation : observation(task);
  }

  #isKnown({ visibleAt, state, stoppedAt }: Task): boolean {
    const { now } = this.#clock;
    return visibleAt <= now && (state !== "stopped" || now < stoppedAt + remembered);
  }
}
