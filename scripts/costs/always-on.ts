import { invocationBill, totalUsd } from "../../jobs/cost/bill-items.ts";
import { fargate, lambda } from "../../jobs/cost/machines.ts";
import { lanes } from "../../jobs/lanes/table.ts";
import type { PricedJob } from "./jobs.ts";
import { count, usd } from "./text.ts";

/** Against a NumPy worker that polls the queue day and night on Fargate: what differs is the machine alone. */

const hours = 30 * 24;
const worker = { vcpu: 1, memoryMiB: 2048 } as const;

export function alwaysOnSection(small: PricedJob, mid: PricedJob): string {
  const month = hours * lanes.fargate.usd(worker, 3600 - fargate.startSeconds);
  // Both pay the API, the queue, the arrays and the status of a job: our worker's own request is the rest.
  const ours = (job: PricedJob) => (job.bill.machine ?? 0) + totalUsd(workOnly);
  const perSecond = (job: PricedJob) => month / ours(job) / (hours * 3600);
  const lambdaHour = lanes.lambda.usd({ vcpu: 1, memoryMiB: lambda.memoryMiBPerVcpu }, 3600);
  const busy = (100 * (month / hours)) / lambdaHour;
  return [
    `One worker of 1 vCPU and 2 GB, day and night: ${usd(month)} a month (sourced), jobs or none; its API, queue, bucket and status cost what ours do.`,
    `Sluice is cheaper below ${count((perSecond(small) * hours * 3600) / 1e6)} million small jobs a month (${perSecond(small).toFixed(0)} a second without a pause), or ${(perSecond(mid) * 60).toFixed(0)} of 2048×2048 a minute (assumed): while the`,
    `worker is busy less than ${busy.toFixed(0)} % of the time (sourced). Above that the worker is cheaper, and it has to be more than one when they come in a burst.`,
  ].join("\n");
}

const workOnly = { functions: invocationBill("run", "work").functions ?? 0 };
