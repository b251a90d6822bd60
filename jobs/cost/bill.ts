import { type ArraySpec, byteLength } from "@sluice/contract/array";
import type { Target } from "@sluice/contract/job";
import type { Attempt } from "../record.ts";
import { timing } from "../timing.ts";
import {
  assumedSeconds,
  type Calls,
  counted,
  loggedBytes,
  perJob,
  platformLogBytes,
} from "./calls-per-job.ts";
import { attemptUsd, lambda } from "./machines.ts";
import { prices } from "./prices.ts";

/** The bill of a job: its machines by the second, and everything that it asks of AWS around them. */

const GB = 1e9;
const MiB = 1024 * 1024;
/** How arrays travel: aws/s3/object-read.ts, aws/s3/object-write.ts. */
export const transferBytes = { get: 8 * MiB, put: 16 * MiB } as const;
/** stages.yml: `httpMemory`, `workMemory`. A stage that changes them pays a little more or less than said here. */
const memoryMiB = { http: 1024, work: lambda.memoryMiBPerVcpu } as const;

/** What a bill is made of. ECS's API is free. */
export const billItems = [
  "machine",
  "functions",
  "httpApi",
  "sqs",
  "s3",
  "dynamodb",
  "logs",
  "events",
  "traces",
] as const;
export type BillItem = (typeof billItems)[number];
export type Bill = Readonly<Partial<Record<BillItem, number>>>;

export function added(...bills: readonly Bill[]): Bill {
  const sum: Partial<Record<BillItem, number>> = {};
  for (const item of billItems) sum[item] = bills.reduce((usd, bill) => usd + (bill[item] ?? 0), 0);
  return sum;
}

export function totalUsd(bill: Bill): number {
  return Object.values(bill).reduce((sum, usd) => sum + usd, 0);
}

/** Writes to the table are billed by the unit, events and traces are counted by the job. */
const callBills: Readonly<Record<string, Bill>> = {
  "s3.PUT": { s3: prices.s3Put.usd },
  "s3.GET": { s3: prices.s3Get.usd },
  "dynamodb.GetItem": { dynamodb: prices.dynamoReadUnit.usd },
  // Eventually consistent: half a unit for up to 4 KB.
  "dynamodb.Query": { dynamodb: prices.dynamoReadUnit.usd / 2 },
  "dynamodb.PutItem": {},
  "dynamodb.UpdateItem": {},
  "sqs.SendMessage": { sqs: prices.sqsRequest.usd },
  "sqs.GetQueueAttributes": { sqs: prices.sqsRequest.usd },
  "ecs.RunTask": {},
  "ecs.ListTasks": {},
  "events.PutEvents": {},
  "xray.PutTraceSegments": {},
};

export function callsBill({ calls, writeUnits }: Calls): Bill {
  const bills = calls.map((call) => {
    const bill = callBills[call];
    if (!bill) throw new Error(`no price for ${call}: add it in jobs/cost/bill.ts`);
    return bill;
  });
  return added({ dynamodb: writeUnits * prices.dynamoWriteUnit.usd }, ...bills);
}

/** One invocation of a function: what it asks for, what it is billed for, what it writes into the log. */
export function invocationBill(what: keyof typeof loggedBytes, machine: keyof typeof memoryMiB): Bill {
  const seconds = assumedSeconds[what] + assumedSeconds.coldShare * assumedSeconds.init;
  const gibSeconds = seconds * (memoryMiB[machine] / 1024);
  const functions = prices.lambdaRequest.usd + gibSeconds * prices.lambdaGiBSecond.usd;
  return added(callsBill(counted[what]), { functions }, logBill(loggedBytes[what] + platformLogBytes));
}

function logBill(bytes: number): Bill {
  return { logs: (bytes / GB) * prices.logGB.usd };
}

/** POST, one look, one event, one trace: whatever becomes of the job. */
const accepted = added(
  { httpApi: 2 * prices.httpApiRequest.usd },
  invocationBill("submit", "http"),
  invocationBill("look", "http"),
  { events: perJob.events * prices.event.usd, traces: perJob.traces * prices.trace.usd },
);

/** A message is received and deleted. */
const message: Bill = { sqs: 2 * prices.sqsRequest.usd };

const onLambda = added(message, invocationBill("run", "work"));
const onFargate = added(
  message,
  invocationBill("launch", "work"),
  callsBill(counted.run),
  logBill(loggedBytes.run),
  invocationBill("settle", "http"),
);

export interface TimedAttempt {
  readonly target: Target;
  readonly memoryMiB: number;
  readonly vcpu: number;
  readonly seconds: number;
}

export function timed({
  target,
  memoryMiB = 0,
  vcpu = 0,
  startedAt,
  endedAt = startedAt,
}: Attempt): TimedAttempt {
  // Cancelled or settled by a machine whose clock is a little behind.
  return { target, memoryMiB, vcpu, seconds: Math.max(0, endedAt - startedAt) / 1000 };
}

/** One attempt on its machine, without its arrays' parts. */
export function attemptBill({ target, seconds, ...size }: TimedAttempt): Bill {
  const beats = Math.floor(seconds / (timing.beat / 1000));
  const looks = Math.floor(seconds / (timing.watch / 1000)) - beats;
  const beat = callsBill(counted.beat).dynamodb ?? 0;
  const look = callsBill(counted.look).dynamodb ?? 0;
  return added(
    { machine: attemptUsd(target, size, seconds), dynamodb: beats * beat + looks * look },
    target === "lambda" ? onLambda : onFargate,
  );
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

/** All of it, for the attempts that were made, or for the one that is foreseen. */
export function jobBill(arrays: JobArrays, attempts: readonly TimedAttempt[]): Bill {
  const parts = partsBill(arrays);
  return added(accepted, ...attempts.flatMap((attempt) => [attemptBill(attempt), parts]));
}

export function jobUsd(arrays: JobArrays, attempts: readonly TimedAttempt[]): number {
  return totalUsd(jobBill(arrays, attempts));
}
