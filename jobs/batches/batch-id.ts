import { maxBatchJobs } from "@sluice/contract/limits";
import { idFor, isRandomId, randomId } from "../ids.ts";

/**
 * A batch has no record of its own. Its id says how many jobs it has, and with a number gives the id of each: so all of
 * them are read by their keys, without an index that every record would pay for. docs/adr/0045-batches.md.
 */

/** The id of a new batch, or, with an Idempotency-Key, the one that a repeat of the request has too. */
export function newBatchId(owner: string, size: number, idempotencyKey: string | undefined): string {
  const id = idempotencyKey === undefined ? randomId() : idFor(owner, "batch", idempotencyKey);
  return `${id}-${size}`;
}

/** Whether a text can be a batch's id. */
export function isBatchId(text: string): boolean {
  const [id = "", digits = "", ...more] = text.split("-");
  return (
    isRandomId(id) && more.length === 0 && /^[1-9]\d{0,3}$/.test(digits) && Number(digits) <= maxBatchJobs
  );
}

/** The ids of a batch's jobs, in the order of the request. */
export function jobIdsOf(batchId: string): string[] {
  const [id = "", size = ""] = batchId.split("-");
  return Array.from({ length: Number(size) }, (_, index) => idFor(id, "job", String(index)));
}
