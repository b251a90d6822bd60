import type { Launch, Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { refillSlots } from "../sweep/capacity-queue.ts";
import { apply } from "./apply.ts";
import type { StoppedTask } from "./evidence.ts";

/**
 * A task of this stage has stopped: releases its slot, brings the stop to its job as evidence, and admits the next in
 * line to the slot. Late and repeated events change nothing.
 */
export async function settle({ jobId, dispatch }: Launch, task: StoppedTask, ports: Ports): Promise<void> {
  ports.log.addContext({ jobId, dispatch });
  await ports.slots.release({ jobId, dispatch });
  const job = await ports.store.get(jobId);
  if (job) await apply(job, { kind: "task", dispatch, task }, ports);
  // Where tasks do not start, the next one would not either, and the whole line would be tried within minutes.
  if (!job || !neverClaimed(job, dispatch)) await refillSlots(ports);
}

function neverClaimed(job: Job, dispatch: number): boolean {
  return job.step === "launched" && job.dispatch === dispatch;
}
