import type { SubmitBody } from "@sluice/contract/submit";
import { idForKey } from "../ids.ts";
import type { Compute, Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { express } from "./express.ts";
import { prepare } from "./prepare.ts";
import { type Accepted, type Idempotency, jobIdOf, submit } from "./submit.ts";

/**
 * Checks a body and makes a job of it, once per Idempotency-Key.
 *
 * @param compute for a caller who waits: a small job is then computed here, where it can be
 * @throws Problem as `prepare` and `submit`
 */
export async function accept(
  body: SubmitBody,
  owner: string,
  idempotency: Idempotency,
  ports: Ports,
  compute?: Compute,
): Promise<Accepted> {
  try {
    const prepared = await prepare(body, owner, ports);
    // Both ways take the same id, so that only one of them can make the job.
    const once = { ...idempotency, jobId: jobIdOf(owner, idempotency) };
    const atOnce = compute && (await express(prepared, once, compute, ports));
    return atOnce ?? (await submit(prepared, once, ports));
  } catch (error) {
    const job = await madeEarlier(owner, idempotency, ports);
    if (!job) throw error;
    return { job, replayed: true };
  }
}

/**
 * The job that this very request has made already. What it refers to may be gone since, but its caller, who never
 * got the answer, must learn of the job.
 */
export async function madeEarlier(
  owner: string,
  { requestHash, idempotencyKey }: Idempotency,
  { store }: Pick<Ports, "store">,
): Promise<Job | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const job = await store.get(idForKey(owner, idempotencyKey));
  return job?.requestHash === requestHash ? job : undefined;
}
