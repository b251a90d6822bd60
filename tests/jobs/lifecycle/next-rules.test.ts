import { describe, expect, test } from "vitest";
import { next } from "../../../jobs/lifecycle/next.ts";
import type { Job } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";
import {
  deadline,
  decide,
  due,
  inWords,
  look,
  refused,
  released,
  stopped,
} from "../../support/jobs/deciding.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";
import {
  died,
  failedStart,
  fargateRoute,
  imageMissing,
  infrastructureStop,
  jobIn,
  noMachine,
  outOfMemory,
  spotReclaim,
  start,
  stoppedByHand,
  taskArn,
  written,
} from "../../support/jobs/sample-jobs.ts";

describe("attempts are counted", () => {
  test.each([
    [{ countedAttempts: limits.countedAttempts - 1 }, stopped(died), "attempts-exhausted"],
    [{ uncountedAttempts: limits.uncountedAttempts - 1 }, stopped(spotReclaim), "attempts-exhausted"],
    [{ countedAttempts: limits.countedAttempts - 1 }, look(), "attempts-exhausted"],
    [{ uncountedAttempts: limits.uncountedAttempts - 1 }, released("our-fault"), "attempts-exhausted"],
  ])("%o is the last one", (counts, evidence, code) => {
    const job = { ...jobIn.fargate, ...counts };
    const decision = decide(job, evidence, due);
    expect(decision?.changes).toMatchObject({ status: "FAILED", error: { code } });
    expect(decision?.changes.error?.message).toMatch(/attempts ended without a result, the last one: /);
  });

  test("a larger machine is a new chance, up to the largest", () => {
    const onMachine = (memoryMiB: number, countedAttempts: number) => ({
      ...jobIn.fargate,
      countedAttempts,
      route: { ...fargateRoute, vcpu: 4, memoryMiB },
    });
    const grown = decide(onMachine(8192, 5), stopped(outOfMemory), due);
    expect(grown?.changes.route?.memoryMiB).toBeGreaterThanOrEqual(8192 * 1.5);
    const largest = decide(onMachine(30 * 1024, 0), stopped(outOfMemory), due);
    expect(largest?.changes.error?.code).toBe("out-of-memory");
    const often = decide(onMachine(8192, limits.sizeUps - 1), stopped(outOfMemory), due);
    expect(often?.changes.error?.code).toBe("attempts-exhausted");
  });

  test("a job held to Lambda stays there, and fails for want of memory at once", () => {
    const job = { ...jobIn.lambda, requestedTarget: "lambda" as const };
    expect(decide(job, look(), due)?.changes.route?.target).toBe("lambda");
    expect(decide(job, released("out-of-memory"), due)?.changes.error?.code).toBe("out-of-memory");
  });

  test("a stage without Fargate tries again on Lambda", () => {
    const decision = next(jobIn.lambda, look(), due, { ...defaultSettings, fargate: false });
    expect(decision?.changes).toMatchObject({ status: "PENDING", countedAttempts: 1 });
    expect(decision?.changes.route?.target).toBe("lambda");
  });

  test("the attempt that ended is closed with its outcome, its machine and its time; earlier ones stay", () => {
    const first = {
      dispatch: 1,
      target: "lambda" as const,
      engine: "e",
      startedAt: 1,
      endedAt: 2,
      outcome: "died" as const,
    };
    const job = { ...jobIn.fargate, attempts: [first, ...jobIn.fargate.attempts] };
    const attempts = decide(job, stopped(outOfMemory), due)?.changes.attempts;
    expect(attempts?.[0]).toEqual(first);
    expect(attempts?.[1]).toMatchObject({ outcome: "out-of-memory", endedAt: due, memoryMiB: 4096, vcpu: 2 });
  });
});

