import { isTerminal } from "@sluice/contract/job";
import type { JobEvent } from "@sluice/contract/job-event";
import type { LaunchRefusal, TaskObservation } from "../../../jobs/lifecycle/evidence.ts";
import type { Message } from "../../../jobs/message.ts";
import type {
  DeadLetters,
  HeldSlot,
  ObjectStore,
  Ports,
  Sending,
  Slots,
  TaskRequest,
  Tasks,
} from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import type { Settings } from "../../../jobs/settings.ts";
import type { Measures } from "../../../jobs/telemetry.ts";
import { memoryStore } from "./memory-store.ts";
import { handOver, memoryUploads } from "./objects.ts";

/** The settings of a stage as deployed by default. */
export const defaultSettings: Settings = {
  workMemoryMiB: 1769,
  express: true,
  recordArrays: true,
  submitMemoryMiB: 1769,
  fargate: true,
  spot: false,
  maxTaskVcpu: 4,
  maxTasks: 20,
  maxRunningVcpu: 40,
  maxSeconds: 21_600,
  retentionDays: 7,
};

/** Arrays of all sizes lie in the bucket, so that small ones go the way of large ones. */
export const inBucket = { recordArrays: false } as const;

/** Of every request. */
export const trace = "Root=1-6922f1c0-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1";

/** One task that RunTask started; `observation` is what ECS would say of it now. */
export interface StartedTask {
  readonly request: TaskRequest;
  readonly startedAt: number;
  observation: Exclude<TaskObservation, { state: "missing" }>;
  stopReason?: string;
}

interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** Everything the domain touches, in memory and open to a test's eyes. Time is Date.now(): use fake timers. */
export interface World {
  readonly ports: Ports;
  readonly table: Map<string, Job>;
  readonly bucket: Map<string, Uint8Array>;
  /** Sent and not yet received. */
  readonly messages: Message[];
  /** Texts in the dead-letter queue, and those that somebody is reading just now. */
  readonly dead: string[];
  readonly reading: Set<string>;
  readonly started: StartedTask[];
  readonly slots: Map<string, HeldSlot>;
  /** What the next RunTask calls answer instead of a task. */
  readonly refusals: LaunchRefusal[];
  readonly log: LogLine[];
  /** What was counted, put by put. */
  readonly measures: Measures[];
  /** The ends that were announced. */
  readonly events: JobEvent[];
  /** Every call at a port, in order: `store.update`, `queue.send`, … */
  readonly calls: string[];
  /** Errors to throw, by call; each is thrown once, a function decides every time. */
  readonly broken: Map<string, Error[] | (() => Error | undefined)>;
  /** Every conditional write is applied, its reply lost, and the request repeated, as the SDK would. */
  dropReplies: boolean;
  /** RunTask starts its task and then answers with this refusal: a time-out after success. */
  refusalAfterStart: LaunchRefusal | undefined;
  /** What the queue says of its length; undefined counts `messages`. */
  queueLength: number | undefined;
  freeWaitSlots: number;
  job(jobId: string): Job;
}

export function memoryWorld(settings: Partial<Settings> = {}): World {
  const table = new Map<string, Job>();
  const bucket = new Map<string, Uint8Array>();
  const world: World = {
    table,
    bucket,
    messages: [],
    dead: [],
    reading: new Set(),
    started: [],
    slots: new Map(),
    refusals: [],
    log: [],
    measures: [],
    events: [],
    calls: [],
    broken: new Map(),
    dropReplies: false,
    refusalAfterStart: undefined,
    queueLength: undefined,
    freeWaitSlots: 50,
    job(jobId) {
      const job = table.get(jobId);
      if (!job) throw new Error(`no job ${jobId} in the table`);
      return job;
    },
    ports: {
      store: recorded(
        "store",
        () => world,
        memoryStore(table, () => world.dropReplies),
      ),
      objects: recorded("objects", () => world, memoryObjects(bucket)),
      uploads: recorded(
        "uploads",
        () => world,
        memoryUploads((key) => bucket.get(key)),
      ),
      queue: recorded("queue", () => world, {
        send: async (message: Message) => {
          world.messages.push(message);
        },
        sendMany: async (sendings: readonly Sending[]) => {
          world.messages.push(...sendings.map(({ message }) => message));
          return [];
        },
        waiting: async () => world.queueLength ?? world.messages.length,
      }),
      tasks: recorded(
        "tasks",
        () => world,
        memoryTasks(() => world),
      ),
      deadLetters: recorded(
        "deadLetters",
        () => world,
        memoryDeadLetters(() => world),
      ),
      slots: recorded(
        "slots",
        () => world,
        memorySlots(() => world),
      ),
      waitSlots: recorded("waitSlots", () => world, {
        take: async () => {
          if (world.freeWaitSlots === 0) return undefined;
          world.freeWaitSlots--;
          return async () => {
            world.freeWaitSlots++;
          };
        },
      }),
      log: memoryLog(() => world.log),
      metrics: { put: (measures) => void world.measures.push(measures) },
      events: recorded("events", () => world, {
        put: async (events: readonly JobEvent[]) => {
          world.events.push(...events);
          return new Map<number, string>();
        },
      }),
      trace: { current: () => trace, during: (_part, run) => run() },
      now: () => Date.now(),
      settings: { ...defaultSettings, ...settings },
    },
  };
  return world;
}

