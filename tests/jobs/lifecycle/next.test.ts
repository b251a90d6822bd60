import { isTerminal } from "@sluice/contract/job";
import { describe, expect, test } from "vitest";
import type { Evidence } from "../../../jobs/lifecycle/evidence.ts";
import { timing } from "../../../jobs/timing.ts";
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
import {
  died,
  failedStart,
  fargateRoute,
  imageMissing,
  infrastructureStop,
  jobIn,
  noMachine,
  outOfMemory,
  type State,
  sampleJob,
  spotReclaim,
  stoppedByHand,
  taskArn,
  written,
} from "../../support/jobs/sample-jobs.ts";

const waitingAndRunning = ["send", "sent", "line", "launched", "lambda", "fargate"] as const;
const ended = ["COMPLETED", "FAILED", "CANCELLED"] as const;
const all: readonly State[] = [...waitingAndRunning, ...ended];

/**
 * What becomes of a job in each state when the evidence comes while it is due and before its deadline.
 * Columns: to be sent · sent · in line · launched · running on Lambda · running on Fargate.
 */
const table: Record<string, [Evidence, readonly [string, string, string, string, string, string]]> = {
  "due, queue empty": [
    look(),
    [
      "send",
      "send, unanswered",
      "send",
      "send",
      "again, counted, on fargate, sent",
      "again, counted, sent, stop",
    ],
  ],
  "due, messages waiting": [
    look(undefined, 40),
    ["send", "look later", "send", "send", "again, counted, on fargate, sent", "again, counted, sent, stop"],
  ],
  "due, task starting": [
    look({ state: "starting", taskArn }),
    [
      "send",
      "send, unanswered",
      "send",
      "look later",
      "again, counted, on fargate, sent",
      "again, counted, sent, stop",
    ],
  ],
  "due, task running": [
    look({ state: "running", taskArn }),
    ["send", "send, unanswered", "send", "look later", "again, counted, on fargate, sent", "look later"],
  ],
  "due, task missing": [
    look({ state: "missing" }),
    [
      "send",
      "send, unanswered",
      "send",
      "send",
      "again, counted, on fargate, sent",
      "again, counted, sent, stop",
    ],
  ],
  "due, task died": [
    look(died),
    [
      "send",
      "send, unanswered",
      "send",
      "wait for a task",
      "again, counted, on fargate, sent",
      "again, counted, sent",
    ],
  ],
  "task out of memory": [
    stopped(outOfMemory),
    ["-", "-", "-", "again, counted, larger", "-", "again, counted, larger"],
  ],
  "task died": [stopped(died), ["-", "-", "-", "wait for a task", "-", "again, counted"]],
  "task reclaimed": [stopped(spotReclaim), ["-", "-", "-", "wait for a task", "-", "again, uncounted"]],
  "task's machine stopped": [
    stopped(infrastructureStop),
    ["-", "-", "-", "wait for a task", "-", "again, uncounted"],
  ],
  "task failed to start": [stopped(failedStart), ["-", "-", "-", "wait for a task", "-", "again, uncounted"]],
  "task found no machine": [stopped(noMachine), ["-", "-", "-", "wait for a task", "-", "again, uncounted"]],
  "task stopped by hand": [
    stopped(stoppedByHand),
    ["-", "-", "-", "wait for a task", "-", "again, uncounted"],
  ],
  "task's image missing": [
    stopped(imageMissing),
    ["-", "-", "-", "FAILED image-unavailable, stop", "-", "FAILED image-unavailable, stop"],
  ],
  "task of an earlier dispatch": [stopped(died, 2), ["-", "-", "-", "-", "-", "-"]],
  "task of a later dispatch": [stopped(died, 4), ["-", "-", "-", "-", "-", "-"]],
  "task that runs": [stopped({ state: "running", taskArn }), ["-", "-", "-", "-", "-", "-"]],
  "task nobody knows": [stopped({ state: "missing" }), ["-", "-", "-", "-", "-", "-"]],
  "refused for capacity": [refused("capacity"), ["-", "-", "-", "wait for capacity", "-", "-"]],
  "refused by a busy ECS": [refused("busy"), ["-", "-", "-", "wait for capacity", "-", "-"]],
  "refused for its shape": [refused("shape"), ["-", "-", "-", "wait for capacity, smaller", "-", "-"]],
  "refused by configuration": [refused("configuration"), ["-", "-", "-", "wait for capacity", "-", "-"]],
  "refused by the stage's caps": [refused("cap"), ["-", "-", "-", "in line", "-", "-"]],
  "refusal of an earlier launch": [refused("capacity", 2), ["-", "-", "-", "-", "-", "-"]],
  "released: interrupted": [
    released("interrupted"),
    ["-", "-", "-", "-", "again, uncounted", "again, uncounted"],
  ],
  "released: out of time": [
    released("out-of-time"),
    ["-", "-", "-", "-", "again, counted, on fargate", "again, counted"],
  ],
  "released: out of memory": [
    released("out-of-memory"),
    ["-", "-", "-", "-", "again, counted, on fargate", "again, counted, larger"],
  ],
  "released: our fault": [
    released("our-fault"),
    ["-", "-", "-", "-", "again, uncounted", "again, uncounted"],
  ],
  "released: crashed": [released("crashed"), ["-", "-", "-", "-", "again, counted", "again, counted"]],
  admitted: [{ kind: "admitted" }, ["-", "-", "send", "-", "-", "-"]],
  "dead letter": [{ kind: "dead-letter", dispatch: 3 }, ["-", "FAILED not-delivered", "-", "-", "-", "-"]],
  "dead letter of an earlier send": [{ kind: "dead-letter", dispatch: 2 }, ["-", "-", "-", "-", "-", "-"]],
  cancel: [
    { kind: "cancel" },
    ["cancelled", "cancelled", "cancelled", "cancelled, stop", "cancelled", "cancelled, stop"],
  ],
  retry: [{ kind: "retry" }, ["-", "-", "-", "-", "-", "-"]],
};

