import { isTerminal } from "@sluice/contract/job";
import type { Lane } from "../lanes/lane.ts";
import { lanes } from "../lanes/table.ts";
import { apply } from "../lifecycle/apply.ts";
import type { Publish } from "../lifecycle/completion.ts";
import type { LaunchRefusal } from "../lifecycle/evidence.ts";
import { usesSpot } from "../lifecycle/spot.ts";
import { launched } from "../lifecycle/transitions.ts";
import { write } from "../lifecycle/write.ts";
import { logContext } from "../log-context.ts";
import type { Message } from "../message.ts";
import type { Compute, HeldSlot, Ports } from "../ports.ts";
import type { Settings } from "../settings.ts";
import { refillSlots } from "../sweep/capacity-queue.ts";
import type { Machine } from "./claim.ts";
import { onceWritten } from "./overtaken.ts";
import { type RunOutcome, runJob } from "./run.ts";

/** What became of a message. Each of these acknowledges it: the record says what comes next. */
export type WorkOutcome = RunOutcome | "launched" | "waiting";

/**
 * Answers one message: runs a small job here, launches a task for a large one.
 *
 * @throws when nothing could be written about it: the queue then delivers the message again
 */
export async function work(
  message: Message,
  machine: Machine,
  compute: Compute,
  ports: Ports,
  publish?: Publish,
): Promise<WorkOutcome> {
  return launches[lanes[message.target].launch](message, machine, compute, ports, publish);
}

const launches: Record<Lane["launch"], typeof work> = {
  inline: runHere,
  "run-task": (message, _machine, _compute, ports) => launchTask(message, ports),
};

/** On the machine that received the message, whose size is the stage's setting. */
function runHere(
  message: Message,
  machine: Machine,
  compute: Compute,
  ports: Ports,
  publish?: Publish,
): Promise<RunOutcome> {
  const [shape] = lanes[message.target].shapes(ports.settings);
  return runJob(message, { ...machine, ...shape }, compute, ports, publish);
}

/**
 * Raises the fence, then asks ECS for a task under the new number. Dying in between is harmless: sweep
 * finds a launch without a task, and a task that did start under an old number cannot claim.
 */
async function launchTask({ jobId, dispatch }: Message, ports: Ports): Promise<WorkOutcome> {
  ports.log.addContext({ jobId, dispatch });
  const changes = launched(dispatch, ports.now());
  const raised = await onceWritten(dispatch, () =>
    ports.store.update(jobId, { dispatch, status: "PENDING" }, changes),
  );
  if (raised.job) ports.log.addContext(logContext(raised.job));
  if (!raised.ok) {
    ports.log.info("job is not ours to launch", { jobId, dispatch, status: raised.job?.status });
    // It ended after it was admitted: the orphaned slot is released, and the next in line takes it.
    if (raised.job?.dispatch === dispatch && isTerminal(raised.job.status)) {
      await ports.slots.release({ jobId, dispatch: dispatch + 1 });
      await refillSlots(ports);
    }
    return "lost";
  }
  const { job } = raised;
  const { route } = job;
  const launch = { jobId, dispatch: job.dispatch };
  const size = { ...launch, memoryMiB: route.memoryMiB, vcpu: route.vcpu };
  const refused = async (refusal: LaunchRefusal): Promise<WorkOutcome> => {
    ports.log.warn("task not started", { ...size, ...refusal });
    await apply(job, { kind: "refused", dispatch: job.dispatch, refusal }, ports);
    return "waiting";
  };
  if (!(await ports.slots.take(launch, route.vcpu, job.lineSince !== undefined))) {
    const outcome = await refused({
      kind: "cap",
      detail: "the stage's caps on tasks and vCPUs are reached",
    });
    // A slot that was given back before the job stood in line called up nobody.
    if (hasRoom(await ports.slots.held(), route.vcpu, ports.settings)) await refillSlots(ports);
    return outcome;
  }
  const started = await ports.tasks.run({
    ...launch,
    cpuUnits: route.vcpu * 1024,
    memoryMiB: route.memoryMiB,
    trace: job.trace,
    spot: usesSpot(job, ports.settings),
  });
  if ("refusal" in started) {
    // RunTask may have started a task all the same: it keeps its slot until settle or sweep releases that.
    if (!started.refusal.unsure) await ports.slots.release(launch);
    return refused(started.refusal);
  }
  const { taskArn } = started;
  ports.log.info("task started", { ...size, taskArn });
  // Cancel and sweep need the ARN. The claim writes it too, and may have done so already: losing is fine.
  await write(job, { kind: "task-started", dispatch: job.dispatch, taskArn }, ports);
  return "launched";
}

function hasRoom(held: readonly HeldSlot[], vcpu: number, { maxTasks, maxRunningVcpu }: Settings): boolean {
  return held.length < maxTasks && held.reduce((sum, slot) => sum + slot.vcpu, vcpu) <= maxRunningVcpu;
}
