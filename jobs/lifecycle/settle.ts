import type { Ports } from "../ports.ts";
import { apply } from "./apply.ts";
import type { StoppedTask } from "./evidence.ts";

/**
 * A task of this stage has stopped: releases its slot and brings the stop to its job as evidence. Late and repeated
 * events change nothing.
 */
export async function settle(
  { jobId, dispatch }: { jobId: string; dispatch: number },
  task: StoppedTask,
  ports: Ports,
): Promise<void> {
  ports.log.addContext({ jobId, dispatch });
  await ports.slots.release({ jobId, dispatch });
  const job = await ports.store.get(jobId);
  if (!job) return;
  await apply(job, { kind: "task", dispatch, task }, ports);
}
