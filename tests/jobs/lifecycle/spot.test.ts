import { describe, expect, test } from "vitest";
import type { Evidence } from "../../../jobs/lifecycle/evidence.ts";
import { next } from "../../../jobs/lifecycle/next.ts";
import { startingInWords, usesSpot } from "../../../jobs/lifecycle/spot.ts";
import type { Job } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";
import { deadline, due, refused, stopped } from "../../support/jobs/deciding.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";
import {
  failedStart,
  jobIn,
  noMachine,
  spotReclaim,
  taskArn,
  written,
} from "../../support/jobs/sample-jobs.ts";

const onSpot = { ...defaultSettings, spot: true };
const fresh = jobIn.launched;

const moved = (job: Job, evidence: Evidence, settings = onSpot): Job => {
  const decision = next(job, evidence, due, settings);
  if (!decision) throw new Error("nothing was decided");
  // Launched again, as sweep and work do it, under a number of its own.
  return { ...written(job, decision.changes), dispatch: 3, step: "launched" };
};

const times = (count: number, evidence: Evidence, job = fresh, settings = onSpot): Job =>
  Array.from({ length: count }).reduce((seen: Job) => moved(seen, evidence, settings), job);

describe("a job for which Spot has no machine", () => {
  test.each([
    ["RunTask is refused", refused("capacity")],
    ["its task ends without a machine", stopped(noMachine)],
  ])("goes on demand after some times that %s", (_how, evidence) => {
    const early = times(limits.spotRefusals - 1, evidence);
    expect(usesSpot(early, onSpot)).toBe(true);
    expect(early.dueAt).toBeGreaterThan(due);
    expect(early.statusReason).not.toContain("on demand");
    const late = times(limits.spotRefusals, evidence);
    expect(usesSpot(late, onSpot)).toBe(false);
    // There is nothing to wait for.
    expect(late.dueAt).toBe(due);
    expect(late.statusReason).toMatch(
      /^waiting for .*; the next task is on demand, because Spot had no machine for it 3 times$/,
    );
    expect(late).toMatchObject({ countedAttempts: 0, uncountedAttempts: 0, refusals: limits.spotRefusals });
  });

  test("says so while its task starts", () => {
    const job = times(limits.spotRefusals, refused("capacity"));
    const started = next(job, { kind: "task-started", dispatch: 3, taskArn }, due, onSpot);
    const words = "its Fargate task is starting, on demand because Spot had no machine for it 3 times";
    expect(started?.changes.statusReason).toBe(words);
    const looked = { kind: "due", queueWaiting: 0, task: { state: "starting", taskArn } } as const;
    expect(next({ ...job, dueAt: due }, looked, due, onSpot)?.changes.statusReason).toBe(words);
    expect(startingInWords(job, { spot: false })).toBe("its Fargate task is starting");
  });

  test("waits as ever when there is none on demand either, and ends no-capacity", () => {
    const job = times(20, refused("capacity"));
    expect(job).toMatchObject({ spotRefusals: limits.spotRefusals, refusals: 20 });
    expect(job.dueAt).toBeGreaterThan(due + 100_000);
    const ended = next(job, { kind: "deadline" }, deadline, onSpot);
    expect(ended?.changes.error).toMatchObject({ code: "no-capacity" });
  });

  test("begins its next run on Spot", () => {
    const job = times(limits.spotRefusals, refused("capacity"));
    const failed = { ...job, status: "FAILED" as const };
    expect(usesSpot(moved(failed, { kind: "retry" }), onSpot)).toBe(true);
  });

  test("that was written before the count was kept has none", () => {
    const { spotRefusals: _, ...old } = times(1, refused("capacity"));
    expect(usesSpot(old, onSpot)).toBe(true);
    expect(moved(old, refused("capacity")).spotRefusals).toBe(1);
  });
});

describe("Spot is not blamed", () => {
  test.each([
    ["a throttle", refused("busy")],
    ["a refused configuration", refused("configuration")],
    ["a network interface that never came", stopped(failedStart)],
  ])("for %s", (_what, evidence) => {
    const job = times(10, evidence);
    expect(usesSpot(job, onSpot)).toBe(true);
    expect(job.statusReason).not.toContain("on demand");
  });

  test("in a stage that does not use it", () => {
    const job = times(5, refused("capacity"), fresh, defaultSettings);
    expect(job.spotRefusals ?? 0).toBe(0);
    expect(job.statusReason).toBe("waiting for Fargate capacity: no task could be started just now");
  });
});

test("a Spot task that is reclaimed before it takes its job counts as a reclaim and as no attempt", () => {
  const job = times(limits.spotReclaims, stopped(spotReclaim));
  expect(job).toMatchObject({ spotReclaims: limits.spotReclaims, uncountedAttempts: 0 });
  expect(usesSpot(job, onSpot)).toBe(false);
  expect(job.statusReason).toMatch(/on demand, because Spot took its machine away 2 times$/);
});
