import { Problem } from "@sluice/contract/problem";
import { idForKey, randomId } from "../ids.ts";
import { subscribeToParents } from "../lifecycle/dependents.ts";
import { messageOf } from "../lifecycle/effects.ts";
import { newJob } from "../lifecycle/new-job.ts";
import { logContext } from "../log-context.ts";
import type { Ports } from "../ports.ts";
import { type InputRef, type Job, parentsOf } from "../record.ts";
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
  const { owner, operation, params, labels, route, requestedTarget, maxSeconds } = prepared;
  const jobId = idempotencyKey === undefined ? randomId() : idForKey(owner, idempotencyKey);
  // Before anything is stored: the body of a refused request leaves no trace.
  const earlier = idempotencyKey === undefined ? undefined : await ports.store.get(jobId);
  if (earlier) return replayOf(earlier, requestHash, ports);
  const job = newJob(
    {
      ...{ jobId, owner, operation, params, labels, route, requestedTarget, maxSeconds, requestHash },
      inputs: inputRefs(inputsKey(jobId, requestHash), prepared),
      outputSpecs: prepared.plan.outputs,
      trace: ports.trace.current(),
    },
    ports.now(),
    ports.settings,
  );
  ports.log.addContext(logContext(job));
  const parts = Object.values(prepared.inputs).flatMap((input) =>
    input.kind === "bytes" ? input.parts : [],
  );
  if (parts.length > 0) await ports.objects.put(inputsKey(jobId, requestHash), parts);

  const created = await ports.store.create(job);
  if (!created.created) return replayOf(created.existing, requestHash, ports);
  ports.metrics.put({ JobsAccepted: 1 });
  const accepted = { ...logContext(job), operation: job.operation, target: job.route.target };
  if (job.step === "inputs") {
    ports.log.info("job accepted: it waits for its inputs", { ...accepted, parents: parentsOf(job) });
    await subscribeToParents(job, ports);
    return { job, replayed: false };
  }
  try {
    await ports.queue.send(messageOf(job), job.trace);
    ports.log.info("job accepted", accepted);
  } catch (error) {
    ports.log.error("job accepted but not sent: sweep will send it", { ...accepted, error });
  }
  return { job, replayed: false };
}

/** The job of an earlier request with the same Idempotency-Key. @throws Problem `idempotency-conflict` when that was another one */
function replayOf(
  existing: Job,
  requestHash: string,
  { log }: Pick<Ports, "log">,
): { job: Job; replayed: boolean } {
  log.addContext(logContext(existing));
  if (existing.requestHash === requestHash) return { job: existing, replayed: true };
  throw new Problem("idempotency-conflict", "this Idempotency-Key was already used for a different request", {
    field: "Idempotency-Key",
  });
}

/** All inputs of a job are one object, named by the request so that a replay cannot touch them. */
function inputsKey(jobId: string, requestHash: string): string {
  return `jobs/${jobId}/in/${requestHash.slice(0, 32)}.npy`;
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
