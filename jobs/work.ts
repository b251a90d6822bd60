import { apply } from "./apply.ts";
import type { Machine } from "./claim.ts";
import type { Message } from "./message.ts";
import type { Compute, Ports } from "./ports.ts";
import { type RunOutcome, runJob } from "./run.ts";
import { limits, timing } from "./timing.ts";

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
  return message.target === "lambda" ? runJob(message, machine, compute, ports) : launch(message, ports);
}

/**
 * Raises the fence, then asks ECS for a task under the new number. Dying in between is harmless: sweep
 * finds a launch without a task, and a task that did start under an old number cannot claim.
 */
async function launch({ jobId, dispatch }: Message, ports: Ports): Promise<WorkOutcome> {
  const now = ports.now();
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
  if (!raised.ok) {
    ports.log.info("job is not ours to launch", { jobId, dispatch, status: raised.job?.status });
    return "lost";
  }
  const { job } = raised;
  const about = { jobId, dispatch: job.dispatch, memoryMiB: job.route.memoryMiB, vcpu: job.route.vcpu };
  const started = await ports.tasks.run({
    jobId,
    dispatch: job.dispatch,
    cpuUnits: job.route.vcpu * 1024,
    memoryMiB: job.route.memoryMiB,
    spot: ports.settings.spot && job.spotReclaims < limits.spotReclaims,
  });
  if ("refusal" in started) {
    ports.log.warn("task refused", { ...about, ...started.refusal });
    await apply(job, { kind: "refused", dispatch: job.dispatch, refusal: started.refusal }, ports);
    return "waiting";
  }
  ports.log.info("task started", { ...about, taskArn: started.taskArn });
  // For cancel and sweep. The claim writes it too, and may have done so already: losing is fine.
  await ports.store.update(
    jobId,
    { dispatch: job.dispatch, status: "PENDING" },
    { taskArn: started.taskArn, statusReason: "its Fargate task is starting" },
  );
  return "launched";
}
