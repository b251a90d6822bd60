import { beforeEach, describe, expect, test, vi } from "vitest";
import { retryJob } from "../../../jobs/api/own-jobs.ts";
import { redrive } from "../../../jobs/sweep/redrive.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { submitted } from "../../support/jobs/submitting.ts";

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

describe("sweep and a dead letter", () => {
  test("tells the job, once, and leaves the message where it is", async () => {
    const jobId = await dead();
    expect((await sweep(world.ports)).deadLetters).toBe(1);
    expect(world.job(jobId)).toMatchObject({ status: "FAILED", error: { code: "not-delivered" } });
    const asMarked = structuredClone(world.job(jobId));
    expect((await sweep(world.ports)).deadLetters).toBe(1);
    expect(world.job(jobId)).toEqual(asMarked);
    expect([world.dead.length, world.reading.size]).toEqual([1, 0]);
  });

  test("knows the job by any of the sends that nobody answered, and by none of an earlier run", async () => {
    const jobId = await dead();
    world.queueLength = 1;
    for (let minute = 0; minute < 13; minute++) {
      await vi.advanceTimersByTimeAsync(60_000);
      world.messages.length = 0;
      const letters = world.dead.splice(0);
      await sweep(world.ports);
      world.dead.push(...letters);
    }
    expect(world.job(jobId)).toMatchObject({ status: "PENDING", step: "sent", dispatch: 3, sentFrom: 1 });
    await sweep(world.ports);
    expect(world.job(jobId)).toMatchObject({ status: "FAILED", error: { code: "not-delivered" } });
    await retryJob(jobId, "local", world.ports);
    await sweep(world.ports);
    await sweep(world.ports);
    expect(world.job(jobId)).toMatchObject({ status: "PENDING", step: "sent", run: 2 });
    expect((await redrive(all, world.ports)).items).toMatchObject([{ action: "removed" }]);
  });

  test("leaves a job alone that went on without the message, and text that is not ours", async () => {
    const { job } = await submitted(world);
    const [message] = world.messages;
    world.dead.push(
      "not json",
      JSON.stringify({ ...message, dispatch: 9 }),
      JSON.stringify({ v: 1, jobId: "x" }),
    );
    expect((await sweep(world.ports)).deadLetters).toBe(3);
    expect(world.job(job.jobId).status).toBe("PENDING");
  });

  test("gives the messages back also when the table is down", async () => {
    await dead();
    world.broken.set("store.get", () => new Error("InternalServerError"));
    expect((await sweep(world.ports)).failed).toBe(1);
    expect(world.reading.size).toBe(0);
  });
});
