import { beforeEach, expect, test } from "vitest";
import { getBatch } from "../../../jobs/batches/own-batch.ts";
import { acceptedView, batchView } from "../../../jobs/batches/view.ts";
import { inverses, submittedBatch, workedOff } from "../../support/jobs/batches.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";

let world: World;
beforeEach(() => {
  world = memoryWorld();
});

test("the view counts, sums, and names those that failed", async () => {
  const { batchId } = await submittedBatch(
    world,
    inverses(60, ...Array.from({ length: 55 }, (_, index) => index)),
  );
  const jobs = () => getBatch(batchId, "local", world.ports);
  const before = batchView(batchId, await jobs());
  expect(before).toMatchObject({ size: 60, progress: 0, finished: false, failed: [], cost: { usd: 0 } });
  expect(before.counts).toMatchObject({ PENDING: 60, COMPLETED: 0 });
  expect(before.cost.predictedUsd).toBeGreaterThan(0);
  await workedOff(world);
  const after = batchView(batchId, await jobs());
  expect(after.counts).toEqual({ PENDING: 0, PROCESSING: 0, COMPLETED: 5, FAILED: 55, CANCELLED: 0 });
  expect(after).toMatchObject({ progress: 1, finished: true });
  expect(after.failed).toHaveLength(50);
  expect(after.failed[0]).toMatchObject({ index: 0, status: "FAILED", error: { code: "singular-matrix" } });
  expect(after.cost.usd).toBeGreaterThan(0);
  expect(after.jobs.map(({ index }) => index)).toEqual(Array.from({ length: 60 }, (_, index) => index));
});

test("the answer to the request has the refused items in their places", async () => {
  const { defaults, jobs } = inverses(2);
  const accepted = await submittedBatch(world, { defaults, jobs: [jobs[0], { colour: 1 }, jobs[1]] });
  await workedOff(world);
  const view = acceptedView(accepted, await getBatch(accepted.batchId, "local", world.ports));
  expect(view.jobs).toMatchObject([
    { index: 0, status: "COMPLETED" },
    { index: 1, problem: { status: 422, code: "unknown-field", field: "jobs[1].colour" } },
    { index: 2, status: "COMPLETED" },
  ]);
  expect(view).toMatchObject({ size: 3, finished: true, counts: { COMPLETED: 2 } });
});
