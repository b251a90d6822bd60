import { describe, expect, test } from "vitest";
import { cancelJob } from "../../../jobs/api/own-jobs.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { redrive } from "../../../jobs/sweep/redrive.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { inBucket } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine } from "../../support/jobs/submitting.ts";
import { allLetters, sweptStage } from "../../support/jobs/swept-stage.ts";

// What has expired lies in the bucket.
const stage = sweptStage(inBucket);
const { dead } = stage;

describe("redrive", () => {
  test("retries the job, then removes the message; the job runs to its end", async () => {
    const jobId = await dead();
    await sweep(stage.world.ports);
    const report = await redrive(allLetters, stage.world.ports);
    expect(report).toMatchObject({ dryRun: false, found: 1, items: [{ jobId, action: "retried" }] });
    expect(stage.world.dead).toEqual([]);
    await sweep(stage.world.ports);
    const [message] = stage.world.messages;
    if (message) await work(message, lambdaMachine(), compute, stage.world.ports);
    expect(stage.world.job(jobId)).toMatchObject({ status: "COMPLETED", run: 2 });
  });

  test("need not wait for sweep", async () => {
    const jobId = await dead();
    expect((await redrive(allLetters, stage.world.ports)).items).toMatchObject([
      { jobId, action: "retried" },
    ]);
    expect(stage.world.job(jobId)).toMatchObject({ status: "PENDING", run: 2 });
  });

  test("as a dry run says the same and does nothing", async () => {
    const jobId = await dead();
    const before = structuredClone(stage.world.job(jobId));
    const report = await redrive({ ...allLetters, dryRun: true }, stage.world.ports);
    expect(report.items).toMatchObject([{ jobId, action: "retried", sentAt: new Date(start).toISOString() }]);
    expect(stage.world.job(jobId)).toEqual(before);
    expect([stage.world.dead.length, stage.world.reading.size]).toEqual([1, 0]);
  });

  test("takes only what the filter asks for, and gives the rest back", async () => {
    const [mine, theirs] = [await dead("iam:a"), await dead("iam:b")];
    stage.world.dead.push("not json");
    const byOwner = await redrive({ ...allLetters, owner: "iam:b" }, stage.world.ports);
    expect(byOwner).toMatchObject({ found: 3, items: [{ jobId: theirs }] });
    const byJob = await redrive({ ...allLetters, jobId: mine }, stage.world.ports);
    expect(byJob).toMatchObject({ found: 2, items: [{ jobId: mine }] });
    expect([stage.world.dead, stage.world.reading.size]).toEqual([["not json"], 0]);
    expect((await redrive(allLetters, stage.world.ports)).items).toMatchObject([{ action: "kept" }]);
    expect(stage.world.dead).toEqual(["not json"]);
  });

  test("removes the message of a job that needs it no more, and never wakes a cancelled one", async () => {
    const jobId = await dead();
    await cancelJob(jobId, "local", stage.world.ports);
    const report = await redrive(allLetters, stage.world.ports);
    expect(report.items).toMatchObject([{ action: "removed", reason: "its job is CANCELLED without it" }]);
    expect(stage.world.job(jobId)).toMatchObject({ status: "CANCELLED", run: 1 });
    expect(stage.world.dead).toEqual([]);
  });

  test("keeps the message of a job whose input has expired", async () => {
    await dead();
    stage.world.bucket.clear();
    expect((await redrive(allLetters, stage.world.ports)).items).toMatchObject([
      { action: "kept", reason: expect.stringMatching(/inputs of job .* have expired/) },
    ]);
    expect([stage.world.dead.length, stage.world.reading.size]).toEqual([1, 0]);
  });

  test("broken off after the retry, it retries nothing twice", async () => {
    const jobId = await dead();
    stage.world.broken.set("deadLetters.remove", [new Error("ServiceUnavailable")]);
    await expect(redrive(allLetters, stage.world.ports)).rejects.toThrow("ServiceUnavailable");
    stage.world.reading.clear();
    expect((await redrive(allLetters, stage.world.ports)).items).toMatchObject([{ action: "removed" }]);
    expect(stage.world.job(jobId).run).toBe(2);
  });
});
