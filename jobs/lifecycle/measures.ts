import { jobUsd, timed } from "../cost/bill.ts";
import { attemptUsd } from "../cost/machines.ts";
import type { Job } from "../record.ts";
import type { Measures } from "../telemetry.ts";
import { limits } from "../timing.ts";

/**
 * What the end of a job adds to the stage's numbers: that of this run, since an earlier one was counted when it
 * ended. What a job costs besides its tasks is in the Lambda lane's dollars, whichever lane it took.
 */
export function measuresOf(job: Job): Measures {
  const runStart = job.deadlineAt - job.maxSeconds * 1000;
  const attempts = job.attempts.filter(({ startedAt }) => startedAt >= runStart);
  const [first] = attempts;
  const bills = attempts.map(timed);
  const last = bills.at(-1);
  const tasks = bills.filter(({ target }) => target === "fargate");
  const fargateUsd = sum(tasks.map((task) => attemptUsd(task.target, task, task.seconds)));
  const { seconds: predicted } = job.route.estimate;
  return {
    ...(job.status === "COMPLETED" ? { JobsCompleted: 1 } : {}),
    ...(job.status === "FAILED" ? { JobsFailed: 1 } : {}),
    ...(first ? { QueueSeconds: (first.startedAt - runStart) / 1000 } : {}),
    ...(first ? { ComputeSeconds: sum(bills.map(({ seconds }) => seconds)) } : {}),
    // Of shorter ones reading and writing is nearly all, and that is not what was predicted.
    ...(job.status === "COMPLETED" && last && predicted >= limits.blockingSeconds
      ? { ActualOverPredicted: last.seconds / predicted }
      : {}),
    LambdaUsd: jobUsd({ inputs: job.inputs, outputs: job.outputSpecs }, bills) - fargateUsd,
    ...(fargateUsd > 0 ? { FargateUsd: fargateUsd } : {}),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
