import { mostTimes, refusedEngines } from "@sluice/compute";
import type { Allocate } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { lanes } from "../lanes/table.ts";
import { afterTerminalWrite, type Publish } from "../lifecycle/completion.ts";
import type { Evidence, Finish } from "../lifecycle/evidence.ts";
import { write } from "../lifecycle/write.ts";
import type { Message } from "../message.ts";
import type { Compute, Ports } from "../ports.ts";
import { attemptCount, type Job } from "../record.ts";
import { limits } from "../timing.ts";
import { readInputs, shared, writeOutputs } from "./arrays.ts";
import { claim, type Machine, threadsOf } from "./claim.ts";
import { EarlyInputs } from "./early-inputs.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { Stopped } from "./stopped.ts";

/** completed, failed: this worker ended the job. released: it gave the job back. lost: the job is not, or no longer, its own. */
export type RunOutcome = "completed" | "failed" | "released" | "lost";

type RunPorts = Pick<
  Ports,
  "store" | "objects" | "queue" | "tasks" | "log" | "metrics" | "events" | "trace" | "now" | "settings"
>;

/**
 * Runs one job on this machine, on both lanes: claim, read, compute, write, finish. Every write is
 * fenced by the dispatch, so a job that moved on is left alone and a loser deletes nothing.
 * A failure of the job's own is recorded; a failure of ours gives the job back.
 *
 * @throws only when not even giving the job back could be written: the lease then runs out
 */
export async function runJob(
  { jobId, dispatch, reads }: Pick<Message, "jobId" | "dispatch" | "reads">,
  machine: Machine,
  compute: Compute,
  ports: RunPorts,
  publish?: Publish,
): Promise<RunOutcome> {
  ports.log.addContext({ jobId, dispatch });
  // Several threads need shared memory. One thread gets its arrays by transfer, and frees them when it ends.
  const allocate = threadsOf(machine) > 1 ? shared : undefined;
  const early = new EarlyInputs(reads, ports.objects, allocate);
  try {
    const job = await ports.trace.during("claim", () => claim(jobId, dispatch, machine, ports));
    return job ? await runClaimed(job, machine, compute, { ...ports, early, allocate, publish }) : "lost";
  } finally {
    early.stop();
  }
}

interface Claimed extends RunPorts {
  readonly early: EarlyInputs;
  readonly allocate: Allocate | undefined;
  readonly publish: Publish | undefined;
}

async function runClaimed(job: Job, machine: Machine, compute: Compute, ports: Claimed): Promise<RunOutcome> {
  const { trace, early, allocate } = ports;
  const { jobId, dispatch } = job;
  const context = { jobId, dispatch, operation: job.operation };
  ports.log.info("job claimed", { ...context, target: machine.target });
  for (const { name, reason } of refusedEngines())
    ports.log.warn("engine not used", { ...context, name, reason });
  const beat = startHeartbeat(job, machine, ports);
  try {
    const { signal } = beat;
    const threads = threadsOf(machine);
    const inputs = await trace.during("read", () =>
      readInputs(job, ports.objects, { signal, allocate, early }),
    );
    const watch = { signal, onProgress: beat.progress, mayBlock: mayBlock(job, machine) };
    const work = { operation: job.operation, params: job.params, inputs, threads };
    const results = await trace.during("compute", () =>
      compute(work, watch).catch((error: unknown) => {
        throw error instanceof Problem || beat.signal.aborted ? error : new ComputeFailed(error);
      }),
    );
    beat.signal.throwIfAborted();
    const outputs = await trace.during("write", () =>
      writeOutputs(jobId, String(dispatch), results, ports, signal),
    );
    return await finish(job, { outputs }, ports);
  } catch (error) {
    if (error instanceof Problem) {
      ports.log.info("job failed", { ...context, code: error.code, detail: error.message });
      return await finish(job, { error: { code: error.code, message: error.message } }, ports);
    }
    return await giveBack(job, beat.signal.aborted ? beat.signal.reason : error, ports, context);
  } finally {
    await beat.stop();
  }
}

/**
 * Only a computation that is short whatever its values are, on its first attempt, may block the thread that beats, as
 * nothing can stop it there: a prediction that was wrong once is not trusted again.
 */
function mayBlock(job: Job, { target }: Machine): boolean {
  const longest = job.route.estimate.seconds * mostTimes(job.operation, job.params);
  const short = longest < limits.blockingSeconds;
  return lanes[target].mayBlock && attemptCount(job) === 1 && short;
}

/** Writes the result or the error, if the job is still this worker's. */
async function finish(job: Job, end: Finish, ports: Claimed): Promise<RunOutcome> {
  const written = await write(job, { kind: "finished", end }, ports);
  const { jobId, dispatch } = job;
  if (!written?.ok) {
    const status = written?.job?.status;
    ports.log.warn("job moved on before it was finished", { jobId, dispatch, status });
    return "lost";
  }
  const { startedAt = 0, finishedAt = startedAt, route } = written.job;
  const outcome = "outputs" in end ? "completed" : "failed";
  const seconds = (finishedAt - startedAt) / 1000;
  ports.log.info(`job ${outcome}`, { jobId, dispatch, seconds, predicted: route.estimate.seconds });
  await afterTerminalWrite(written.job, ports, ports.publish);
  return outcome;
}

/** The job did not end here: the record says so at once instead of when the lease expires. */
async function giveBack(
  job: Job,
  error: unknown,
  ports: Claimed,
  context: Record<string, unknown>,
): Promise<RunOutcome> {
  const { cause, detail } = causeOf(error);
  if (cause === "lost") return "lost";
  ports.log.warn("job given back", { ...context, cause, error });
  const evidence: Evidence = cause === "deadline" ? { kind: cause } : { kind: "released", cause, detail };
  // A stop-task effect is left out: this worker's own task ends by itself.
  const written = await write(job, evidence, ports);
  if (!written?.ok) return "lost";
  await afterTerminalWrite(written.job, ports, ports.publish);
  return written.job.status === "FAILED" ? "failed" : "released";
}

/** What the computation threw: not a Problem, so no fault of the job's that the operation knows of. */
class ComputeFailed extends Error {
  override readonly name = "ComputeFailed";

  constructor(cause: unknown) {
    super(`the computation failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Why the job is given back, and in words for the caller: the error itself is in the log. */
function causeOf(error: unknown): { cause: Stopped["why"]; detail: string } {
  if (error instanceof Stopped) return { cause: error.why, detail: error.message };
  if (isOutOfMemory(error)) return { cause: "out-of-memory", detail: "the attempt ran out of memory" };
  if (error instanceof ComputeFailed) return { cause: "crashed", detail: "the computation crashed" };
  return { cause: "our-fault", detail: "the attempt failed on our side" };
}

/** An array that could not be allocated, here or in the compute thread, or a thread whose heap was full. */
function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") return true;
  if (error instanceof RangeError && /allocation failed/i.test(error.message)) return true;
  return isOutOfMemory(error.cause);
}
