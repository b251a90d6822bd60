import { type ArraySpec, byteLength } from "@sluice/contract/array";
import type { Target } from "@sluice/contract/job";
import { lanes } from "../lanes/table.ts";
import type { Attempt, Job } from "../record.ts";
import { timing } from "../timing.ts";
import { added, type Bill, callsBill, invocationBill, totalUsd } from "./bill-items.ts";
import { counted, perJob } from "./calls-per-job.ts";
import { filesBytes, inputsInRecord, outputsInRecord, recordedUsd } from "./place.ts";
import { prices } from "./prices.ts";

/** The bill of a job: its machines by the second, and everything that it asks of AWS around them. */

const MiB = 1024 * 1024;
/** How arrays travel: aws/s3/object-read.ts, aws/s3/object-write.ts. */
export const transferBytes = { get: 8 * MiB, put: 16 * MiB } as const;

const told: Bill = {
  events: perJob.events * prices.event.usd,
  traces: perJob.traces * prices.trace.usd,
};

/** POST, one look, one event, one trace: whatever becomes of the job. */
const accepted = added(
  { httpApi: 2 * prices.httpApiRequest.usd },
  invocationBill("submit", "submit"),
  invocationBill("look", "http"),
  told,
);

/** The same of a job that is computed at once: the answer of its POST is the look, and sweep publishes its end. */
const answeredAtOnce = added(
  { httpApi: prices.httpApiRequest.usd },
  invocationBill("express", "submit"),
  callsBill(counted.publish),
  told,
);

export interface TimedAttempt {
  readonly target: Target;
  readonly memoryMiB: number;
  readonly vcpu: number;
  readonly seconds: number;
  /** Made by submit itself: only its machine is billed, the rest is in what the job costs anyway. */
  readonly atOnce?: boolean;
}

export function timed({
  target,
  memoryMiB = 0,
  vcpu = 0,
  startedAt,
  endedAt = startedAt,
  atOnce,
}: Attempt): TimedAttempt {
  // Cancelled or settled by a machine whose clock is a little behind.
  return {
    target,
    memoryMiB,
    vcpu,
    seconds: Math.max(0, endedAt - startedAt) / 1000,
    ...(atOnce ? { atOnce } : {}),
  };
}

/** One attempt on its machine, without its arrays' parts. */
export function attemptBill({ target, seconds, atOnce, ...size }: TimedAttempt): Bill {
  if (atOnce) return { machine: lanes[target].usd(size, seconds) };
  const beats = Math.floor(seconds / (timing.beat / 1000));
  const looks = Math.floor(seconds / (timing.watch / 1000)) - beats;
  const beat = callsBill(counted.beat).dynamodb ?? 0;
  const look = callsBill(counted.look).dynamodb ?? 0;
  const lane = lanes[target];
  return added({ machine: lane.usd(size, seconds), dynamodb: beats * beat + looks * look }, lane.callsAround);
}

type Arrays = Readonly<Record<string, ArraySpec>>;

export interface JobArrays {
  readonly inputs: Arrays;
  readonly outputs: Arrays;
}

/** Beyond the one GET and the one PUT that are counted: large arrays travel in parts. */
function partsBill({ inputs, outputs }: JobArrays): Bill {
  const gets = calls(inputs, (bytes) => Math.ceil(bytes / transferBytes.get)) - 1;
  const puts = calls(outputs, (bytes) => {
    const parts = Math.ceil(bytes / transferBytes.put);
    // A multipart upload is begun and completed, too.
    return parts > 1 ? parts + 2 : 1;
  });
  return { s3: Math.max(0, gets) * prices.s3Get.usd + Math.max(0, puts - 1) * prices.s3Put.usd };
}

function calls(arrays: Arrays, each: (bytes: number) => number): number {
  return Object.values(arrays).reduce((total, array) => total + each(byteLength(array)), 0);
}

/** What attempts add to a job's bill: their machines, and each time their arrays' parts, unless the record holds those. */
function attemptsBill(arrays: JobArrays, attempts: readonly TimedAttempt[]): Bill {
  const parts = partsBill(arrays);
  const made = outputsInRecord(filesBytes(arrays.outputs));
  return added(
    ...attempts.flatMap((attempt) => {
      const gets = !attempt.atOnce && hasRecordedInputs(arrays, attempt) ? prices.s3Get.usd : 0;
      const puts = made ? prices.s3Put.usd : 0;
      return [attemptBill(attempt), attempt.atOnce ? {} : parts, { s3: -gets - puts }];
    }),
  );
}

/**
 * What small arrays cost in the record, where the bills of calls have them in S3. By the prices alone: a stage with
 * `recordArrays` off pays a little more than its jobs say.
 */
function recordedBill(arrays: JobArrays, attempts: readonly TimedAttempt[]): Bill {
  const [first] = attempts;
  const made = filesBytes(arrays.outputs);
  const queued = attempts.find(({ atOnce }) => !atOnce);
  return added(
    // A job that is computed at once keeps no input.
    queued && hasRecordedInputs(arrays, queued)
      ? {
          s3: -prices.s3Put.usd,
          dynamodb: recordedUsd("inputs", filesBytes(arrays.inputs), queued.target),
        }
      : {},
    first && outputsInRecord(made) ? { dynamodb: recordedUsd("outputs", made, first.target) } : {},
  );
}

function hasRecordedInputs({ inputs }: JobArrays, { target }: TimedAttempt): boolean {
  return inputsInRecord(filesBytes(inputs), target);
}

export function attemptsUsd(arrays: JobArrays, attempts: readonly TimedAttempt[]): number {
  return totalUsd(attemptsBill(arrays, attempts));
}

/** All of it, for the attempts that were made, or for the one that is foreseen. */
export function jobBill(arrays: JobArrays, attempts: readonly TimedAttempt[]): Bill {
  const taken = attempts.some(({ atOnce }) => atOnce) ? answeredAtOnce : accepted;
  return added(taken, attemptsBill(arrays, attempts), recordedBill(arrays, attempts));
}

export function jobUsd(arrays: JobArrays, attempts: readonly TimedAttempt[]): number {
  return totalUsd(jobBill(arrays, attempts));
}

type Attempted = Pick<Job, "inputs" | "outputSpecs" | "attempts" | "droppedAttempts">;

/** Of a job whose attempts have all ended: all of them, those included that it no longer lists. */
export function usdOf({ inputs, outputSpecs, attempts, droppedAttempts }: Attempted): number {
  return jobUsd({ inputs, outputs: outputSpecs }, attempts.map(timed)) + (droppedAttempts?.usd ?? 0);
}
