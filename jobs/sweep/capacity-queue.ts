import { apply } from "../lifecycle/apply.ts";
import type { HeldSlot, Launch, Ports, RunningTask } from "../ports.ts";
import type { Job } from "../record.ts";
import { launchName } from "../run/launch-name.ts";
import { timing } from "../timing.ts";
import { readableJob } from "./readable-job.ts";

/**
 * Releases orphaned slots: those of a launch that never reached ECS, or whose stop event was lost. A task that was
 * asked to stop is not in `running` any more but may take 120 s to be gone.
 *
 * @param held the slots as they were before `running` was asked for: a younger one's task may not be in it
 */
export async function checkSlots(
  held: readonly HeldSlot[],
  running: readonly RunningTask[],
  { slots, log, now }: Pick<Ports, "slots" | "log" | "now">,
): Promise<void> {
  const alive = new Set(running.map(launchName));
  for (const slot of held) {
    const { jobId, dispatch, missing } = slot;
    const at = now();
    if (alive.has(launchName(slot))) {
      if (missing) await slots.markMissing(slot, undefined);
    } else if (!missing || at - missing.seen > timing.slotSighting) {
      await slots.markMissing(slot, { since: at, seen: at });
    } else if (at - missing.since > timing.slotGrace) {
      await slots.release(slot, missing);
      log.warn("slot without a task given back", { jobId, dispatch, missingSince: missing.since });
    } else if (at - missing.seen > timing.slotSighting / 3) {
      await slots.markMissing(slot, { since: missing.since, seen: at });
    }
  }
}

/**
 * For whoever has given a slot back: the next in line need not wait for sweep. What goes wrong here, sweep makes good.
 */
export async function refillSlots(ports: Ports): Promise<void> {
  try {
    await admitFromQueue(ports);
  } catch (error) {
    ports.log.warn("nobody was called up from the line; sweep will do it", { error });
  }
}

/**
 * Admits jobs from the head of the capacity queue while the stage's caps have room, first in, first out: one too
 * large for what is free holds up those behind it, so that it does not starve.
 *
 * @param returned jobs that have just gone back to their place, and of which the index may not know yet
 * @returns how many were sent
 */
export async function admitFromQueue(ports: Ports, returned: readonly Job[] = []): Promise<number> {
  const { slots, store, settings, now, log } = ports;
  const since = new Map(returned.map(({ jobId, lineSince = 0 }) => [jobId, lineSince]));
  for (const { jobId, lineSince } of await store.waitingForCapacity(settings.maxTasks)) {
    since.set(jobId, lineSince);
  }
  if (since.size === 0) return 0;
  const inOrder = [...since.keys()].sort((one, other) => (since.get(one) ?? 0) - (since.get(other) ?? 0));
  await slots.reserveForQueue(now() + timing.lineKept);
  let admitted = 0;
  for (const jobId of inOrder) {
    const outcome = await log.scope(() => admit(jobId, ports));
    if (outcome === "no room") break;
    if (outcome === "sent") admitted++;
  }
  return admitted;
}

async function admit(jobId: string, ports: Ports): Promise<"sent" | "no room" | "passed over"> {
  const { slots, settings, log } = ports;
  const job = await readableJob(jobId, ports);
  // The index lags behind the records.
  if (job?.step !== "line") return "passed over";
  // The caps were lowered since: it waits for its deadline, or for a deploy that raises them.
  if (job.route.vcpu > settings.maxRunningVcpu) return "passed over";
  // The slot of the launch to come: sending raises the dispatch by one, launching by one more.
  const launch = { jobId, dispatch: job.dispatch + 2 };
  if (!(await slots.take(launch, job.route.vcpu, true))) return "no room";
  const applied = await apply(job, { kind: "admitted" }, ports);
  if (applied?.changed && applied.job.dispatch + 1 === launch.dispatch) {
    log.info("job called up from the line", { jobId, dispatch: applied.job.dispatch });
    return "sent";
  }
  // Others admit at the same time, into the same slot: whoever won has a launch that needs it.
  if (!applied || !needsSlot(applied.job, launch)) await slots.release(launch);
  return "passed over";
}

/** Whether a launch is about to come, or has come. One that never comes gives the slot back itself, or sweep does. */
function needsSlot({ dispatch }: Job, launch: Launch): boolean {
  return dispatch === launch.dispatch - 1 || dispatch === launch.dispatch;
}
