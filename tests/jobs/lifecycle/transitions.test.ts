import { describe, expect, test } from "vitest";
import type { Evidence } from "../../../jobs/lifecycle/evidence.ts";
import { timing } from "../../../jobs/timing.ts";
import { deadline, decide, due } from "../../support/jobs/deciding.ts";
import { jobIn, type State, sampleJob, start, taskArn, written } from "../../support/jobs/sample-jobs.ts";

/** What is written of the reports of a worker, of a launch and of a send. */

const outputs = {
  result: { shape: [2, 2], dtype: "float64" as const, key: "jobs/x/out/3/result.npy", bytes: 160 },
};
const completed: Evidence = { kind: "finished", end: { outputs } };
const error = { code: "singular-matrix" as const, message: "the matrix is singular" };
const beat: Evidence = { kind: "beat", leaseUntil: due + timing.lease, progress: 0.5 };
const taskStarted: Evidence = { kind: "task-started", dispatch: 3, taskArn: "arn:new" };
const sendFailed: Evidence = { kind: "send-failed", dispatch: 3 };
const states = Object.keys(jobIn) as State[];
const changing = (evidence: Evidence) => states.filter((state) => decide(jobIn[state], evidence, due));

const inputs = { a: { job: "p".repeat(26), output: "result", shape: [2, 2], dtype: "float64" as const } };
const waiting = sampleJob({ step: "inputs", inputs, dueAt: start + timing.inputs });

describe("a worker's report changes only a job that runs", () => {
  test.each([
    ["a beat", beat],
    ["a result", completed],
    ["the job's own error", { kind: "finished", end: { error } }],
  ] as const)("%s", (_name, evidence) => {
    expect(changing(evidence)).toEqual(["lambda", "fargate"]);
  });

  test("completion beats the deadline, and stops no task: the worker's own ends by itself", () => {
    const late = decide(jobIn.fargate, completed, deadline + 1);
    expect(late?.effects).toEqual([]);
    expect(written(jobIn.fargate, late?.changes ?? {})).toMatchObject({
      status: "COMPLETED",
      statusReason: "finished",
      progress: 1,
      outputs,
      finishedAt: deadline + 1,
      dueAt: deadline + 1 + timing.publish,
      attempts: [{ outcome: "completed", reason: "finished", endedAt: deadline + 1 }],
    });
  });

  test("an error of the job's own is its reason and its attempt's", () => {
    const { changes } = decide(jobIn.lambda, { kind: "finished", end: { error } }, due) ?? {};
    expect(changes).toMatchObject({ status: "FAILED", statusReason: error.message, error });
    expect(changes?.attempts).toMatchObject([{ outcome: "failed", reason: error.message }]);
    expect(changes).not.toHaveProperty("progress");
  });

  test("a beat makes sweep look when the renewed lease expires", () => {
    const changes = { progress: 0.5, leaseUntil: due + timing.lease, dueAt: due + timing.lease };
    expect(decide(jobIn.fargate, beat, due)).toEqual({ changes, effects: [] });
  });

  test("the worker's deadline ends the job though its timer fired a millisecond early", () => {
    const { changes } = decide(jobIn.lambda, { kind: "deadline" }, deadline - 1) ?? {};
    expect(changes).toMatchObject({ status: "FAILED", error: { code: "deadline-exceeded" } });
  });
});

describe("what is reported of a job that waits", () => {
  test("the task of its launch, of this dispatch alone", () => {
    expect(changing(taskStarted)).toEqual(["launched"]);
    expect(decide(jobIn.launched, taskStarted, deadline)?.changes).toEqual({
      taskArn: "arn:new",
      statusReason: "its Fargate task is starting",
    });
    expect(decide(jobIn.launched, { kind: "task-started", dispatch: 2, taskArn }, due)).toBeUndefined();
  });

  test("a message that never left does not count towards not-delivered, and sweep sends at once", () => {
    expect(changing(sendFailed)).toEqual(["sent"]);
    const job = sampleJob({ unanswered: 2 });
    expect(decide(job, sendFailed, due)?.changes).toEqual({ step: "send", dueAt: due, unanswered: 1 });
    expect(decide(jobIn.sent, sendFailed, due)?.changes.unanswered).toBe(0);
    expect(decide(jobIn.sent, { kind: "send-failed", dispatch: 2 }, due)).toBeUndefined();
  });

  test("the end of a parent makes a job due that waits for inputs, and no other", () => {
    expect(changing({ kind: "parent-ended" })).toEqual([]);
    const now = start + 5;
    expect(decide(waiting, { kind: "parent-ended" }, now)).toEqual({ changes: { dueAt: now }, effects: [] });
  });
});
