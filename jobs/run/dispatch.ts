import { lambdaVcpu } from "../cost/machines.ts";
import { apply } from "../lifecycle/apply.ts";
import type { LaunchRefusal } from "../lifecycle/evidence.ts";
import { logContext } from "../log-context.ts";
import type { Message } from "../message.ts";
import type { Compute, Ports } from "../ports.ts";
import { limits, timing } from "../timing.ts";
import type { Machine } from "./claim.ts";
import { type RunOutcome, runJob } from "./run.ts";

/** What became of a message. All of these acknowledge it: what follows is in the job record. */
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
): Promise<WorkOutcome> {
  if (message.target !== "lambda") return launch(message, ports);
  const vcpu = lambdaVcpu(ports.settings.workMemoryMiB);
  return runJob(message, { ...machine, vcpu }, compute, ports);
}

/**
 * Raises the fence, then asks ECS for a task under the new number. Dying in between is harmless: sweep
 * finds a launch without a task, and a task that did start under an old number cannot claim.
 */
async function launch({ jobId, dispatch }: Message, ports: Ports): Promise<WorkOutcome> {
  const now = ports.now();
  ports.log.addContext({ jobId, dispatch });
  const raised = await ports.store.update(
    jobId,
    { dispatch, status: "PENDING" },
    {
      dispatch: dispatch + 1,
      step: "launched",
      statusReason: "a Fargate task is being started",
      sentAt: now,
      dueAt: now + timing.launchCheck,
      unanswered: 0,
      taskArn: undefined,
    },
  );
  if (raised.job) ports.log.addContext(logContext(raised.job));
  if (!raised.ok) {
    ports.log.info("job is not ours to launch", { jobId, dispatch, status: raised.job?.status });
    // It ended after it was called up from the line: the slot taken for it then is nobody's.
    if (raised.job?.dispatch === dispatch) await ports.slots.release({ jobId, dispatch: dispatch + 1 });
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
    return refused({ kind: "cap", detail: "the stage's caps on tasks and vCPUs are reached" });
  }
  const started = await ports.tasks.run({
    ...launch,
    cpuUnits: route.vcpu * 1024,
    memoryMiB: route.memoryMiB,
    trace: job.trace,
    spot: ports.settings.spot && job.spotReclaims < limits.spotReclaims,
  });
  if ("refusal" in started) {
    // A task that may be running after all keeps its slot: settle gives it back, or sweep.
    if (!started.refusal.unsure) await ports.slots.release(launch);
    return refused(started.refusal);
  }
  ports.log.info("task started", { ...size, taskArn: started.taskArn });
  // For cancel and sweep. The claim writes it too, and may have done so already: losing is fine.
  await ports.store.update(
    jobId,
    { dispatch: job.dispatch, status: "PENDING" },
    { taskArn: started.taskArn, statusReason: "its Fargate task is starting" },
  );
  return "launched";
}