describe("sends and launches", () => {
  test("every send raises the fence and carries it", () => {
    for (const state of ["send", "sent", "launched"] as const) {
      const decision = decide(jobIn[state], look(), due);
      expect(decision?.changes.dispatch).toBe(4);
      expect(decision?.effects).toEqual([
        {
          kind: "send",
          message: { v: 1, jobId: jobIn[state].jobId, dispatch: 4, target: jobIn[state].route.target },
        },
      ]);
    }
  });

  test("three sends that nobody answered fail the job; a backlog never does", () => {
    const twice = { ...jobIn.sent, unanswered: limits.unansweredSends - 1 };
    expect(decide(twice, look(), due)?.changes.error?.code).toBe("not-delivered");
    expect(inWords(twice, decide(twice, look(undefined, 1), due))).toBe("look later");
    const longAgo = { ...twice, sentAt: start - 3_600_000 };
    expect(inWords(longAgo, decide(longAgo, look(undefined, 1), due))).toBe("send");
  });

  test("a task that runs for ten minutes without taking the job is stopped and replaced", () => {
    const job = { ...jobIn.launched, sentAt: due - 600_000 };
    const decision = decide(job, look({ state: "running", taskArn }), due);
    expect(inWords(job, decision)).toBe("wait for a task, stop");
    expect(decision?.effects).toHaveLength(1);
    // It may wake up and claim while it is being stopped.
    expect(decision?.changes.dispatch).toBe(job.dispatch + 1);
  });

  test("a refused launch has no task", () => {
    const { changes } = decide(jobIn.launched, refused("capacity"), due) ?? { changes: {} };
    expect(written(jobIn.launched, changes)).not.toHaveProperty("taskArn");
  });

  test("refusals back off, doubling to five minutes, and never past the deadline", () => {
    const waits = [0, 1, 2, 3, 20].map((refusals) => {
      const decision = decide({ ...jobIn.launched, refusals }, refused("capacity"), due);
      return (decision?.changes.dueAt ?? 0) - due;
    });
    for (const [index, [low, high]] of [
      [2_500, 5_000],
      [5_000, 10_000],
      [10_000, 20_000],
      [20_000, 40_000],
      [150_000, 300_000],
    ].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(low ?? Number.NaN);
      expect(waits[index]).toBeLessThanOrEqual(high ?? Number.NaN);
    }
    const late = decide({ ...jobIn.launched, refusals: 20 }, refused("capacity"), deadline - 1);
    expect(late?.changes.dueAt).toBe(deadline);
  });

  test("the stage's caps: in line until the deadline, and the place is kept", () => {
    const decision = decide(jobIn.launched, refused("cap"), due);
    expect(decision?.changes).toMatchObject({ step: "line", lineSince: due, dueAt: deadline });
    expect(decision?.changes.statusReason).toBe(
      "waiting for Fargate capacity: the stage runs at most 20 tasks with 40 vCPU at once, and it is in line",
    );
    const again = decide({ ...jobIn.launched, lineSince: start }, refused("cap"), due);
    expect(again?.changes.lineSince).toBe(start);
    const called = written(jobIn.line, decide(jobIn.line, { kind: "admitted" }, due)?.changes ?? {});
    expect(called).toMatchObject({ step: "sent", lineSince: start });
    for (const [state, evidence] of [
      ["line", { kind: "cancel" }],
      ["line", look()],
    ] as const) {
      const ended = decide(jobIn[state], evidence, deadline)?.changes;
      expect(written(jobIn.line, ended ?? {})).not.toHaveProperty("lineSince");
    }
  });

  test("a shape no account may start, with nothing smaller that fits, fails at once", () => {
    const estimate = { ...fargateRoute.estimate, peakBytes: 5 * 2 ** 30 };
    const route = { ...fargateRoute, vcpu: 1, memoryMiB: 8192, estimate };
    const decision = decide({ ...jobIn.launched, route }, refused("shape"), due);
    expect(decision?.changes.error).toMatchObject({ code: "no-capacity" });
  });

  test("a lease that was renewed meanwhile is only waited for", () => {
    const renewed = { ...jobIn.fargate, leaseUntil: due + 30_000 };
    expect(decide(renewed, look(), due)).toEqual({ changes: { dueAt: due + 30_000 }, effects: [] });
  });

  test("a running task that stays quiet for a second lease is stopped", () => {
    const running = look({ state: "running", taskArn });
    const quiet = decide(jobIn.fargate, running, due);
    expect(quiet?.changes.dueAt).toBe(due + 60_000);
    const later = written(jobIn.fargate, quiet?.changes ?? {});
    expect(inWords(later, decide(later, running, due + 60_000))).toBe("again, counted, sent, stop");
  });

  test("a claim that does not know its task believes the stop event of its dispatch", () => {
    const { taskArn: _unknown, ...job } = jobIn.fargate;
    expect(inWords(job, decide(job, stopped(outOfMemory), due))).toBe("again, counted, larger");
    const other = { ...jobIn.fargate, taskArn: "arn:another" };
    expect(decide(other, stopped(outOfMemory), due)).toBeUndefined();
  });
});

describe("a start that failed before the claim", () => {
  const starts = [failedStart, noMachine, infrastructureStop, died, stoppedByHand] as const;

  test.each(starts)("is no attempt, however often it happens: $stopCode $stoppedReason", (how) => {
    const failing = { ...jobIn.launched, refusals: 500, uncountedAttempts: 9, countedAttempts: 2 };
    const decision = decide(failing, stopped(how), due);
    expect(decision?.changes).toMatchObject({ step: "send", refusals: 501 });
    const after = written(failing, decision?.changes ?? {});
    expect(after).toMatchObject({ status: "PENDING", uncountedAttempts: 9, countedAttempts: 2 });
    expect(after.attempts).toEqual(failing.attempts);
  });

  test("backs off like a refusal, differently for each job, and never past the deadline", () => {
    const waitOf = (changes: Partial<Job>, now = due) =>
      (decide({ ...jobIn.launched, ...changes }, stopped(failedStart), now)?.changes.dueAt ?? 0) - now;
    for (const [refusals, full] of [
      [0, 5_000],
      [1, 10_000],
      [3, 40_000],
      [20, 300_000],
    ] as const) {
      expect(waitOf({ refusals })).toBeGreaterThanOrEqual(full / 2);
      expect(waitOf({ refusals })).toBeLessThanOrEqual(full);
    }
    const waits = Array.from({ length: 20 }, (_, rev) => waitOf({ refusals: 20, rev }));
    expect(new Set(waits).size).toBeGreaterThan(15);
    expect(waitOf({ refusals: 20 }, deadline - 1)).toBe(1);
  });

  test("at the deadline says what kept it from starting", () => {
    const failing = written(jobIn.launched, decide(jobIn.launched, stopped(failedStart), due)?.changes ?? {});
    expect(decide(failing, look(), deadline)?.changes.error).toEqual({
      code: "no-capacity",
      message:
        "no Fargate task took the job within 3600 s: waiting for a Fargate task: at the last start the machine was taken away or did not start",
    });
  });

  test("for want of memory gets a larger machine, and for a missing image fails at once", () => {
    expect(inWords(jobIn.launched, decide(jobIn.launched, stopped(outOfMemory), due))).toBe(
      "again, counted, larger",
    );
    expect(decide(jobIn.launched, stopped(imageMissing), due)?.changes.error?.code).toBe("image-unavailable");
  });
});
