import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Measured } from "../../support/aws/large-operand.ts";
import { startLocalCloud, type TestCloud } from "../../support/local/local-cloud.ts";

/** 512 MiB through the local S3, by processes whose memory the operating system counts. */
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
}, 120_000);
afterAll(() => cloud.stop());

const key = "jobs/large/in.npy";

async function worker(task: "write" | "read" | "job"): Promise<Measured> {
  const script = path.join(import.meta.dirname, "../../support/aws/large-operand.ts");
  const { BUCKET_NAME = "" } = cloud.variables;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    // V8's young generation grows to some 50 MiB under any load: kept small, what is left is the transfer's own.
    ["--max-semi-space-size=1", "--no-warnings", script, BUCKET_NAME, key, task],
    { env: { ...process.env, ...cloud.environment }, maxBuffer: 1024 * 1024 },
  );
  return JSON.parse(stdout);
}

const report = (what: string, { extraMiB, seconds, overPlan }: Measured) =>
  console.log(
    `${what}: ${(537 / seconds).toFixed(0)} MB/s, ${extraMiB.toFixed(0)} MiB beyond the array`,
    overPlan === undefined ? "" : `, ${overPlan.toFixed(2)} of its plan`,
  );

test("half a gigabyte goes out of its array, comes into one, and through a job, with hardly more memory", {
  timeout: 240_000,
}, async () => {
  const written = await worker("write");
  report("written", written);
  expect(written.extraMiB).toBeLessThan(64);
  const read = await worker("read");
  report("read", read);
  expect(read.wrong).toBe(-1);
  expect(read.extraMiB).toBeLessThan(64);
  const job = await worker("job");
  report("read, multiplied, written", job);
  expect(job.overPlan).toBeLessThan(1.5);
});
