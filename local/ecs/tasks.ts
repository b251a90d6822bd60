import { randomUUID } from "node:crypto";
import type { Log } from "../log.ts";
import type { EcsFaults } from "./faults.ts";
import type { Cluster, Container, RunTaskInput, StopCode, Task, TaskDefinition } from "./model.ts";
import { startTaskProcess, type TaskProcess } from "./task-process.ts";

/** Stopped tasks stay visible for an hour, as at AWS. */
const visibleAfterStopMs = 3_600_000;

const outOfMemory = "OutOfMemoryError: Container killed due to memory usage";

const now = (): number => Date.now() / 1000;

interface Entry {
  readonly task: Task;
  readonly definition: TaskDefinition;
  process?: TaskProcess;
  /** Set by whoever stops the task; else the container's own end is the reason. */
  stopping?: { readonly code: StopCode; readonly reason: string } | undefined;
  readonly stopped: Promise<void>;
}

export interface TasksOptions {
  readonly environmentOf: (task: Task) => Readonly<Record<string, string>>;
  readonly onChange: (task: Task) => void;
  readonly failsToStart: NonNullable<EcsFaults["start"]>;
  readonly log: Log;
}

/** The tasks of one cluster: each a child process, from PROVISIONING to STOPPED. */
export class Tasks {
  readonly #entries = new Map<string, Entry>();
  readonly #options: TasksOptions;
  readonly #cluster: Cluster;
  readonly #region: string;

  constructor(cluster: Cluster, options: TasksOptions) {
    this.#cluster = cluster;
    this.#region = cluster.arn.split(":")[3] ?? "";
    this.#options = options;
  }

  get(taskArnOrId: string): Task | undefined {
    return this.#find(taskArnOrId)?.task;
  }

  pid(taskArn: string): number | undefined {
    return this.#find(taskArn)?.process?.pid;
  }

