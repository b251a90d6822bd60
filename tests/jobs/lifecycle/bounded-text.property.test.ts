import { Problem, type ProblemCode } from "@sluice/contract/problem";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jobStore } from "../../../aws/dynamodb/job-store.ts";
import { cancelJob, getJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import type { Ports } from "../../../jobs/ports.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { createJobsTable } from "../../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../../support/aws/stub-cloud.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { lambdaMachine, submitted, throwing } from "../../support/jobs/submitting.ts";

/** Whatever a worker says of its failure, DynamoDB takes the record that keeps it. */

let cloud: StubCloud;
let world: World;
let ports: Ports;
beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  world = memoryWorld();
  ports = { ...world.ports, store: jobStore(tableName, Date.now) };
});
afterAll(() => cloud.stop());

const character = fc.constantFrom("x", "é", "∞", "𝔸", "\ud800", "\n", "…");
const message = fc
  .tuple(fc.string({ unit: character, minLength: 1, maxLength: 50 }), fc.constantFrom(1, 30, 1_000, 20_000))
  .map(([piece, times]) => piece.repeat(times));

async function failedWith(code: ProblemCode, detail: string) {
  const { job } = await submitted({ ...world, ports });
  const launch = { jobId: job.jobId, dispatch: job.dispatch };
  await runJob(launch, lambdaMachine(), throwing(new Problem(code, detail)), ports);
  return getJob(job.jobId, "local", ports);
}

test("a failure is kept in at most 1,000 bytes of text, and from its beginning on", async () => {
  await fc.assert(
    fc.asyncProperty(message, async (detail) => {
      const job = await failedWith("compute-failed", detail);
      expect(job).toMatchObject({ status: "FAILED", error: { code: "compute-failed" } });
      for (const text of [job.statusReason, job.error?.message ?? "", job.attempts[0]?.reason ?? ""]) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
        const whole = Buffer.from(detail).toString();
        if (Buffer.byteLength(detail) <= 1_000) expect(text).toBe(whole);
        else {
          // At most one character less than there was room for.
          expect(Buffer.byteLength(text)).toBeGreaterThan(1_000 - 4);
          expect(text.endsWith("…") && whole.startsWith(text.slice(0, -1))).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("a job that fails with long words and is retried for ever can still be cancelled", async () => {
  const { jobId } = await failedWith("compute-failed", "∞".repeat(100_000));
  for (let round = 0; round < 60; round++) {
    const { dispatch } = await retryJob(jobId, "local", ports);
    const failure = throwing(new Problem("compute-failed", "∞".repeat(20_000)));
    await runJob({ jobId, dispatch }, lambdaMachine(), failure, ports);
  }
  await retryJob(jobId, "local", ports);
  expect(await cancelJob(jobId, "local", ports)).toMatchObject({ status: "CANCELLED" });
});
