import { isTerminal } from "@sluice/contract/job";
import { describe, expect, test } from "vitest";
import type { Decision } from "../../jobs/decision.ts";
import type { Evidence, TaskObservation } from "../../jobs/evidence.ts";
import { next } from "../../jobs/next.ts";
import type { Job } from "../../jobs/record.ts";
import { limits } from "../../jobs/timing.ts";
import { defaultSettings } from "./memory-ports.ts";
import {
  died,
  failedStart,
  fargateRoute,
  imageMissing,
  infrastructureStop,
  jobIn,
  outOfMemory,
  type State,
  sampleJob,
  spotReclaim,
  start,
  stoppedByHand,
  taskArn,
  written,
} from "./sample-jobs.ts";

const due = start + 60_000;
const deadline = start + 3_600_000;

const look = (task?: TaskObservation, queueWaiting = 0): Evidence => ({
  kind: "due",
  queueWaiting,
  ...(task ? { task } : {}),
});
const stopped = (task: TaskObservation, dispatch = 3): Evidence => ({ kind: "task", dispatch, task });
const refused = (kind: "capacity" | "shape" | "configuration", dispatch = 3): Evidence => ({
  kind: "refused",
  dispatch,
  refusal: { kind, detail: "arn:aws:ecs:secret" },
});
const released = (cause: "interrupted" | "out-of-time" | "out-of-memory" | "our-fault"): Evidence => ({
  kind: "released",
  cause,
  detail: "as the worker says",
});

/** A decision in a few words, so that the table below can be read. */
function inWords(job: Job, decision: Decision | undefined): string {
  if (!decision) return "-";
  const { changes, effects } = decision;
  const words: string[] = [];
  if (changes.status === "CANCELLED") words.push("cancelled");
  else if (changes.status === "FAILED") words.push(`FAILED ${changes.error?.code}`);
  else if (changes.run !== undefined) words.push("next run");
  else if ((changes.countedAttempts ?? 0) > job.countedAttempts) words.push("again, counted");
  else if ((changes.uncountedAttempts ?? 0) > job.uncountedAttempts) words.push("again, uncounted");
  else if ((changes.refusals ?? 0) > job.refusals) words.push("wait for capacity");
  else if (changes.unanswered !== undefined && effects.length > 0) {
    words.push(changes.unanswered > job.unanswered ? "send, unanswered" : "send");
  } else if (Object.keys(changes).every((field) => ["dueAt", "statusReason", "taskArn"].includes(field))) {
    words.push("look later");
  }
  if (changes.route && changes.route.target !== job.route.target) words.push(`on ${changes.route.target}`);
  else if (changes.route && changes.route.memoryMiB > job.route.memoryMiB) words.push("larger");
  else if (changes.route && changes.route.vcpu < job.route.vcpu) words.push("smaller");
  if (effects.some(({ kind }) => kind === "send") && !words[0]?.startsWith("send")) words.push("sent");
  if (effects.some(({ kind }) => kind === "stop-task")) words.push("stop");
  return words.join(", ");
}

const waitingAndRunning = ["send", "sent", "launched", "lambda", "fargate"] as const;
const ended = ["COMPLETED", "FAILED", "CANCELLED"] as const;
const all: readonly State[] = [...waitingAndRunning, ...ended];

/**
 * What becomes of a job in each state when the evidence comes while it is due and before its deadline.
 * Columns: to be sent · sent · launched · running on Lambda · running on Fargate.
 */
const table: Record<string, [Evidence, readonly [string, string, string, string, string]]> = {
  "due, queue empty": [
    look(),
    ["send", "send, unanswered", "send", "again, counted, on fargate, sent", "again, counted, sent, stop"],
  ],
  "due, messages waiting": [
    look(undefined, 40),
    ["send", "look later", "send", "again, counted, on fargate, sent", "again, counted, sent, stop"],
  ],
  "due, task starting": [
    look({ state: "starting", taskArn }),
    [
      "send",
      "send, unanswered",
      "look later",
      "again, counted, on fargate, sent",
      "again, counted, sent, stop",
    ],
  ],
  "due, task running": [
    look({ state: "running", taskArn }),
    ["send", "send, unanswered", "look later", "again, counted, on fargate, sent", "look later"],
  ],
  "due, task missing": [
    look({ state: "missing" }),
    ["send", "send, unanswered", "send", "again, counted, on fargate, sent", "again, counted, sent, stop"],
  ],
  "due, task died": [
    look(died),
    [
      "send",
      "send, unanswered",
      "again, counted",
      "again, counted, on fargate, sent",
      "again, counted, sent",
    ],
  ],
  "task out of memory": [
    stopped(outOfMemory),
    ["-", "-", "again, counted, larger", "-", "again, counted, larger"],
  ],
  "task died": [stopped(died), ["-", "-", "again, counted", "-", "again, counted"]],
  "task reclaimed": [stopped(spotReclaim), ["-", "-", "again, uncounted", "-", "again, uncounted"]],
  "task's machine stopped": [
    stopped(infrastructureStop),
    ["-", "-", "again, uncounted", "-", "again, uncounted"],
  ],
  "task failed to start": [stopped(failedStart), ["-", "-", "again, uncounted", "-", "again, uncounted"]],
  "task stopped by hand": [stopped(stoppedByHand), ["-", "-", "again, uncounted", "-", "again, uncounted"]],
  "task's image missing": [
    stopped(imageMissing),
    ["-", "-", "FAILED image-unavailable, stop", "-", "FAILED image-unavailable, stop"],
  ],
  "task of an earlier dispatch": [stopped(died, 2), ["-", "-", "-", "-", "-"]],
  "task of a later dispatch": [stopped(died, 4), ["-", "-", "-", "-", "-"]],
  "task that runs": [stopped({ state: "running", taskArn }), ["-", "-", "-", "-", "-"]],
  "task nobody knows": [stopped({ state: "missing" }), ["-", "-", "-", "-", "-"]],
  "refused for capacity": [refused("capacity"), ["-", "-", "wait for capacity", "-", "-"]],
  "refused for its shape": [refused("shape"), ["-", "-", "wait for capacity, smaller", "-", "-"]],
  "refused by configuration": [refused("configuration"), ["-", "-", "wait for capacity", "-", "-"]],
  "refusal of an earlier launch": [refused("capacity", 2), ["-", "-", "-", "-", "-"]],
  "released: interrupted": [released("interrupted"), ["-", "-", "-", "again, uncounted", "again, uncounted"]],
  "released: out of time": [
    released("out-of-time"),
    ["-", "-", "-", "again, counted, on fargate", "again, counted"],
  ],
  "released: out of memory": [
    released("out-of-memory"),
    ["-", "-", "-", "again, counted, on fargate", "again, counted, larger"],
  ],
  "released: our fault": [released("our-fault"), ["-", "-", "-", "again, uncounted", "again, uncounted"]],
  cancel: [{ kind: "cancel" }, ["cancelled", "cancelled", "cancelled, stop", "cancelled", "cancelled, stop"]],
  retry: [{ kind: "retry" }, ["-", "-", "-", "-", "-"]],
};

