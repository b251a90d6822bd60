import { describe, expect, test } from "vitest";
import type { Guard } from "../../../jobs/job-store.ts";
import { write } from "../../../jobs/lifecycle/write.ts";
import { due, refused, released, stopped } from "../../support/jobs/deciding.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";
import { died, jobIn, sampleJob } from "../../support/jobs/sample-jobs.ts";

const inputs = { a: { job: "p".repeat(26), output: "result", shape: [2, 2], dtype: "float64" as const } };
const waiting = sampleJob({ step: "inputs", inputs });
const beat = { kind: "beat", leaseUntil: due + 1, progress: 0.5 } as const;
const finished = { kind: "finished", end: { outputs: {} } } as const;
const taskStarted = { kind: "task-started", dispatch: 3, taskArn: "arn:new" } as const;
const sendFailed = { kind: "send-failed", dispatch: 3 } as const;

describe("the condition of the write", () => {
  const byWorker: Guard = { dispatch: 3, status: "PROCESSING", worker: "worker-1" };
  const pending: Guard = { dispatch: 3, status: "PENDING" };
  const seen: Guard = { rev: 7 };
  test.each([
    ["beat", jobIn.fargate, beat, byWorker],
    ["finished", jobIn.fargate, finished, byWorker],
    ["released", jobIn.fargate, released("our-fault"), byWorker],
    ["deadline", jobIn.fargate, { kind: "deadline" }, byWorker],
    ["task-started", jobIn.launched, taskStarted, pending],
    ["parent-ended", waiting, { kind: "parent-ended" }, pending],
    ["send-failed", jobIn.sent, sendFailed, seen],
    ["refused", jobIn.launched, refused("capacity"), seen],
    ["task", jobIn.fargate, stopped(died), seen],
    ["cancel", jobIn.fargate, { kind: "cancel" }, seen],
    ["retry", jobIn.FAILED, { kind: "retry" }, seen],
  ] as const)("%s", async (_kind, job, evidence, guard) => {
    const guards: Guard[] = [];
    const update = async (_jobId: string, given: Guard) => {
      guards.push(given);
      return { ok: false as const, job };
    };
    const ports = { store: { update }, now: () => due, settings: defaultSettings };
    expect(await write(job, evidence, ports)).toMatchObject({ ok: false, job });
    expect(guards).toEqual([guard]);
  });

  test("evidence that changes nothing writes nothing", async () => {
    const update = () => Promise.reject(new Error("nothing is to be written"));
    const ports = { store: { update }, now: () => due, settings: defaultSettings };
    expect(await write(jobIn.COMPLETED, { kind: "cancel" }, ports)).toBeUndefined();
  });
});
