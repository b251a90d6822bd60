import type { SubmitBody } from "@sluice/contract/submit";
import { idForKey } from "../ids.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { prepare } from "./prepare.ts";
import { type Submission, submit } from "./submit.ts";

/** A submit as it came. */
export interface SubmitRequest extends Pick<Submission, "owner" | "requestHash" | "idempotencyKey"> {
  readonly body: SubmitBody;
}

/**
 * Checks a body and makes a job of it, once per Idempotency-Key.
 *
 * @returns the job, and whether an earlier request with the same key had made it
 * @throws Problem as `prepare` and `submit`
 */
export async function accept(request: SubmitRequest, ports: Ports): Promise<{ job: Job; replayed: boolean }> {
  const { body, owner, requestHash, idempotencyKey } = request;
  const { target: requestedTarget, labels } = body;
  try {
    const prepared = await prepare(body, owner, ports);
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    return await submit({ owner, prepared, requestedTarget, labels, requestHash, ...key }, ports);
  } catch (error) {
    const job = await madeEarlier(request, ports);
    if (!job) throw error;
    return { job, replayed: true };
  }
}

/**
 * The job that this very request has made already. What it refers to may be gone since, but its caller, who never
 * got the answer, must learn of the job.
 */
export async function madeEarlier(
  { owner, requestHash, idempotencyKey }: Omit<SubmitRequest, "body">,
  { store }: Pick<Ports, "store">,
): Promise<Job | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const job = await store.get(idForKey(owner, idempotencyKey));
  return job?.requestHash === requestHash ? job : undefined;
}