/** Notes every call, and throws what the test asked for. */
function recorded<Port extends object>(name: string, world: () => World, port: Port): Port {
  return new Proxy(port, {
    get(target, method) {
      const call = `${name}.${String(method)}`;
      return async (...parameters: unknown[]) => {
        world().calls.push(call);
        const planned = world().broken.get(call);
        const error = typeof planned === "function" ? planned() : planned?.shift();
        if (error) throw error;
        const action: unknown = Reflect.get(target, method);
        if (typeof action !== "function") throw new Error(`${call} is not a method of the port`);
        return action.apply(target, parameters);
      };
    },
  });
}

function memoryObjects(bucket: Map<string, Uint8Array>): ObjectStore {
  return {
    async put(key, pieces, signal) {
      signal?.throwIfAborted();
      bucket.set(key, new Uint8Array(Buffer.concat(pieces)));
    },
    get: async (key, range, open, options) => handOver(key, bucket.get(key), range, open, options),
    exists: async (key) => bucket.has(key),
    link: async (key, fileName) => `https://bucket.test/${key}?name=${fileName}`,
  };
}

/** ECS as far as the domain sees it: a clientToken starts one task, a stop is a stop. */
function memoryTasks(world: () => World): Tasks {
  const find = (taskArn: string) => world().started.find((task) => task.observation.taskArn === taskArn);
  return {
    async run(request) {
      const refusal = world().refusals.shift();
      if (refusal) return { refusal };
      const token = `${request.jobId}-${request.dispatch}`;
      const taskArn = `arn:aws:ecs:eu-west-1:000000000000:task/test/${token}`;
      if (!find(taskArn)) {
        const observation = { state: "starting", taskArn } as const;
        world().started.push({ request, startedAt: Date.now(), observation });
      }
      return world().refusalAfterStart
        ? { refusal: world().refusalAfterStart as LaunchRefusal }
        : { taskArn };
    },
    async stop(taskArn, reason) {
      const task = find(taskArn);
      if (!task) throw new Error(`InvalidParameterException: the referenced task was not found`);
      task.stopReason = reason;
      if (task.observation.state !== "stopped") task.observation = stoppedTask(taskArn, "UserInitiated");
    },
    describe: async (taskArns) =>
      new Map(
        taskArns.flatMap((taskArn) => {
          const task = find(taskArn);
          return task ? [[taskArn, task.observation] as const] : [];
        }),
      ),
    running: async () =>
      world().started.flatMap(({ request: { jobId, dispatch }, observation, startedAt }) => {
        const { state, taskArn } = observation;
        return state === "stopped" ? [] : [{ state, taskArn, jobId, dispatch, createdAt: startedAt }];
      }),
  };
}

/** The caps, counted by launch. */
function memorySlots(world: () => World): Slots {
  let lineUntil = 0;
  const key = ({ jobId, dispatch }: { jobId: string; dispatch: number }) => `${jobId}-${dispatch}`;
  return {
    async take(launch, vcpu, waited) {
      const { slots, ports } = world();
      const { maxTasks, maxRunningVcpu } = ports.settings;
      const mine = slots.get(key(launch));
      if (mine) {
        const { missing: _, ...rest } = mine;
        slots.set(key(launch), rest);
        return true;
      }
      const taken = [...slots.values()].reduce((sum, slot) => sum + slot.vcpu, 0);
      if (slots.size >= maxTasks || taken + vcpu > maxRunningVcpu) return false;
      if (!waited && lineUntil > Date.now()) return false;
      slots.set(key(launch), { jobId: launch.jobId, dispatch: launch.dispatch, vcpu });
      return true;
    },
    async release(launch, missing) {
      const mine = world().slots.get(key(launch));
      if (missing && mine?.missing?.seen !== missing.seen) return;
      world().slots.delete(key(launch));
    },
    held: async () => [...world().slots.values()],
    async markMissing(launch, missing) {
      const slot = world().slots.get(key(launch));
      if (!slot) return;
      const { missing: _, ...rest } = slot;
      world().slots.set(key(launch), missing ? { ...rest, missing } : rest);
    },
    async reserveForQueue(until) {
      lineUntil = Math.max(lineUntil, until);
    },
  };
}

/** A message that is being read is hidden from other readers until it is given back. */
function memoryDeadLetters(world: () => World): DeadLetters {
  return {
    count: async () => world().dead.length,
    async read(limit) {
      const { dead, reading } = world();
      const free = dead.filter((text) => !reading.has(text)).slice(0, limit);
      for (const text of free) reading.add(text);
      return free.map((text) => ({ handle: text, text, sentAt: Date.now() }));
    },
    async putBack(letters) {
      for (const { handle } of letters) world().reading.delete(handle);
    },
    async remove({ handle }) {
      world().dead.splice(world().dead.indexOf(handle), 1);
      world().reading.delete(handle);
    },
  };
}

export function stoppedTask(
  taskArn: string,
  stopCode: string,
  more: Partial<Extract<TaskObservation, { state: "stopped" }>> = {},
): Extract<TaskObservation, { state: "stopped" }> {
  return { state: "stopped", taskArn, stopCode, stoppedReason: "", containerReason: "", ...more };
}

function memoryLog(lines: () => LogLine[]): Ports["log"] {
  const write = (level: LogLine["level"]) => (message: string, fields: Record<string, unknown>) => {
    lines().push({ level, message, fields });
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    addContext: () => undefined,
    scope: (run) => run(),
  };
}

/** Jobs that would hang for ever: not terminal, and nothing will ever look at them. */
export function forgotten({ table }: World): Job[] {
  return [...table.values()].filter(({ status, dueAt }) => !isTerminal(status) && dueAt === undefined);
}
