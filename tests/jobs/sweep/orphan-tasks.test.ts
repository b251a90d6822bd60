import { describe, expect, test, vi } from "vitest";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { forged } from "../../support/jobs/forged.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine } from "../../support/jobs/submitting.ts";
import { large, sweptStage } from "../../support/jobs/swept-stage.ts";

const stage = sweptStage();
const { job, received, minute } = stage;

describe("tasks that claim no live job", () => {
  async function launched(): Promise<string> {
    const jobId = await job(large);
    await work(received(), lambdaMachine(), compute, stage.world.ports);
    return jobId;
  }

  test.each([
    [
      "whose job has ended",
      (jobId: string) =>
        stage.world.ports.store.update(jobId, {}, forged({ status: "CANCELLED", dueAt: undefined })),
    ],
    [
      "whose job moved on",
      (jobId: string) =>
        stage.world.ports.store.update(jobId, {}, forged({ dispatch: 9, dueAt: start + 1e7 })),
    ],
    ["whose job is gone", async () => stage.world.table.clear()],
  ])("%s are stopped, once they are two minutes old", async (_how, change) => {
    const jobId = await launched();
    await change(jobId);
    expect((await minute()).tasksStopped).toBe(0);
    expect((await minute()).tasksStopped).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect((await sweep(stage.world.ports)).tasksStopped).toBe(1);
    expect(stage.world.started[0]?.stopReason).toBe("it claims no live job");
    expect((await minute()).tasksStopped).toBe(0);
  });

  test("the task of a live job is left alone for as long as its job lives", async () => {
    const jobId = await launched();
    const [task] = stage.world.started;
    if (task) task.observation = { state: "running", taskArn: task.observation.taskArn };
    for (let pass = 0; pass < 9; pass++) expect((await minute()).tasksStopped).toBe(0);
    expect(stage.world.job(jobId).step).toBe("launched");
  });

  test("one that cannot be stopped does not keep the others running", async () => {
    const jobIds = [await launched(), await launched(), await launched()];
    for (const jobId of jobIds)
      await stage.world.ports.store.update(jobId, {}, forged({ status: "CANCELLED", dueAt: undefined }));
    stage.world.broken.set("tasks.stop", [new Error("ThrottlingException")]);
    await vi.advanceTimersByTimeAsync(121_000);
    expect((await sweep(stage.world.ports)).tasksStopped).toBe(2);
    expect((await minute()).tasksStopped).toBe(1);
  });
});
