import { run } from "@sluice/compute";
import { isTerminal } from "@sluice/contract/job";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { getJob } from "../../../jobs/api/own-jobs.ts";
import { sha256 } from "../../../jobs/ids.ts";
import type { Compute, Ports } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { type Delivery, workBatch } from "../../../jobs/run/batch.ts";
import { accept } from "../../../jobs/submit/accept.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import type { Chance } from "../../faults/simulation/chance.ts";
import type { Clock } from "../../faults/simulation/clock.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";
import { handOver, memoryUploads } from "../../support/jobs/objects.ts";
import { Hits } from "./hits.ts";
import { Lambdas } from "./lambdas.ts";
import { limits } from "./limits.ts";
import { EventSource } from "./queue.ts";
import { Rate } from "./rate.ts";
import { Services } from "./services.ts";
import { LimitedTable } from "./table.ts";

/** What a stage may set, what its account may do, and what its table and its bucket have grown to. */
export interface StageSize {
  readonly httpRate: number;
  readonly httpBurst: number;
  /** Of each function behind the API; 0 = none of its own. */
  readonly httpConcurrency: number;
  readonly workConcurrency: number;
  readonly gatewayRequests: number;
  readonly lambdaConcurrency: number;
  readonly tableWrites: number;
  /** S3 splits a bucket by itself under load. */
  readonly s3Partitions: number;
}

/** As serverless.yml has them. */
const timeouts = { http: 29_000, work: 120_000, sweep: 55_000 } as const;
const sweepEvery = 60_000;
/** As infra/stages.yml has it: `submit` has so many more. */
const waitHolders = 100;
/** Milliseconds of a function's own arithmetic, its calls left out: assumed, from this project's bench at 1 GiB. */
const ownWork = { submit: 20, status: 3, work: 8 } as const;

/** One stage with the project's own code in its functions, behind AWS's limits. Nothing breaks by itself. */
export class LimitedStage {
  readonly hits: Hits;
  readonly lambdas: Lambdas;
  readonly table: LimitedTable;
  readonly source: EventSource;
  readonly refused = new Map<number, number>();
  readonly sweeps = { ended: 0, killed: 0 };
  /** Milliseconds from submit to the end, of each job that ended. */
  readonly ends: number[] = [];
  /** Milliseconds from the end of each job to its first event. */
  readonly announced = new Map<string, number>();
  readonly #clock: Clock;
  readonly #gateway: Rate;
  readonly #account: Rate;
  readonly #ports: Ports;
  #submits = 0;

  constructor(clock: Clock, chance: Chance, size: StageSize) {
    this.#clock = clock;
    this.hits = new Hits(clock);
    const { hits } = this;
    const services = new Services(clock, chance, hits);
    const { httpConcurrency } = size;
    const reserved = { submit: httpConcurrency + waitHolders, status: httpConcurrency };
    this.lambdas = new Lambdas(clock, hits, size.lambdaConcurrency, httpConcurrency > 0 ? reserved : {});
    this.#gateway = new Rate(clock, size.httpRate, size.httpBurst);
    this.#account = new Rate(clock, size.gatewayRequests, size.gatewayRequests / 2);
    this.table = new LimitedTable(clock, services, size.tableWrites, (before, after) => {
      if (before && !isTerminal(before.status) && isTerminal(after.status))
        this.ends.push(clock.now - after.createdAt);
    });
    this.source = new EventSource({ clock, services, hits }, size.workConcurrency, (batch) =>
      this.lambdas.invoke("work", timeouts.work, () => this.#work(batch)),
    );
    this.#ports = portsOf(clock, services, this, size);
  }

  start(): void {
    this.source.start();
    this.#sweepEveryMinute();
  }

  /** One caller: a submit, and a look at the job a second later, unless the answer had it ended (`Prefer: wait`). */
  async caller(owner: string, waits: boolean): Promise<void> {
    const asked = this.#clock.now;
    const job = await this.#request("submit", async () => {
      await this.#clock.sleep(ownWork.submit);
      return submitted(owner, String(this.#submits++), waits, this.#ports);
    });
    if (!job) return;
    if (isTerminal(job.status)) {
      this.ends.push(this.#clock.now - asked);
      return;
    }
    await this.#clock.pass(1_000);
    await this.#request("status", async () => {
      await this.#clock.sleep(ownWork.status);
      return getJob(job.jobId, owner, this.#ports);
    });
  }

  /** Undefined when the gateway, Lambda or our own code refused. */
  async #request<Value>(name: string, run: () => Promise<Value>): Promise<Value | undefined> {
    if (!this.#gateway.take()) {
      this.hits.add("httpRate");
      return this.#refuse(429);
    }
    if (!this.#account.take()) {
      this.hits.add("gatewayRequests");
      return this.#refuse(429);
    }
    const done = this.lambdas.invoke(name, timeouts.http, run);
    if (!done) return this.#refuse(503);
    return done.catch(() => this.#refuse(500));
  }

  #refuse(status: number): undefined {
    this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
    return undefined;
  }

