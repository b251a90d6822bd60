import { beforeEach, describe, expect, test } from "vitest";
import { cancelBatch, getBatch, retryBatch } from "../../../jobs/batches/own-batch.ts";
import { inverses, submittedBatch, workedOff } from "../../support/jobs/batches.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";

let world: World;
let batchId: string;
beforeEach(async () => {
  world = memoryWorld();
  ({ batchId } = await submittedBatch(world, inverses(4, 2)));
});
const statuses = async () => (await getBatch(batchId, "local", world.ports)).map(({ status }) => status);

describe("a batch of one's own", () => {
  test("is its jobs, in order", async () => {
    const jobs = await getBatch(batchId, "local", world.ports);
    expect(jobs.map(({ batch }) => batch?.index)).toEqual([0, 1, 2, 3]);
  });

  test("does not exist for another owner, nor under another id", async () => {
    const missing = { code: "batch-not-found" };
    await expect(getBatch(batchId, "other", world.ports)).rejects.toMatchObject(missing);
    await expect(getBatch(`${batchId}0`, "local", world.ports)).rejects.toMatchObject(missing);
    await expect(getBatch("nonsense", "local", world.ports)).rejects.toMatchObject(missing);
    for (const change of [cancelBatch, retryBatch])
      await expect(change(batchId, "other", world.ports)).rejects.toMatchObject(missing);
  });

  test("is cancelled where it has not ended", async () => {
    await workedOff(world);
    expect(await statuses()).toEqual(["COMPLETED", "COMPLETED", "FAILED", "COMPLETED"]);
    const second = await submittedBatch(world, inverses(2));
    const cancelled = await cancelBatch(second.batchId, "local", world.ports);
    expect(cancelled.map(({ status }) => status)).toEqual(["CANCELLED", "CANCELLED"]);
    await cancelBatch(batchId, "local", world.ports);
    expect(await statuses()).toEqual(["COMPLETED", "COMPLETED", "FAILED", "COMPLETED"]);
  });

  test("is retried where it FAILED", async () => {
    await workedOff(world);
    const retried = await retryBatch(batchId, "local", world.ports);
    expect(retried.map(({ run, status }) => [run, status])).toEqual([
      [1, "COMPLETED"],
      [1, "COMPLETED"],
      [2, "PENDING"],
      [1, "COMPLETED"],
    ]);
    expect(world.messages).toHaveLength(1);
  });

  test("in which none failed is not retried", async () => {
    await expect(retryBatch(batchId, "local", world.ports)).rejects.toMatchObject({ code: "not-retryable" });
  });

  test("keeps a failed job whose inputs have expired as it is", async () => {
    await workedOff(world);
    world.bucket.clear();
    await retryBatch(batchId, "local", world.ports);
    expect(await statuses()).toEqual(["COMPLETED", "COMPLETED", "FAILED", "COMPLETED"]);
  });
});