const rows = Object.entries(table).map(([name, [evidence, expected]]) => ({ name, evidence, expected }));
const decide = (job: Job, evidence: Evidence, now: number) => next(job, evidence, now, defaultSettings);

describe("before the deadline", () => {
  test.each(rows)("$name", ({ evidence, expected }) => {
    const seen = waitingAndRunning.map((state) => inWords(jobIn[state], decide(jobIn[state], evidence, due)));
    expect(seen).toEqual(expected);
  });

  test.each(rows.filter(({ evidence }) => evidence.kind === "due"))(
    "$name, but not due yet",
    ({ evidence }) => {
      for (const state of all) expect(decide(jobIn[state], evidence, due - 1)).toBeUndefined();
    },
  );
});

describe("past the deadline every kind of evidence ends the job", () => {
  test.each(rows)("$name", ({ evidence, name }) => {
    for (const state of waitingAndRunning) {
      const words = inWords(jobIn[state], decide(jobIn[state], evidence, deadline));
      const hasTask = jobIn[state].taskArn !== undefined;
      const how = name === "cancel" ? "cancelled" : "FAILED deadline-exceeded";
      expect(words, state).toBe(hasTask ? `${how}, stop` : how);
    }
  });

  test("one that only ever waited for capacity says so", () => {
    const job = sampleJob({
      step: "send",
      refusals: 4,
      statusReason: "waiting for Fargate capacity: no task could be started just now",
      route: fargateRoute,
    });
    const error = decide(job, look(), deadline)?.changes.error;
    expect(error?.code).toBe("no-capacity");
    expect(error?.message).toContain("within 3600 s");
    expect(error?.message).toContain("no task could be started just now");
  });
});

describe("after the end", () => {
  test.each(rows)("$name", ({ evidence, name }) => {
    for (const state of ended) {
      for (const now of [due, deadline, deadline + 86_400_000]) {
        const words = inWords(jobIn[state], decide(jobIn[state], evidence, now));
        expect(words, state).toBe(name === "retry" && state !== "COMPLETED" ? "next run" : "-");
      }
    }
  });

  test("retry opens a run of its own under a new fence", () => {
    const spent = sampleJob({
      ...jobIn.FAILED,
      countedAttempts: 3,
      uncountedAttempts: 9,
      unanswered: 2,
      refusals: 5,
      spotReclaims: 2,
      error: { code: "attempts-exhausted", message: "enough" },
    });
    const decision = decide(spent, { kind: "retry" }, deadline + 1);
    const job = written(spent, decision?.changes ?? {});
    expect(job).toMatchObject({
      status: "PENDING",
      step: "send",
      run: 2,
      dispatch: 4,
      dueAt: deadline + 1,
      deadlineAt: deadline + 1 + 3_600_000,
      countedAttempts: 0,
      uncountedAttempts: 0,
      unanswered: 0,
      refusals: 0,
      spotReclaims: 0,
      progress: 0,
    });
    for (const gone of ["error", "usd", "finishedAt", "startedAt", "worker", "taskArn"]) {
      expect(job).not.toHaveProperty(gone);
    }
    expect(decision?.effects).toEqual([]);
  });
});

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
    expect(inWords(job, decision)).toBe("again, counted, stop");
    expect(decision?.effects).toHaveLength(1);
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

test("no word of AWS's reaches the caller", () => {
  for (const { evidence } of rows) {
    for (const state of all) {
      for (const now of [due, deadline]) {
        const { statusReason, error } = decide(jobIn[state], evidence, now)?.changes ?? {};
        expect(`${statusReason} ${error?.message}`).not.toMatch(/arn:|Exception|CannotPull|OutOfMemoryError/);
      }
    }
  }
});

test("every non-terminal outcome is due again, no terminal one is", () => {
  for (const { evidence } of rows) {
    for (const state of all) {
      for (const now of [due, deadline]) {
        const decision = decide(jobIn[state], evidence, now);
        if (!decision) continue;
        const job = written(jobIn[state], decision.changes);
        if (isTerminal(job.status)) expect(job).not.toHaveProperty("dueAt");
        else expect(job.dueAt).toBeGreaterThanOrEqual(now);
      }
    }
  }
});
