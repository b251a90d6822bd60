import { maxListedAttempts } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cancelJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import { jobView } from "../../../jobs/api/view.ts";
import { jobUsd, timed } from "../../../jobs/cost/bill.ts";
import { eventOf } from "../../../jobs/lifecycle/event.ts";
import type { Attempt } from "../../../jobs/record.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { limits } from "../../../jobs/timing.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted, throwing } from "../../support/jobs/submitting.ts";

/** A caller who cancels and retries for ever: the record stays small, and nothing that it cost is forgotten. */

beforeEach(() => {
  vi.useFakeTimers({ now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

test("one run makes fewer attempts than a record lists", () => {
  expect(limits.sizeUps + limits.uncountedAttempts).toBeLessThan(maxListedAttempts);
});

const run = fc.record({
  ends: fc.constantFrom("cancelled" as const, "failed" as const, "released, then cancelled" as const),
  seconds: fc.integer({ min: 1, max: 40 }),
});

test("the latest attempts are listed, all are counted and paid for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 40, maxLength: 90, size: "max" }), async (runs) => {
      vi.clearAllTimers();
      vi.setSystemTime(start);
      const world = memoryWorld();
      const { jobId } = (await submitted(world)).job;
      const now = () => world.job(jobId);
      const launch = () => ({ jobId, dispatch: now().dispatch });
      const everMade = new Map<number, Attempt>();
      for (const { ends, seconds } of runs) {
        if (ends === "released, then cancelled") {
          await runJob(launch(), lambdaMachine(), throwing(new Error("planted")), world.ports);
          expect(now().attempts.length).toBeLessThanOrEqual(maxListedAttempts);
        }
        const how =
          ends === "failed" ? throwing(new Problem("compute-failed", "planted")) : lasting(seconds * 1000);
        const running = runJob(launch(), lambdaMachine(), how, world.ports);
        await vi.advanceTimersByTimeAsync(500 * seconds);
        if (ends !== "failed") await cancelJob(jobId, "local", world.ports);
        await vi.advanceTimersByTimeAsync(2_000);
        await running;
        for (const attempt of now().attempts) everMade.set(attempt.dispatch, attempt);
        await retryJob(jobId, "local", world.ports);
      }
      await cancelJob(jobId, "local", world.ports);

      const job = now();
      const made = [...everMade.values()];
      expect(job.attempts.length).toBe(Math.min(made.length, maxListedAttempts));
      expect(job.attempts).toEqual(made.slice(-maxListedAttempts));
      const { attempts, attemptCount, cost } = await jobView(job, world.ports);
      expect(attemptCount).toBe(made.length);
      expect(eventOf(job).attempts).toBe(made.length);
      expect(attempts.map(({ attempt }) => attempt)).toEqual(
        made.map((_, index) => index + 1).slice(-maxListedAttempts),
      );
      const all = jobUsd({ inputs: job.inputs, outputs: job.outputSpecs }, made.map(timed));
      expect((cost?.usd ?? 0) / all).toBeCloseTo(1, 9);
    }),
    { numRuns: 20 },
  );
});
