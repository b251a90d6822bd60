import { attemptUsd, requestUsdPerJob } from "./machines.ts";
import type { Attempt, Job } from "./record.ts";
import type { Measures } from "./telemetry.ts";
import { limits } from "./timing.ts";

/**
 * What the end of a job adds to the stage's numbers: that of this run, since an earlier one was counted when it
 * ended. The requests of a job are in the Lambda lane's dollars, whichever lane it took.
 */
export function measuresOf(job: Job): Measures {
  const runStart = job.deadlineAt - job.maxSeconds * 1000;
  const attempts = job.attempts.filter(({ startedAt }) => startedAt >= runStart);
  const usd = { lambda: requestUsdPerJob, fargate: 0 };
  for (const attempt of attempts) {
    const { target, memoryMiB = 0, vcpu = 0 } = attempt;
    usd[target] += attemptUsd(target, { memoryMiB, vcpu }, secondsOf(attempt));
  }
  const [first] = attempts;
  const last = attempts.at(-1);
  const { seconds: predicted } = job.route.estimate;
  return {
    ...(job.status === "COMPLETED" ? { JobsCompleted: 1 } : {}),
    ...(job.status === "FAILED" ? { JobsFailed: 1 } : {}),
    ...(first ? { QueueSeconds: (first.startedAt - runStart) / 1000 } : {}),
    ...(first ? { ComputeSeconds: attempts.reduce((sum, attempt) => sum + secondsOf(attempt), 0) } : {}),
    // Of shorter ones reading and writing is nearly all, and that is not what was predicted.
    ...(job.status === "COMPLETED" && last && predicted >= limits.blockingSeconds
      ? { ActualOverPredicted: secondsOf(last) / predicted }
      : {}),
    LambdaUsd: usd.lambda,
    ...(usd.fargate > 0 ? { FargateUsd: usd.fargate } : {}),
  };
}

function secondsOf({ startedAt, endedAt = startedAt }: Attempt): number {
  return (endedAt - startedAt) / 1000;
}
