import { jobUsd, timed } from "../cost/bill.ts";
import type { Lane } from "../lanes/lane.ts";
import { lanes } from "../lanes/table.ts";
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
  const machinesUsd: Partial<Record<Lane["usdMetric"], number>> = {};
  for (const { target, seconds, ...shape } of bills) {
    const { usdMetric, usd } = lanes[target];
    machinesUsd[usdMetric] = (machinesUsd[usdMetric] ?? 0) + usd(shape, seconds);
  }
  const { LambdaUsd: _, ...otherLanesUsd } = machinesUsd;
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
    LambdaUsd:
      jobUsd({ inputs: job.inputs, outputs: job.outputSpecs }, bills) - sum(Object.values(otherLanesUsd)),
    ...otherLanesUsd,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