  async #work(batch: readonly Delivery[]): Promise<string[]> {
    await this.#clock.sleep(ownWork.work * batch.length);
    const killedAt = this.#clock.now + timeouts.work;
    return workBatch(batch, { target: "lambda", killedAt }, compute, this.#ports);
  }

  #sweepEveryMinute(): void {
    this.#clock.later(sweepEvery, () => {
      this.#sweepEveryMinute();
      this.lambdas
        .invoke("sweep", timeouts.sweep, () => sweep(this.#ports))
        ?.then(
          () => {
            this.sweeps.ended++;
          },
          () => {
            this.sweeps.killed++;
          },
        );
    });
  }
}

const compute: Compute = async ({ operation, params, inputs }) => run(operation, params, inputs as never);

const body = {
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
};
const requestHash = sha256(JSON.stringify(body));

/** With an Idempotency-Key, as a careful client sends it: the job's id, and so its shards, then follow from the seed. */
async function submitted(owner: string, idempotencyKey: string, waits: boolean, ports: Ports): Promise<Job> {
  const idempotency = { requestHash, idempotencyKey };
  const { job } = await accept(
    validate(submitBody, body),
    owner,
    idempotency,
    ports,
    waits ? compute : undefined,
  );
  return job;
}

function portsOf(clock: Clock, services: Services, stage: LimitedStage, size: StageSize): Ports {
  const files = new Map<string, Uint8Array>();
  const puts = new Rate(clock, size.s3Partitions * limits.s3Puts.most);
  const gets = new Rate(clock, size.s3Partitions * limits.s3Gets.most);
  const events = new Rate(clock, limits.putEvents.most);
  const none = async () => [];
  const quiet = () => undefined;
  return {
    store: stage.table.store,
    objects: {
      put: (key, pieces) =>
        services.call(
          "S3",
          () => (puts.take() ? undefined : "s3Puts"),
          () => {
            files.set(key, new Uint8Array(Buffer.concat(pieces)));
          },
        ),
      get: (key, range, open, options) =>
        services.call(
          "S3",
          () => (gets.take() ? undefined : "s3Gets"),
          () => handOver(key, files.get(key), range, open, options),
        ),
      exists: async (key) => files.has(key),
      link: async (key) => key,
    },
    uploads: memoryUploads((key) => files.get(key)),
    queue: stage.source.queue,
    deadLetters: {
      count: async () => 0,
      read: none,
      putBack: async () => undefined,
      remove: async () => undefined,
    },
    tasks: {
      run: async () => ({ refusal: { kind: "capacity", detail: "the simulation has no tasks" } }),
      stop: async () => undefined,
      describe: async () => new Map(),
      running: none,
    },
    slots: {
      take: async () => false,
      release: async () => undefined,
      held: none,
      markMissing: async () => undefined,
      reserveForQueue: async () => undefined,
    },
    waitSlots: { take: async () => undefined },
    log: {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: quiet,
      addContext: quiet,
      scope: (run) => run(),
    },
    metrics: { put: quiet },
    events: {
      put: (ends) =>
        services.call(
          "EventBridge",
          () => (ends.every(() => events.take()) ? undefined : "putEvents"),
          () => {
            for (const { jobId, finishedAt } of ends) {
              const late = clock.now - Date.parse(finishedAt);
              if (!stage.announced.has(jobId)) stage.announced.set(jobId, late);
            }
            return new Map<number, string>();
          },
        ),
    },
    trace: { current: () => "", during: (_part, run) => run() },
    now: () => clock.now,
    // The 2×2 stand for arrays that are too large for the record: those ask most of S3.
    settings: { ...defaultSettings, fargate: false, recordArrays: false },
  };
}
