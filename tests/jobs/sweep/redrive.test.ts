import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob } from "../../../jobs/api/own-jobs.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { redrive } from "../../../jobs/sweep/redrive.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

const all = { dryRun: false, limit: 100 };

/** A job whose message went to the dead-letter queue. */
async function dead(owner = "local"): Promise<string> {
  const { job } = await submitted(world, undefined, { owner });
  world.dead.push(JSON.stringify(world.messages.pop()));
  return job.jobId;
}

describe("redrive", () => {
  test("retries the job, then removes the message; the job runs to its end", async () => {
    const jobId = await dead();
    await sweep(world.ports);
    const report = await redrive(all, world.ports);
    expect(report).toMatchObject({ dryRun: false, found: 1, items: [{ jobId, action: "retried" }] });
    expect(world.dead).toEqual([]);
    await sweep(world.ports);
    const [message] = world.messages;
    if (message) await work(message, lambdaMachine(), compute, world.ports);
    expect(world.job(jobId)).toMatchObject({ status: "COMPLETED", run: 2 });
  });

  test("need not wait for sweep", async () => {
    const jobId = await dead();
    expect((await redrive(all, world.ports)).items).toMatchObject([{ jobId, action: "retried" }]);
    expect(world.job(jobId)).toMatchObject({ status: "PENDING", run: 2 });
  });

  test("as a dry run says the same and does nothing", async () => {
    const jobId = await dead();
    const before = structuredClone(world.job(jobId));
    const report = await redrive({ ...all, dryRun: true }, world.ports);
    expect(report.items).toMatchObject([{ jobId, action: "retried", sentAt: new Date(start).toISOString() }]);
    expect(world.job(jobId)).toEqual(before);
    expect([world.dead.length, world.reading.size]).toEqual([1, 0]);
  });

  test("takes only what the filter asks for, and gives the rest back", async () => {
    const [mine, theirs] = [await dead("iam:a"), await dead("iam:b")];
    world.dead.push("not json");
    const byOwner = await redrive({ ...all, owner: "iam:b" }, world.ports);
    expect(byOwner).toMatchObject({ found: 3, items: [{ jobId: theirs }] });
    const byJob = await redrive({ ...all, jobId: mine }, world.ports);
    expect(byJob).toMatchObject({ found: 2, items: [{ jobId: mine }] });
    expect([world.dead, world.reading.size]).toEqual([["not json"], 0]);
    expect((await redrive(all, world.ports)).items).toMatchObject([{ action: "kept" }]);
    expect(world.dead).toEqual(["not json"]);
  });

  test("removes the message of a job that needs it no more, and never wakes a cancelled one", async () => {
    const jobId = await dead();
    await cancelJob(jobId, "local", world.ports);
    const report = await redrive(all, world.ports);
    expect(report.items).toMatchObject([{ action: "removed", reason: "its job is CANCELLED without it" }]);
    expect(world.job(jobId)).toMatchObject({ status: "CANCELLED", run: 1 });
    expect(world.dead).toEqual([]);
  });

  test("keeps the message of a job whose input has expired", async () => {
    await dead();
    world.bucket.clear();
    expect((await redrive(all, world.ports)).items).toMatchObject([
      { action: "kept", reason: expect.stringMatching(/inputs of job .* have expired/) },
    ]);
    expect([world.dead.length, world.reading.size]).toEqual([1, 0]);
  });

  test("broken off after the retry, it retries nothing twice", async () => {
    const jobId = await dead();
    world.broken.set("deadLetters.remove", [new Error("ServiceUnavailable")]);
    await expect(redrive(all, world.ports)).rejects.toThrow("ServiceUnavailable");
    world.reading.clear();
    expect((await redrive(all, world.ports)).items).toMatchObject([{ action: "removed" }]);
    expect(world.job(jobId).run).toBe(2);
  });
});
