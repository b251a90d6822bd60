import { assumedSeconds, type Calls, counted, loggedBytes, platformLogBytes } from "./calls-per-job.ts";
import { lambda } from "./machines.ts";
import { prices } from "./prices.ts";

/** What a bill is made of, and the bills of single things: a call, an invocation, a message, some log. */

const GB = 1e9;
/** stages.yml: `httpMemory`, `submitMemory`, `workMemory`. A stage that changes them pays a little more or less than said here. */
const memoryMiB = { http: 1024, submit: lambda.memoryMiBPerVcpu, work: lambda.memoryMiBPerVcpu } as const;

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
    if (!bill) throw new Error(`no price for ${call}: add it in jobs/cost/bill-items.ts`);
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

export function logBill(bytes: number): Bill {
  return { logs: (bytes / GB) * prices.logGB.usd };
}

/** A message is received and deleted. */
export const messageBill: Bill = { sqs: 2 * prices.sqsRequest.usd };
