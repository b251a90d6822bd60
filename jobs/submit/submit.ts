import type { Arrays } from "@sluice/compute";
import { Problem } from "@sluice/contract/problem";
import { idForKey, randomId } from "../ids.ts";
import { subscribeToParents } from "../lifecycle/dependents.ts";
import { messageOf } from "../lifecycle/effects.ts";
import { type NewJob, newJob } from "../lifecycle/new-job.ts";
import { logContext } from "../log-context.ts";
import type { Message } from "../message.ts";
import type { Ports } from "../ports.ts";
import { type Job, parentsOf } from "../record.ts";
import type { PreparedJob } from "./prepare.ts";
import { storedInputs } from "./stored-inputs.ts";

/** How a repeated request is recognised. */
export interface Idempotency {
  /** SHA-256 of the request as it came. */
  readonly requestHash: string;
  readonly idempotencyKey?: string;
  /** Where the request has been given its id already; without a key it is else drawn anew. */
  readonly jobId?: string;
}

export interface Accepted {
  readonly job: Job;
  /** Whether an earlier request with the same Idempotency-Key had made it. */
  readonly replayed: boolean;
  /** Its outputs, where they are at hand. */
  readonly results?: Arrays;
}

export function jobIdOf(owner: string, { idempotencyKey, jobId }: Idempotency): string {
  return jobId ?? (idempotencyKey === undefined ? randomId() : idForKey(owner, idempotencyKey));
}

/**
 * Makes a job durable and sends it: input to S3, unless the record holds it; then, side by side, record to DynamoDB and message to SQS. A message
 * that comes first waits for the record, and without one it does nothing. A failed Send is not an error: the record is
 * due, and sweep sends it within a minute. A job whose inputs others have yet to make is not sent: the end of the
 * last of those does that.
 *
 * With an Idempotency-Key the job of an earlier request is looked for while the input is on its way. A repeated request
 * writes the same bytes under the same key again; what a refused one sent lies under a key of its own, which no record
 * names, and goes by the bucket's lifecycle rules.
 *
 * @throws Problem `idempotency-conflict` when that earlier request was another one
 */
export async function submit(
  prepared: PreparedJob,
  idempotency: Idempotency,
  ports: Pick<
    Ports,
    "store" | "objects" | "queue" | "tasks" | "log" | "metrics" | "trace" | "now" | "settings"
  >,
): Promise<Accepted> {
  const { requestHash, idempotencyKey } = idempotency;
  const jobId = jobIdOf(prepared.owner, idempotency);
  const inputs = storedInputs(jobId, requestHash, prepared, ports);
  const { job, message } = draft(prepared, { jobId, requestHash, inputs: inputs.refs }, ports);
  ports.log.addContext(logContext(job));
  const [earlier, stored] = await Promise.allSettled([
    idempotencyKey === undefined ? undefined : ports.store.get(jobId),
    inputs.put(ports.objects),
  ]);
  if (earlier.status === "rejected") throw earlier.reason;
  if (earlier.value) return replayOf(earlier.value, idempotency, ports);
  if (stored.status === "rejected") throw stored.reason;
  const [created, sent] = await Promise.allSettled([
    ports.store.create(job),
    message && ports.queue.send(message, job.trace),
  ]);
  if (created.status === "rejected") throw created.reason;
  if (!created.value.created) return replayOf(created.value.existing, idempotency, ports);
  ports.metrics.put({ JobsAccepted: 1 });
  const accepted = { ...logContext(job), operation: job.operation, target: job.route.target };
  if (!message) {
    ports.log.info("job accepted: it waits for its inputs", { ...accepted, parents: parentsOf(job) });
    await subscribeToParents(job, ports);
  } else if (sent.status === "fulfilled") ports.log.info("job accepted", accepted);
  else {
    const { reason: error } = sent;
    ports.log.error("job accepted but not sent: sweep will send it", { ...accepted, error });
  }
  return { job, replayed: false };
}

/** A new job's record and message, made and not yet written anywhere. */
interface Draft {
  readonly job: Job;
  /** None where others have yet to make an input. */
  readonly message: Message | undefined;
}

export function draft(
  prepared: PreparedJob,
  known: Parameters<typeof submittedJob>[1],
  ports: Pick<Ports, "trace" | "now" | "settings">,
): Draft {
  const job = newJob(submittedJob(prepared, known, ports), ports.now(), ports.settings);
  return { job, message: job.step === "sent" ? messageOf(job) : undefined };
}

/** What a new record says of the request. */
export function submittedJob(
  { owner, operation, params, labels, route, requestedTarget, maxSeconds, plan }: PreparedJob,
  known: Pick<NewJob, "jobId" | "requestHash" | "inputs" | "batch">,
  { trace }: Pick<Ports, "trace">,
): NewJob {
  return {
    ...known,
    ...{ owner, operation, params, labels, route, requestedTarget, maxSeconds },
    outputSpecs: plan.outputs,
    trace: trace.current(),
  };
}

/**
 * The job of an earlier request with the same Idempotency-Key. Without a key it can only be this very request's, made
 * at once by a write whose reply was lost.
 *
 * @throws Problem `idempotency-conflict` when that was another request
 */
export function replayOf(
  existing: Job,
  { requestHash, idempotencyKey }: Idempotency,
  { log }: Pick<Ports, "log">,
): Accepted {
  log.addContext(logContext(existing));
  if (existing.requestHash === requestHash) return { job: existing, replayed: idempotencyKey !== undefined };
  throw new Problem("idempotency-conflict", "this Idempotency-Key was already used for a different request", {
    field: "Idempotency-Key",
  });
}
