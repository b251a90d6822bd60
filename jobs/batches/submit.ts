import { type BatchBody, withDefaults } from "@sluice/contract/batch";
import { Problem } from "@sluice/contract/problem";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { concurrently } from "../concurrently.ts";
import { subscribeToParents } from "../lifecycle/dependents.ts";
import type { Ports, Sending } from "../ports.ts";
import type { Job } from "../record.ts";
import { type PreparedJob, prepare } from "../submit/prepare.ts";
import { InputObject } from "../submit/stored-inputs.ts";
import { draft, type Idempotency } from "../submit/submit.ts";
import { jobIdsOf, newBatchId } from "./batch-id.ts";

/** An item that became a job, or what is wrong with it. */
export type Item = { readonly job: Job } | { readonly problem: Problem };

export interface AcceptedBatch {
  readonly batchId: string;
  /** In the order of the request. */
  readonly items: readonly Item[];
  /** Whether an earlier request with the same Idempotency-Key had made all of them. */
  readonly replayed: boolean;
}

/** A checked item with its place in the request. */
interface Checked {
  readonly index: number;
  readonly prepared: PreparedJob;
}

/**
 * Makes jobs of all items that are valid: their inputs as one object, then the records, then the messages. The order
 * matters: without a key the records are written without a condition, so nobody may know of a job, and none be sent,
 * before its record is safe. What comes after the records may fail: they are due, and sweep sends them.
 *
 * With an Idempotency-Key each job has the id that a repeat gives it too, and is made by a conditional write. A repeat
 * answers those that are there and makes those that are not.
 *
 * @throws Problem `idempotency-conflict`; that of the first item where no item is valid
 */
export async function acceptBatch(
  { defaults, jobs }: BatchBody,
  owner: string,
  { requestHash, idempotencyKey }: Idempotency,
  ports: Ports,
): Promise<AcceptedBatch> {
  const batchId = newBatchId(owner, jobs.length, idempotencyKey);
  const ids = jobIdsOf(batchId);
  const items = new Array<Item | undefined>(jobs.length);
  if (idempotencyKey !== undefined) {
    const places = new Map(ids.map((id, index) => [id, index]));
    for (const job of await ports.store.getMany(ids)) {
      requireSame(job, requestHash);
      items[places.get(job.jobId) as number] = { job };
    }
  }
  const missing = jobs.map((_, index) => index).filter((index) => !items[index]);
  const checked: Checked[] = [];
  await concurrently(missing, async (index) => {
    try {
      const body = validate(submitBody, withDefaults(defaults, jobs[index]));
      checked.push({ index, prepared: await prepare(body, owner, ports) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      items[index] = { problem: inItem(index, error) };
    }
  });
  checked.sort((one, other) => one.index - other.index);
  const inputs = new InputObject(batchId.slice(0, batchId.indexOf("-")), requestHash);
  const drafts = checked.map(({ index, prepared }) => {
    const known = { requestHash, batch: { batchId, index }, inputs: inputs.add(prepared.inputs) };
    return draft(prepared, { ...known, jobId: ids[index] as string }, ports);
  });
  await inputs.put(ports.objects);
  const made = drafts.map(({ job }) => job);
  const there =
    idempotencyKey === undefined ? await createAll(made, ports) : await createEach(made, requestHash, ports);
  for (const [at, { index }] of checked.entries()) items[index] = { job: there[at] as Job };
  const news = drafts.filter((_, at) => there[at] === made[at]);
  await send(news, ports);
  ports.metrics.put({ JobsAccepted: news.length });
  ports.log.info("batch accepted", {
    batchId,
    owner,
    jobs: news.length,
    refused: jobs.length - there.length,
  });
  const all = items.filter((item) => item !== undefined);
  const [first] = all;
  if (first && all.every((item) => "problem" in item)) throw (first as { problem: Problem }).problem;
  return { batchId, items: all, replayed: idempotencyKey !== undefined && news.length === 0 };
}

/** The problem of one item, its field told as the item's. */
function inItem(index: number, { code, message, place }: Problem): Problem {
  const { field } = place;
  const own = `jobs[${index}]`;
  const inside = field === undefined || field === "body" ? own : `${own}.${field}`;
  return new Problem(code, `${own}: ${message}`, { ...place, field: inside });
}

async function createAll(jobs: readonly Job[], { store }: Ports): Promise<readonly Job[]> {
  await store.createMany(jobs);
  return jobs;
}

/** @returns each job, or the one that another request with the key has made */
async function createEach(jobs: readonly Job[], requestHash: string, { store }: Ports): Promise<Job[]> {
  const there = [...jobs];
  await concurrently([...jobs.entries()], async ([at, job]) => {
    const created = await store.create(job);
    if (created.created) return;
    requireSame(created.existing, requestHash);
    there[at] = created.existing;
  });
  return there;
}

/** @throws Problem `idempotency-conflict` for a job of another request */
function requireSame(job: Job, requestHash: string): void {
  if (job.requestHash === requestHash) return;
  throw new Problem("idempotency-conflict", "this Idempotency-Key was already used for a different request", {
    field: "Idempotency-Key",
  });
}

/** Sends all jobs but those that wait for others, which are subscribed to them. A failure is sweep's to mend. */
async function send(drafts: readonly ReturnType<typeof draft>[], ports: Ports): Promise<void> {
  const sendings = drafts.flatMap(({ job, message }): Sending[] =>
    message ? [{ message, trace: job.trace }] : [],
  );
  try {
    const left = await ports.queue.sendMany(sendings);
    for (const { jobId } of left) ports.log.warn("job of a batch not sent: sweep will send it", { jobId });
  } catch (error) {
    ports.log.error("batch accepted but not sent: sweep will send it", { error });
  }
  const waiting = drafts.filter(({ message }) => !message);
  await concurrently(waiting, ({ job }) => subscribeToParents(job, ports));
}
