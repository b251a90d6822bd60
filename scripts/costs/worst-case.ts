import { maxParamsBytes } from "@sluice/contract/limits";
import { maxReadBytes } from "../../jobs/api/list.ts";
import { attemptBill } from "../../jobs/cost/bill.ts";
import { invocationBill, totalUsd } from "../../jobs/cost/bill-items.ts";
import { counted } from "../../jobs/cost/calls-per-job.ts";
import { fargate, fargateShapes } from "../../jobs/cost/machines.ts";
import { prices } from "../../jobs/cost/prices.ts";
import { recordsPerRead } from "../../jobs/job-store.ts";
import { lanes } from "../../jobs/lanes/table.ts";
import { maxRecordBytes, valueBytes } from "../../jobs/record-size.ts";
import type { PricedJob } from "./jobs.ts";
import type { StageParameters } from "./stages.ts";
import { markdownTable, usd } from "./text.ts";

/** The most a stage can spend in an hour, by the caps it was deployed with. */

/** A task of this shape, for an hour, its start left out. */
function taskHourUsd(shape: { vcpu: number; memoryMiB: number }): number {
  return lanes.fargate.usd(shape, 3600 - fargate.startSeconds);
}

/** The dearest set of tasks under both caps: quarter vCPUs are what shapes are made of. */
function dearestTasks(stage: StageParameters): number {
  const [maxTasks, maxVcpu] = [stage.number("maxTasks"), stage.number("maxRunningVcpu")];
  const largest = Math.min(stage.number("maxTaskVcpu"), maxVcpu);
  const dearest = new Map<number, number>();
  for (const shape of fargateShapes) {
    // A job is never given less than one vCPU: jobs/cost/route.ts.
    if (shape.vcpu >= 1 && shape.vcpu <= largest)
      dearest.set(shape.vcpu, Math.max(dearest.get(shape.vcpu) ?? 0, taskHourUsd(shape)));
  }
  let best = Array<number>(maxVcpu + 1).fill(0);
  for (let task = 0; task < maxTasks; task++) {
    best = best.map((without, room) =>
      Math.max(
        without,
        ...[...dearest].map(([vcpu, hour]) => (vcpu <= room ? (best[room - vcpu] ?? 0) + hour : 0)),
      ),
    );
  }
  return best[maxVcpu] ?? 0;
}

function functionsHourUsd(concurrency: number, memoryMiB: number): number {
  return concurrency * 3600 * (memoryMiB / 1024) * prices.lambdaGiBSecond.usd;
}

/** Every request of an hour, at so many a second, each for so much; without a rate there is no cap. */
function hourOfRequests(stage: StageParameters, rate: string, each: number): string {
  if (stage.text(rate) === "") return `no cap: ${usd(3600 * each)} per request and second`;
  return usd(stage.number(rate) * 3600 * each);
}

/** One request whose function only reads. */
const readingUsd = prices.httpApiRequest.usd + totalUsd(invocationBill("look", "http"));
/** An eventually consistent read unit is 8 KB. */
const listUsd =
  readingUsd + ((maxReadBytes + recordsPerRead * maxRecordBytes) / 8192) * prices.dynamoReadUnit.usd;
/** A write is billed by all of the record: it is put, claimed, ended, and its end noted as published. */
const recordWrites = [...counted.submit.calls, ...counted.run.calls].filter((call) =>
  /^dynamodb\.(Put|Update)Item$/.test(call),
).length;
/** Digits and commas are the JSON that is longest in DynamoDB. */
const largestParamsUsd =
  (recordWrites * valueBytes(Array(maxParamsBytes / 2).fill(1)) * prices.dynamoWriteUnit.usd) / 1024;
/** The largest file that POST /uploads gives a link for. */
const uploadGB = 5;

function storageUsd(stage: StageParameters): number {
  return uploadGB * prices.s3GBMonth.usd * ((stage.number("retentionDays") + 1) / 30);
}

export function worstCaseSection(
  stages: Readonly<Record<string, StageParameters>>,
  small: PricedJob,
): string {
  const each = (of: (stage: StageParameters) => string) => Object.values(stages).map(of);
  const rows = (stage: StageParameters) => {
    const tasks = dearestTasks(stage);
    const work = functionsHourUsd(stage.number("workConcurrency"), stage.number("workMemory"));
    const waits = functionsHourUsd(stage.number("waitHolders"), stage.number("httpMemory"));
    const largest = fargateShapes.filter(({ vcpu }) => vcpu <= stage.number("maxTaskVcpu")).at(-1);
    if (!largest) throw new Error("expected a Fargate shape under maxTaskVcpu");
    const seconds = stage.number("maxSeconds");
    const oneJob = totalUsd(attemptBill({ target: "fargate", ...largest, seconds }));
    return { tasks, work, waits, together: tasks + work + waits, oneJob };
  };
  return markdownTable(
    ["the most in an hour", "capped by", "how much is", ...Object.keys(stages)],
    [
      [
        "tasks, all at their caps, each with the most memory its vCPUs may have",
        "`maxTasks`, `maxRunningVcpu`, `maxTaskVcpu`",
        "measured",
        ...each((stage) => usd(rows(stage).tasks)),
      ],
      [
        "`work`, all of its functions busy",
        "`workConcurrency`, `workMemory`",
        "measured",
        ...each((stage) => usd(rows(stage).work)),
      ],
      [
        "requests that wait for their job",
        "`waitHolders`, `httpMemory`",
        "measured",
        ...each((stage) => usd(rows(stage).waits)),
      ],
      ["**machines together**", "", "measured", ...each((stage) => `**${usd(rows(stage).together)}**`)],
      [
        `calls, log and events, were every request the submit of a job of ${small.n}×${small.n}`,
        "`httpRate`",
        "assumed",
        ...each((stage) => hourOfRequests(stage, "httpRate", small.usd - (small.bill.machine ?? 0))),
      ],
      [
        `the same, its params of ${maxParamsBytes / 1024} KiB: each of ${recordWrites} writes is billed by the whole record`,
        "`httpRate`",
        "assumed",
        ...each((stage) =>
          hourOfRequests(stage, "httpRate", small.usd - (small.bill.machine ?? 0) + largestParamsUsd),
        ),
      ],
      [
        `the same, were every request a list that reads all it may: 1 MiB of records, and ${recordsPerRead} of 400 KB`,
        "`httpRate`",
        "assumed",
        ...each((stage) => hourOfRequests(stage, "httpRate", listUsd)),
      ],
      [
        "`GET /health`, open to everybody, as often as it is let through",
        "`healthRate`",
        "assumed",
        ...each((stage) => hourOfRequests(stage, "healthRate", readingUsd)),
      ],
      [
        `storage, were every request the link for an upload of ${uploadGB} GB, used and left: for all the days it is kept`,
        "`httpRate`, `retentionDays`",
        "measured",
        ...each((stage) => hourOfRequests(stage, "httpRate", storageUsd(stage))),
      ],
      [
        "one job, on the largest task until its deadline (not in an hour: in all)",
        "`maxTaskVcpu`, `maxSeconds`",
        "measured",
        ...each((stage) => usd(rows(stage).oneJob)),
      ],
    ],
  );
}