const rows = Object.entries(table).map(([name, [evidence, expected]]) => ({ name, evidence, expected }));

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
      const late = state === "line" ? "FAILED no-capacity" : "FAILED deadline-exceeded";
      const how = name === "cancel" ? "cancelled" : late;
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
        expect(words, state).toBe(name === "retry" && state !== "COMPLETED" ? "next run, sent" : "-");
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
      spotRefusals: 3,
      error: { code: "attempts-exhausted", message: "enough" },
    });
    const decision = decide(spent, { kind: "retry" }, deadline + 1);
    const job = written(spent, decision?.changes ?? {});
    expect(job).toMatchObject({
      status: "PENDING",
      step: "sent",
      run: 2,
      dispatch: 4,
      dueAt: deadline + 1 + timing.answer,
      deadlineAt: deadline + 1 + 3_600_000,
      countedAttempts: 0,
      uncountedAttempts: 0,
      unanswered: 0,
      refusals: 0,
      spotReclaims: 0,
      spotRefusals: 0,
      progress: 0,
    });
    for (const gone of ["error", "usd", "finishedAt", "startedAt", "worker", "taskArn"]) {
      expect(job).not.toHaveProperty(gone);
    }
    const message = { v: 1, jobId: spent.jobId, dispatch: 4, target: spent.route.target };
    expect(decision?.effects).toEqual([{ kind: "send", message }]);
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

test("every outcome is due again, a terminal one to be announced", () => {
  for (const { evidence } of rows) {
    for (const state of all) {
      for (const now of [due, deadline]) {
        const decision = decide(jobIn[state], evidence, now);
        if (!decision) continue;
        const job = written(jobIn[state], decision.changes);
        if (isTerminal(job.status)) expect(job.dueAt).toBe(now + timing.publish);
        else expect(job.dueAt).toBeGreaterThanOrEqual(now);
      }
    }
  }
});
