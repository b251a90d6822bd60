import { describe, expect, test } from "vitest";
import { partBytes } from "../../../aws/s3/object-read.ts";
import { leastPart } from "../../../aws/s3/object-write.ts";
import { jobUsd, timed, transferBytes } from "../../../jobs/cost/bill.ts";
import { callsBill } from "../../../jobs/cost/bill-items.ts";
import { prices } from "../../../jobs/cost/prices.ts";
import { lanes } from "../../../jobs/lanes/table.ts";
import { failed } from "../../../jobs/lifecycle/transitions.ts";
import { sampleJob, start } from "../../support/jobs/sample-jobs.ts";

const square = (n: number) => ({ shape: [n, n], dtype: "float64" as const });
const arrays = (n: number) => ({ inputs: { a: square(n) }, outputs: { result: square(n) } });
const lambda = { target: "lambda", memoryMiB: 1769, vcpu: 1 } as const;
const task = { target: "fargate", memoryMiB: 4096, vcpu: 1 } as const;

describe("the dollars of a job", () => {
  test("of 64×64 are those of its requests: worked out by hand", () => {
    const seconds = 0.002;
    // 2 HTTP, 3 Lambda requests, 3 of SQS, 2 PUT, 1 GET, 15 write units, 1 read unit, an event, a trace.
    const requests = 2e-6 + 0.6e-6 + 1.2e-6 + 10e-6 + 0.4e-6 + 9.375e-6 + 0.125e-6 + 1e-6 + 5e-6;
    // Seconds of submit, look and work, 1 % cold starts of 0.4 s in each; 3,850 bytes of log.
    const functions = (0.014 + (0.044 + 0.034) * (1769 / 1024)) * 0.0000133334;
    const log = 3850 * 0.5e-9;
    const compute = seconds * (1769 / 1024) * 0.0000133334;
    expect(jobUsd(arrays(64), [{ ...lambda, seconds }])).toBeCloseTo(
      requests + functions + log + compute,
      10,
    );
  });

  test("of one that submit computes: worked out by hand", () => {
    const seconds = 0.002;
    // 1 HTTP, 1 Lambda request, 1 PUT, 4 write units; sweep's read, 3 write units, an event; a trace.
    const requests = 1e-6 + 0.2e-6 + 5e-6 + 2.5e-6 + 0.125e-6 + 1.875e-6 + 1e-6 + 5e-6;
    // Seconds of submit beside the arithmetic, 1 % cold starts of 0.4 s; 1,850 bytes of log.
    const machine = (0.034 + seconds) * (1769 / 1024) * 0.0000133334;
    const log = 1850 * 0.5e-9;
    const usd = jobUsd(arrays(64), [{ ...lambda, seconds, atOnce: true }]);
    expect(usd).toBeCloseTo(requests + machine + log, 10);
    // Run again, it is billed as any other attempt on top.
    const again = jobUsd(arrays(64), [
      { ...lambda, seconds, atOnce: true },
      { ...lambda, seconds },
    ]);
    expect(again - usd).toBeGreaterThan(lanes.lambda.usd(lambda, seconds));
  });

  test("grow by what every attempt costs", () => {
    const once = jobUsd(arrays(64), [{ ...task, seconds: 10 }]);
    const twice = jobUsd(arrays(64), [
      { ...task, seconds: 10 },
      { ...task, seconds: 10 },
    ]);
    expect(twice - once).toBeGreaterThan(lanes.fargate.usd(task, 10));
    expect(twice).toBeLessThan(2 * once);
  });

  test("hold the parts in which large arrays travel: 512 MiB in 64 GETs and 32 PUTs, begun and completed", () => {
    const more =
      jobUsd(arrays(8192), [{ ...task, seconds: 10 }]) - jobUsd(arrays(64), [{ ...task, seconds: 10 }]);
    expect(more).toBeCloseTo(63 * prices.s3Get.usd + 33 * prices.s3Put.usd, 12);
    expect(transferBytes).toEqual({ get: partBytes, put: leastPart });
  });

  test("hold the beats and looks of a long attempt", () => {
    const usd = (seconds: number) =>
      jobUsd(arrays(64), [{ ...task, seconds }]) - lanes.fargate.usd(task, seconds);
    const beatsAndLooks = 240 * 4 * prices.dynamoWriteUnit.usd + 3360 * prices.dynamoReadUnit.usd;
    expect(usd(3600) - usd(0)).toBeCloseTo(beatsAndLooks, 12);
  });

  test("are no less where the clock of whoever ended the attempt is behind that of who began it", () => {
    const attempt = { dispatch: 1, target: "lambda", engine: "e", startedAt: start } as const;
    const bill = (endedAt: number) => jobUsd(arrays(64), [timed({ ...attempt, endedAt })]);
    expect(timed({ ...attempt, endedAt: start - 40 }).seconds).toBe(0);
    expect(bill(start - 40)).toBe(bill(start));
  });

  test("are what the record says of an ended job", () => {
    const attempt = { dispatch: 3, engine: "e", target: "lambda", memoryMiB: 1769, vcpu: 1 } as const;
    const attempts = [
      { ...attempt, startedAt: 0, endedAt: 1_500 },
      { ...attempt, startedAt: 2_000, endedAt: 22_000 },
    ];
    const timed = [1.5, 20].map((seconds) => ({ ...lambda, seconds }));
    const job = sampleJob({ attempts });
    const end = failed(job, 0, { code: "deadline-exceeded", message: "late" });
    expect(end.changes.usd).toBe(jobUsd({ inputs: job.inputs, outputs: job.outputSpecs }, timed));
  });

  test("cannot be told of a call without a price", () => {
    expect(() => callsBill({ calls: ["sns.Publish"], writeUnits: 0 })).toThrow("no price for sns.Publish");
  });
});
