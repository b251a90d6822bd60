import type { Guard, UpdateResult } from "../job-store.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import type { Effect } from "./effects.ts";
import type { Evidence } from "./evidence.ts";
import { next } from "./next.ts";
import type { Transition } from "./transitions.ts";

/**
 * Decides about evidence and writes the transition in one conditional update. It leaves the effects to the caller.
 *
 * @returns the transition and what became of its write; undefined when the evidence changes nothing
 */
export async function write(
  job: Job,
  evidence: Evidence,
  {
    store,
    now,
    settings,
  }: Pick<Ports, "now" | "settings"> & { readonly store: Pick<Ports["store"], "update"> },
): Promise<(UpdateResult & { readonly transition: Transition }) | undefined> {
  const transition = next(job, evidence, now(), settings);
  if (!transition) return undefined;
  const written = await store.update(job.jobId, guardOf(job, evidence), transition.changes);
  return { ...written, transition };
}

/**
 * The condition of the write. The holder of a dispatch does not know the latest `rev` and need not: it alone may write
 * what it reports.
 */
function guardOf(job: Job, { kind }: Evidence): Guard {
  const { dispatch, worker, rev } = job;
  switch (kind) {
    case "beat":
    case "finished":
    case "released":
    case "deadline":
      if (worker === undefined) throw new Error("a claimed job has a worker");
      return { dispatch, status: "PROCESSING", worker };
    case "task-started":
    // While the job waits its dispatch stands still: sweep may look at it meanwhile and raise `rev`.
    case "parent-ended":
      return { dispatch, status: "PENDING" };
    default:
      return { rev };
  }
}

/** What follows a transition that is written: the log says so, and its effects are carried out. */
export async function carryOut(
  transition: Transition,
  job: Job,
  { kind }: Evidence,
  ports: Parameters<typeof act>[2],
): Promise<void> {
  const { jobId, dispatch, status, statusReason } = job;
  ports.log.info("job moved", { jobId, dispatch, status, statusReason, evidence: kind });
  for (const effect of transition.effects) await act(effect, job, ports);
}

/** Carries out an effect. Sweep makes good one that failed: the state that demands it is already written. */
async function act(
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
