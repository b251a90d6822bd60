import { npyBytes } from "@sluice/contract/npy";
import { describe, expect, test } from "vitest";
import { counted } from "../../../jobs/cost/calls-per-job.ts";
import { filesBytes, inputsInRecord, mostRecordedBytes, outputsInRecord } from "../../../jobs/cost/place.ts";
import { prices } from "../../../jobs/cost/prices.ts";

/** What AWS bills, in whole units, for a record that is so long without the array. */
function billed(writes: number, reads: number, recordBytes: number, arrayBytes: number): number {
  const units = (bytes: number) =>
    writes * Math.ceil(bytes / 1024) * prices.dynamoWriteUnit.usd +
    reads * Math.ceil(bytes / 4096) * prices.dynamoReadUnit.usd;
  return units(recordBytes + arrayBytes) - units(recordBytes);
}

/** A record is of any length: the mean of all within a kilobyte. */
function meanBilled(writes: number, reads: number, arrayBytes: number): number {
  const lengths = Array.from({ length: 4096 }, (_, index) => 1024 + index);
  return lengths.reduce((sum, length) => sum + billed(writes, reads, length, arrayBytes), 0) / lengths.length;
}

const monthUsd = (bytes: number, days: number, perGB: number) => (bytes / 1e9) * (days / 30) * perGB;
const objectUsd = prices.s3Put.usd + prices.s3Get.usd;

/** Where the answer of `fits` changes, by halving. */
function boundary(fits: (bytes: number) => boolean): number {
  let [below, above] = [0, 64 * 1024];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (fits(middle)) below = middle;
    else above = middle;
  }
  return below;
}

describe("small arrays lie where they are cheaper", () => {
  test("inputs: what three writes and a look at the record cost, or a PUT and a GET", () => {
    const most = boundary((bytes) => inputsInRecord(bytes, "lambda"));
    expect(meanBilled(3, 1, most - 50)).toBeLessThan(objectUsd);
    expect(meanBilled(3, 1, most + 50)).toBeGreaterThan(objectUsd);
  });

  test("outputs: two writes, two looks and eight days in the table, or a PUT, a GET and eight days in S3", () => {
    const most = boundary(outputsInRecord);
    const record = (bytes: number) =>
      meanBilled(2, 2, bytes) +
      monthUsd(bytes, 8, prices.dynamoGBMonth.usd + prices.dynamoRecoveryGBMonth.usd);
    const object = (bytes: number) => objectUsd + monthUsd(bytes, 8, prices.s3GBMonth.usd);
    expect(record(most - 50)).toBeLessThan(object(most - 50));
    expect(record(most + 50)).toBeGreaterThan(object(most + 50));
  });

  test("the writes are those that are counted", () => {
    const writes = (calls: readonly string[]) =>
      calls.filter((call) => /PutItem|UpdateItem/.test(call)).length;
    // Put, claimed, ended, and noted as published: the last without the inputs, the first two without the outputs.
    expect(writes(counted.submit.calls) + writes(counted.run.calls)).toBe(3 + 1);
    expect(writes(counted.express.calls) + writes(counted.publish.calls)).toBe(2);
  });

  test("a job with a task is written to more often, so less of it lies in the record", () => {
    const [onLambda, onFargate] = (["lambda", "fargate"] as const).map((target) =>
      boundary((bytes) => inputsInRecord(bytes, target)),
    );
    expect(onFargate).toBeLessThan(onLambda ?? 0);
    expect(Math.max(onLambda ?? 0, boundary(outputsInRecord))).toBe(mostRecordedBytes);
  });
});

test("16×16 fits as an input, 21×21 as a result, 64×64 as neither", () => {
  const square = (n: number) => npyBytes({ shape: [n, n], dtype: "float64" });
  expect(inputsInRecord(square(16), "lambda")).toBe(true);
  expect(outputsInRecord(square(21))).toBe(true);
  expect([inputsInRecord(square(64), "lambda"), outputsInRecord(square(64))]).toEqual([false, false]);
  expect(filesBytes({ a: { shape: [16, 16], dtype: "float64" } })).toBe(128 + 8 * 256);
});
