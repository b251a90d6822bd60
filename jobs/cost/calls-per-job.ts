/**
 * What AWS is asked for, per job and while nothing happens: counted by tests/aws/calls-per-job.test.ts where the
 * calls arrive. The prices of a job (jobs/cost/bill.ts) and docs/costs.md are made of these.
 */
export interface Calls {
  readonly calls: readonly string[];
  /** DynamoDB's write request units, those of its indexes included. */
  readonly writeUnits: number;
}

export const counted = {
  /** POST /jobs. A job on an upload reads its header instead of writing its input. */
  submit: {
    calls: ["s3.PUT", "dynamodb.PutItem", "sqs.SendMessage"],
    writeUnits: 4,
  },
  /** POST /jobs of a small job with `Prefer: wait`: result and record, and the answer holds the result. */
  express: { calls: ["s3.PUT", "dynamodb.PutItem"], writeUnits: 4 },
  /** The same three of a job whose arrays are in its record: here 16×16, a record of some 3.5 KB. */
  smallSubmit: { calls: ["dynamodb.PutItem", "sqs.SendMessage"], writeUnits: 6 },
  smallExpress: { calls: ["dynamodb.PutItem"], writeUnits: 6 },
  smallRun: {
    calls: ["dynamodb.UpdateItem", "dynamodb.UpdateItem", "events.PutEvents", "dynamodb.UpdateItem"],
    writeUnits: 17,
  },
  /** Sweep publishes the end of a job whose writer did not: its record, the event, the note that it is out. */
  publish: { calls: ["dynamodb.GetItem", "events.PutEvents", "dynamodb.UpdateItem"], writeUnits: 3 },
  /** One look at a job: GET /jobs/{jobId}. */
  look: { calls: ["dynamodb.GetItem"], writeUnits: 0 },
  /** claim, read, write, finish, tell, note that it is told: on Lambda, and in a task. */
  run: {
    calls: [
      "dynamodb.UpdateItem",
      "s3.GET",
      "s3.PUT",
      "dynamodb.UpdateItem",
      "events.PutEvents",
      "dynamodb.UpdateItem",
    ],
    writeUnits: 11,
  },
  /** The fence, its slot, the task, the task's name. */
  launch: {
    calls: ["dynamodb.UpdateItem", "dynamodb.UpdateItem", "ecs.RunTask", "dynamodb.UpdateItem"],
    writeUnits: 7,
  },
  /** The task has stopped: its slot is read and given back, its job looked at, and whether others stand in line. */
  settle: {
    calls: ["dynamodb.GetItem", "dynamodb.UpdateItem", "dynamodb.GetItem", "dynamodb.Query"],
    writeUnits: 1,
  },
  /** Every 15 s of a run; every other second is a look. */
  beat: { calls: ["dynamodb.UpdateItem"], writeUnits: 4 },
  /** One pass of sweep over a stage with nothing in it. */
  idleSweep: {
    calls: [
      "dynamodb.GetItem",
      "ecs.ListTasks",
      ...Array<string>(9).fill("dynamodb.Query"),
      "sqs.GetQueueAttributes",
      ...Array<string>(4).fill("dynamodb.Query"),
    ],
    writeUnits: 0,
  },
} as const satisfies Record<string, Calls>;

/** Bytes of our own lines in the log: tests/aws/log-bytes-per-job.test.ts holds them to these. */
export const loggedBytes = {
  submit: 1_000,
  express: 1_500,
  look: 0,
  run: 1_800,
  launch: 600,
  settle: 0,
  idleSweep: 0,
} as const;

/** Billed by the job, whichever calls carry them: one event at its end, one trace through all hops. */
export const perJob = { events: 1, traces: 1 } as const;

/**
 * Seconds that functions are billed for beside the arithmetic. Not measured on AWS: their calls at 5 ms each, one
 * after the other, and the processor time of such a call on this project's bench, at the speed of 1,024 MiB.
 */
export const assumedSeconds = {
  submit: 0.04,
  /** Two calls; the arithmetic is billed with its attempt. */
  express: 0.03,
  look: 0.01,
  run: 0.03,
  launch: 0.05,
  settle: 0.03,
  idleSweep: 0.1,
  /**
   * A cold start, which is billed too, and the share of invocations that have one. Loading a bundle takes 0.2 s of
   * one processor here; Node's own start and credentials come on top.
   */
  init: 0.4,
  coldShare: 0.01,
} as const;

/** Lambda's own START, END and REPORT lines of one invocation, in its text format. */
export const platformLogBytes = 350;
