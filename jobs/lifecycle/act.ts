import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import type { Effect } from "./effects.ts";
import { write } from "./write.ts";

/** Carries out an effect. Sweep makes good one that failed: the state that demands it is already written. */
export async function act(
  effect: Effect,
  job: Job,
  ports: Pick<Ports, "store" | "queue" | "tasks" | "log" | "now" | "settings">,
): Promise<void> {
  try {
    if (effect.kind === "send") await ports.queue.send(effect.message, job.trace);
    else await ports.tasks.stop(effect.taskArn, effect.reason);
  } catch (error) {
    const { jobId, dispatch } = job;
    ports.log.error(`${effect.kind} failed; sweep will see to it`, { jobId, dispatch, error });
    if (effect.kind !== "send") return;
    // When this write fails too, the job stays due: sweep finds it unanswered.
    await write(job, { kind: "send-failed", dispatch }, ports).catch(() => undefined);
  }
}
