import { beforeEach, describe, expect, test, vi } from "vitest";
import { waitForEnd } from "../../../jobs/api/wait.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { jobIn, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

describe("waiting for the end", () => {
  test("returns as soon as the job is terminal", async () => {
    const { job } = await submitted(world);
    void runJob({ jobId: job.jobId, dispatch: 1 }, lambdaMachine(), lasting(900), world.ports);
    const waited = waitForEnd(job, 20, world.ports);
    await vi.advanceTimersByTimeAsync(1_500);
    const { job: latest, granted } = await waited;
    expect(latest.status).toBe("COMPLETED");
    expect(granted).toBe(20);
    expect(world.freeWaitSlots).toBe(50);
    expect(world.calls.filter((call) => call === "store.get").length).toBeLessThan(15);
  });

  test("gives up when the time is up, and gives the slot back", async () => {
    const { job } = await submitted(world);
    const waited = waitForEnd(job, 5, world.ports);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(world.freeWaitSlots).toBe(49);
    await vi.advanceTimersByTimeAsync(1);
    expect((await waited).job.status).toBe("PENDING");
    expect(Date.now()).toBe(start + 5_000);
    expect(world.freeWaitSlots).toBe(50);
  });

  test("waits a quarter of a second and no longer when every slot is taken", async () => {
    world.freeWaitSlots = 0;
    const { job } = await submitted(world);
    const waited = waitForEnd(job, 20, world.ports).then((answer) => ({ ...answer, at: Date.now() }));
    await vi.advanceTimersByTimeAsync(2_000);
    const { job: latest, granted, at } = await waited;
    expect([latest.status, granted]).toEqual(["PENDING", undefined]);
    expect(at).toBeLessThanOrEqual(start + 500);
  });

  test("needs no slot for a job that ends within a quarter of a second", async () => {
    world.freeWaitSlots = 0;
    const { job } = await submitted(world);
    void runJob({ jobId: job.jobId, dispatch: 1 }, lambdaMachine(), lasting(30), world.ports);
    const waited = waitForEnd(job, 20, world.ports);
    await vi.advanceTimersByTimeAsync(250);
    expect((await waited).job.status).toBe("COMPLETED");
    expect(world.calls).not.toContain("waitSlots.take");
  });

  test("does not take a slot for a job that has ended", async () => {
    await waitForEnd(jobIn.COMPLETED, 20, world.ports);
    expect(world.calls).toEqual([]);
  });

  test("gives the slot back when a read fails", async () => {
    const { job } = await submitted(world);
    world.broken.set("store.get", [new Error("InternalServerError")]);
    const waited = waitForEnd(job, 5, world.ports).catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(500);
    expect(await waited).toBe("InternalServerError");
    expect(world.freeWaitSlots).toBe(50);
  });
});
