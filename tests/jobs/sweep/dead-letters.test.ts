import { describe, expect, test, vi } from "vitest";
import { retryJob } from "../../../jobs/api/own-jobs.ts";
import { redrive } from "../../../jobs/sweep/redrive.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { submitted } from "../../support/jobs/submitting.ts";
import { allLetters, sweptStage } from "../../support/jobs/swept-stage.ts";

const stage = sweptStage();
const { dead } = stage;

describe("sweep and a dead letter", () => {
  test("tells the job, once, and leaves the message where it is", async () => {
    const jobId = await dead();
    expect((await sweep(stage.world.ports)).deadLetters).toBe(1);
    expect(stage.world.job(jobId)).toMatchObject({ status: "FAILED", error: { code: "not-delivered" } });
    const asMarked = structuredClone(stage.world.job(jobId));
    expect((await sweep(stage.world.ports)).deadLetters).toBe(1);
    expect(stage.world.job(jobId)).toEqual(asMarked);
    expect([stage.world.dead.length, stage.world.reading.size]).toEqual([1, 0]);
  });

  test("knows the job by any of the sends that nobody answered, and by none of an earlier run", async () => {
    const jobId = await dead();
    stage.world.queueLength = 1;
    for (let minute = 0; minute < 13; minute++) {
      await vi.advanceTimersByTimeAsync(60_000);
      stage.world.messages.length = 0;
      const letters = stage.world.dead.splice(0);
      await sweep(stage.world.ports);
      stage.world.dead.push(...letters);
    }
    expect(stage.world.job(jobId)).toMatchObject({
      status: "PENDING",
      step: "sent",
      dispatch: 3,
      sentFrom: 1,
    });
    await sweep(stage.world.ports);
    expect(stage.world.job(jobId)).toMatchObject({ status: "FAILED", error: { code: "not-delivered" } });
    await retryJob(jobId, "local", stage.world.ports);
    await sweep(stage.world.ports);
    await sweep(stage.world.ports);
    expect(stage.world.job(jobId)).toMatchObject({ status: "PENDING", step: "sent", run: 2 });
    expect((await redrive(allLetters, stage.world.ports)).items).toMatchObject([{ action: "removed" }]);
  });

  test("leaves a job alone that went on without the message, and text that is not ours", async () => {
    const { job } = await submitted(stage.world);
    const [message] = stage.world.messages;
    stage.world.dead.push(
      "not json",
      JSON.stringify({ ...message, dispatch: 9 }),
      JSON.stringify({ v: 1, jobId: "x" }),
    );
    expect((await sweep(stage.world.ports)).deadLetters).toBe(3);
    expect(stage.world.job(job.jobId).status).toBe("PENDING");
  });

  test("gives the messages back also when the table is down", async () => {
    await dead();
    stage.world.broken.set("store.get", () => new Error("InternalServerError"));
    expect((await sweep(stage.world.ports)).failed).toBe(1);
    expect(stage.world.reading.size).toBe(0);
  });
});
