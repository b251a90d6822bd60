import { isTerminal } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { cancelJob, getJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import { resultOf } from "../../../jobs/api/result.ts";
import { jobView } from "../../../jobs/api/view.ts";
import { acceptBatch } from "../../../jobs/batches/submit.ts";
import { sha256 } from "../../../jobs/ids.ts";
import type { Compute, Ports } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { madeEarlier } from "../../../jobs/submit/accept.ts";
import { ExpressLoad, express } from "../../../jobs/submit/express.ts";
import { prepare } from "../../../jobs/submit/prepare.ts";
import { submit } from "../../../jobs/submit/submit.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import type { Functions } from "./functions.ts";
import { ServiceFailure } from "./network.ts";
import type { Watch } from "./watch.ts";
import { jobIdOf, type Script } from "./workload.ts";

/** API Gateway gives up after this. */
const httpTimeout = 30_000;

interface CallersWorld {
  readonly clock: Clock;
  readonly adversary: Adversary;
  readonly functions: Functions;
  readonly watch: Watch;
  readonly records: ReadonlyMap<string, Job>;
}

/** People and programs outside: they submit, submit again, poll, read, cancel and retry. */
export class Callers {
  readonly #world: CallersWorld;
  readonly #ports: Ports;
  readonly #compute: Compute;
  /** What was last seen of a job that had ended: it must be seen again. */
  readonly #seen = new Map<string, { run: number; shown: string }>();

  constructor(world: CallersWorld, ports: Ports, compute: Compute) {
    this.#world = world;
    this.#ports = ports;
    this.#compute = compute;
  }

  /** Submits until it is answered, as a client with an Idempotency-Key does. */
  async submit(script: Script): Promise<void> {
    const { clock, adversary } = this.#world;
    const jobId = jobIdOf(script);
    for (let attempt = 0; attempt < 200; attempt++) {
      // One that found its parent FAILED so far: who wants its output now would have to be told.
      if (attempt > 0 && adversary.calm && script.parent) return;
      const answer = await this.#request(
        "submit",
        jobId,
        () => submitted(script, this.#compute, this.#ports),
        (kill) => {
          if (adversary.likely("submit died after Put")) {
            clock.later(adversary.chance.between(8, 30), () => kill("submit died after Put"));
          }
          // Anywhere: before its computation, in it, with the result on its way, with the record on its way.
          if (script.waits && adversary.likely("express killed")) {
            const over = Math.round(script.seconds * 1000) + 30;
            clock.later(adversary.chance.between(1, over), () => kill("express killed"));
          }
        },
      );
      if (answer) this.#holdTo(answer);
      const again = answer === undefined || adversary.chance.hit(0.05);
      if (!again) return;
      await clock.pass(adversary.chance.between(500, 20_000));
    }
  }

  /** One look, as GET /jobs/{jobId} and GET /jobs/{jobId}/result answer it. */
  async poll(script: Script): Promise<void> {
    const jobId = jobIdOf(script);
    await this.#request("get", jobId, async () => {
      const job = await getJob(jobId, script.owner, this.#ports);
      const view = await jobView(job, this.#ports);
      if (!isTerminal(job.status)) return;
      const { status, statusReason, outputs, attempts, error } = view;
      this.#compare(job, JSON.stringify({ status, statusReason, outputs, attempts, error }));
      if (job.status === "COMPLETED") {
        await resultOf(job, "result", ["application/json"], this.#ports);
        this.#world.watch.checkResult(job);
      }
    });
  }

  async cancel(script: Script): Promise<void> {
    const jobId = jobIdOf(script);
    await this.#request("cancel", jobId, () => cancelJob(jobId, script.owner, this.#ports));
  }

  async retry(script: Script): Promise<void> {
    const jobId = jobIdOf(script);
    await this.#request("retry", jobId, () => retryJob(jobId, script.owner, this.#ports));
  }

  /** Whoever was answered can rely on it: the job is there, and if it had ended, it has ended so. */
  #holdTo({ jobId, status, run, worker }: Job): void {
    const record = this.#world.records.get(jobId);
    const same = record?.run !== run || (record.status === status && record.worker === worker);
    if (record && (!isTerminal(status) || same)) return;
    const found = record ? `${record.status} by ${record.worker}` : "nowhere";
    this.#world.watch.violated(
      "an answer is what the record says",
      jobId,
      `answered ${status} by ${worker}, and the record is ${found}`,
    );
  }

  #compare(job: Job, shown: string): void {
    const before = this.#seen.get(job.jobId);
    if (before?.run === job.run && before.shown !== shown) {
      this.#world.watch.violated(
        "a terminal state is final",
        job.jobId,
        `seen ${before.shown}, then ${shown}`,
      );
    }
    this.#seen.set(job.jobId, { run: job.run, shown });
  }

  /** Undefined when there was no answer, or one that says to come again. */
  async #request<Value>(
    name: string,
    jobId: string,
    run: () => Promise<Value>,
    threaten: (kill: (fault: "submit died after Put" | "express killed") => void) => void = () => undefined,
  ): Promise<Value | undefined> {
    const { functions, clock, adversary, watch } = this.#world;
    const { machine, done } = functions.invoke(name, jobId, httpTimeout, run);
    threaten((fault) => {
      if (!machine.alive || adversary.calm) return;
      adversary.note(fault, jobId);
      machine.alive = false;
    });
    const timeout = clock.pass(httpTimeout).then(() => undefined);
    const answered = done.catch((error: unknown) => {
      if (error instanceof Problem || error instanceof ServiceFailure || isBusy(error)) return undefined;
      watch.violated(
        "our code does not break",
        jobId,
        `${name}: ${error instanceof Error ? error.stack : error}`,
      );
      return undefined;
    });
    return Promise.race([answered, timeout]);
  }
}

/** apply() gives up on a job that keeps moving: the caller asks again. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && /moved \d+ times/.test(error.message);
}

/** As functions/batches/submit.ts does. A batch of one: what can go wrong with a job of many can go wrong with it. */
async function batched({ body, owner, key }: Script, ports: Ports): Promise<Job> {
  const idempotency = { requestHash: sha256(JSON.stringify(body)), idempotencyKey: key };
  const { items } = await acceptBatch({ defaults: {}, jobs: [body] }, owner, idempotency, ports);
  const [item] = items;
  if (!item || "problem" in item) throw new Error("a batch without a valid job is refused");
  return item.job;
}

/** As functions/submit.ts does, with the route that a larger matrix would get. */
async function submitted(script: Script, compute: Compute, ports: Ports): Promise<Job> {
  const { body, owner, key, size, target, seconds } = script;
  if (script.batched) return batched(script, ports);
  const checked = validate(submitBody, body);
  const idempotency = { requestHash: sha256(JSON.stringify(body)), idempotencyKey: key };
  const prepared = await prepare(checked, owner, ports).catch(async (error: unknown) => {
    const job = await madeEarlier(owner, idempotency, ports);
    if (!job) throw error;
    return job;
  });
  if ("jobId" in prepared) return prepared;
  const estimate = { ...prepared.route.estimate, seconds };
  const route = size ? { ...prepared.route, ...size, target: "fargate" as const, estimate } : prepared.route;
  const request = { ...prepared, route, requestedTarget: target, labels: {} };
  // Each function is a process of its own.
  const atOnce = script.waits && (await express(request, idempotency, compute, ports, new ExpressLoad()));
  const { job } = atOnce || (await submit(request, idempotency, ports));
  return job;
}
