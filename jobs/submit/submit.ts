import { Problem } from "@sluice/contract/problem";
import { idForKey, randomId } from "../ids.ts";
import { subscribeToParents } from "../lifecycle/dependents.ts";
import { waiting } from "../lifecycle/inputs.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import { type InputRef, type Job, parentsOf } from "../record.ts";
import { timing } from "../timing.ts";
import type { PreparedJob } from "./prepare.ts";

/** How a repeated request is recognised. */
export interface Idempotency {
  /** SHA-256 of the request as it came. */
  readonly requestHash: string;
  readonly idempotencyKey?: string;
}

/**
 * Makes a job durable and sends it: input to S3, record to DynamoDB, message to SQS, three calls in a
 * row. A failed Send is not an error: the record is due, and sweep sends it within a minute. A job whose inputs
 * others have yet to make is not sent: sweep does that once they are there.
 *
 * @returns the job, and whether an earlier request with the same Idempotency-Key had made it
 * @throws Problem `idempotency-conflict` when that earlier request was another one
 */
export async function submit(
  prepared: PreparedJob,
  { requestHash, idempotencyKey }: Idempotency,
  ports: Pick<Ports, "store" | "objects" | "queue" | "log" | "metrics" | "trace" | "now" | "settings">,
): Promise<{ job: Job; replayed: boolean }> {
  const jobId = idempotencyKey === undefined ? randomId() : idForKey(prepared.owner, idempotencyKey);
  const job = newJob(jobId, prepared, requestHash, ports);
  ports.log.addContext(logContext(job));
  const parts = Object.values(prepared.inputs).flatMap((input) =>
    input.kind === "bytes" ? input.parts : [],
  );
  if (parts.length > 0) await ports.objects.put(inputsKey(jobId, requestHash), parts);

  const created = await ports.store.create(job);
  if (!created.created) {
    ports.log.addContext(logContext(created.existing));
    if (created.existing.requestHash === requestHash) return { job: created.existing, replayed: true };
    throw new Problem(
      "idempotency-conflict",
      "this Idempotency-Key was already used for a different request",
      {
        field: "Idempotency-Key",
      },
    );
  }
  ports.metrics.put({ JobsAccepted: 1 });
  const accepted = { ...logContext(job), operation: job.operation, target: job.route.target };
  if (job.step === "inputs") {
    ports.log.info("job accepted: it waits for its inputs", { ...accepted, parents: parentsOf(job) });
    await subscribeToParents(job, ports);
    return { job, replayed: false };
  }
  try {
    await ports.queue.send({ v: 1, jobId, dispatch: job.dispatch, target: job.route.target }, job.trace);
    ports.log.info("job accepted", accepted);
  } catch (error) {
    ports.log.error("job accepted but not sent: sweep will send it", { ...accepted, error });
  }
  return { job, replayed: false };
}

/** All inputs of a job are one object, named by the request so that a replay cannot touch them. */
function inputsKey(jobId: string, requestHash: string): string {
  return `jobs/${jobId}/in/${requestHash.slice(0, 32)}.npy`;
}

function newJob(
  jobId: string,
  prepared: PreparedJob,
  requestHash: string,
  { now, settings, trace }: Pick<Ports, "now" | "settings" | "trace">,
): Job {
  const createdAt = now();
  const deadlineAt = createdAt + prepared.maxSeconds * 1000;
  const inputs = inputRefs(inputsKey(jobId, requestHash), prepared);
  const parents = parentsOf({ inputs });
  return {
    v: 1,
    jobId,
    owner: prepared.owner,
    status: "PENDING",
    progress: 0,
    operation: prepared.operation,
    params: prepared.params,
    labels: prepared.labels,
    inputs,
    outputSpecs: prepared.plan.outputs,
    route: prepared.route,
    requestedTarget: prepared.requestedTarget,
    maxSeconds: prepared.maxSeconds,
    deadlineAt,
    trace: trace.current(),
    requestHash,
    run: 1,
    dispatch: 1,
    rev: 1,
    ...(parents.length > 0
      ? { step: "inputs", ...waiting(parents, deadlineAt, createdAt) }
      : {
          step: "sent",
          statusReason: "waiting in the queue",
          sentAt: createdAt,
          dueAt: createdAt + timing.answer,
        }),
    unanswered: 0,
    refusals: 0,
    countedAttempts: 0,
    uncountedAttempts: 0,
    spotReclaims: 0,
    attempts: [],
    createdAt,
    updatedAt: createdAt,
    ttl: Math.ceil(createdAt / 1000 + settings.retentionDays * 86_400),
  };
}

function inputRefs(key: string, { inputs }: PreparedJob): Record<string, InputRef> {
  let offset = 0;
  const refs: Record<string, InputRef> = {};
  for (const [name, input] of Object.entries(inputs)) {
    if (input.kind === "spec")
      throw new Error(`input ${name} has no data: only a plan may take a bare shape`);
    if (input.kind === "ref") {
      refs[name] = input.ref;
      continue;
    }
    const length = input.parts.reduce((sum, part) => sum + part.byteLength, 0);
    refs[name] = { shape: input.spec.shape, dtype: input.spec.dtype, key, offset, length };
    offset += length;
  }
  return refs;
}
