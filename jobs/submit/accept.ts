import type { SubmitBody } from "@sluice/contract/submit";
import { idForKey } from "../ids.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { prepare } from "./prepare.ts";
import { type Idempotency, submit } from "./submit.ts";

/**
 * Checks a body and makes a job of it, once per Idempotency-Key.
 *
 * @returns the job, and whether an earlier request with the same key had made it
 * @throws Problem as `prepare` and `submit`
 */
export async function accept(
  body: SubmitBody,
  owner: string,
  idempotency: Idempotency,
  ports: Ports,
): Promise<{ job: Job; replayed: boolean }> {
  try {
    return await submit(await prepare(body, owner, ports), idempotency, ports);
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