  list(): Task[] {
    const oldest = Date.now() - visibleAfterStopMs;
    for (const [arn, { task }] of this.#entries) {
      if (task.stoppedAt !== undefined && task.stoppedAt * 1000 < oldest) this.#entries.delete(arn);
    }
    return [...this.#entries.values()].map(({ task }) => task);
  }

  /** Resolves when the task is STOPPED. */
  async stopped(taskArn: string): Promise<void> {
    await this.#find(taskArn)?.stopped;
  }

  run(definition: TaskDefinition, input: RunTaskInput): Task {
    const task = this.#provision(definition, input);
    let finish = (): void => {};
    const stopped = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const entry: Entry = { task, definition, stopped };
    this.#entries.set(task.taskArn, entry);
    // After the answer to RunTask, which shows the task as PROVISIONING.
    setImmediate(() => {
      this.#live(entry)
        .catch((error: Error) => this.#options.log.say("ecs", `${task.taskArn}: ${error.stack}`))
        .finally(finish);
    });
    return task;
  }

  stop(task: Task, code: StopCode, reason: string): void {
    const entry = this.#entries.get(task.taskArn);
    if (!entry || entry.stopping || task.lastStatus === "STOPPED") return;
    entry.stopping = { code, reason };
    task.desiredStatus = "STOPPED";
    task.stoppingAt = now();
    task.stopCode = code;
    task.stoppedReason = reason;
    this.#changed(task);
    entry.process?.stop(entry.definition.stopTimeoutSeconds);
  }

  /** SIGTERM to all, SIGKILL to what is left after `seconds`; resolves when all are gone. */
  async close(seconds: number): Promise<void> {
    const live = [...this.#entries.values()].filter(({ task }) => task.lastStatus !== "STOPPED");
    for (const entry of live) {
      entry.stopping ??= { code: "TerminationNotice", reason: "The local cloud is stopping." };
      entry.process?.stop(seconds);
    }
    await Promise.all(live.map(({ stopped }) => stopped));
  }

  #find(taskArnOrId: string): Entry | undefined {
    return this.#entries.get(taskArnOrId) ?? this.#entries.get(this.#arn(taskArnOrId));
  }

  #arn(id: string): string {
    return `${this.#cluster.arn.replace(":cluster/", ":task/")}/${id}`;
  }

  #provision(definition: TaskDefinition, input: RunTaskInput): Task {
    const taskArn = this.#arn(randomUUID().replaceAll("-", ""));
    const container: Container = {
      containerArn: `${taskArn.replace(":task/", ":container/")}/${randomUUID()}`,
      taskArn,
      name: definition.containerName,
      lastStatus: "PENDING",
    };
    const provider = input.capacityProviderStrategy?.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0];
    return {
      taskArn,
      clusterArn: this.#cluster.arn,
      taskDefinitionArn: definition.arn,
      group: input.group ?? `family:${definition.family}`,
      ...(input.startedBy === undefined ? {} : { startedBy: input.startedBy }),
      launchType: "FARGATE",
      ...(provider ? { capacityProviderName: provider.capacityProvider } : {}),
      platformVersion: "1.4.0",
      availabilityZone: `${this.#region}a`,
      cpu: input.overrides?.cpu ?? definition.cpu,
      memory: input.overrides?.memory ?? definition.memory,
      overrides: { containerOverrides: [], ...input.overrides },
      tags: input.tags ?? [],
      containers: [container],
      createdAt: now(),
      lastStatus: "PROVISIONING",
      desiredStatus: "RUNNING",
      version: 1,
    };
  }

  async #live(entry: Entry): Promise<void> {
    const { task, definition } = entry;
    const { log, environmentOf, failsToStart } = this.#options;
    const id = task.taskArn.slice(-8);
    const startedAt = Date.now();
    task.lastStatus = "PENDING";
    this.#changed(task);
    try {
      const args = await definition.command();
      entry.stopping ??= failsToStart(task);
      if (entry.stopping) return this.#end(entry, undefined);
      entry.process = await startTaskProcess(
        {
          source: `task ${id}`,
          args,
          environment: environmentOf(task),
          memoryMiB: Number(task.memory),
        },
        log,
      );
    } catch (error) {
      entry.stopping = { code: "TaskFailedToStart", reason: `CannotStartContainerError: ${String(error)}` };
      return this.#end(entry, undefined);
    }
    task.lastStatus = "RUNNING";
    task.startedAt = now();
    for (const container of task.containers) container.lastStatus = "RUNNING";
    this.#changed(task);
    log.say(
      `task ${id}`,
      `started (${Number(task.cpu) / 1024} vCPU, ${task.memory} MiB) ${task.startedBy ?? ""}`,
    );
    // It was stopped while its process was being started.
    if (entry.stopping) entry.process.stop(definition.stopTimeoutSeconds);

    const exit = await entry.process.exited;
    this.#end(entry, exit.exitCode, exit.outOfMemory ? outOfMemory : undefined);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    log.say(
      `task ${id}`,
      `stopped after ${seconds} s, exit code ${exit.exitCode}${exit.outOfMemory ? ", out of memory" : ""}`,
    );
  }

  #end(entry: Entry, exitCode: number | undefined, reason?: string): void {
    const { task } = entry;
    for (const container of task.containers) {
      container.lastStatus = "STOPPED";
      if (exitCode !== undefined) container.exitCode = exitCode;
      if (reason !== undefined) container.reason = reason;
    }
    task.lastStatus = "STOPPED";
    task.desiredStatus = "STOPPED";
    task.executionStoppedAt = now();
    task.stoppedAt = now();
    task.stopCode = entry.stopping?.code ?? "EssentialContainerExited";
    task.stoppedReason = entry.stopping?.reason ?? "Essential container in task exited";
    this.#changed(task);
  }

  #changed(task: Task): void {
    task.version += 1;
    this.#options.onChange(task);
  }
}
