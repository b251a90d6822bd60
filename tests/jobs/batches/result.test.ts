import { beforeEach, expect, test } from "vitest";
import { getBatch } from "../../../jobs/batches/own-batch.ts";
import { batchResult } from "../../../jobs/batches/result.ts";
import { inverses, submittedBatch, workedOff } from "../../support/jobs/batches.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";

let world: World;
beforeEach(() => {
  world = memoryWorld();
});
const resultOf = async (batchId: string) =>
  batchResult(await getBatch(batchId, "local", world.ports), world.ports);
const namesIn = (zip: Uint8Array) =>
  Buffer.from(zip)
    .toString("latin1")
    .split("PK\u0001\u0002")
    .slice(1)
    .map((entry) => /([\w.]+)\.npy/.exec(entry)?.[1]);

test("results of the COMPLETED jobs are one .npz, by their places", async () => {
  const { defaults, jobs } = inverses(3, 1);
  const several = { operation: "slogdet" };
  const { batchId } = await submittedBatch(world, { defaults, jobs: [...jobs, { ...jobs[0], ...several }] });
  await expect(resultOf(batchId)).rejects.toMatchObject({ code: "not-finished" });
  await workedOff(world);
  expect(namesIn(await resultOf(batchId)).sort()).toEqual(["0", "2", "3.logabsdet", "3.sign"]);
});

test("results beyond four megabytes are not one answer", async () => {
  const job = { operation: "transpose", inputs: { a: { random: { shape: [600, 600] } } } };
  const { batchId } = await submittedBatch(world, { jobs: [job, job] });
  await workedOff(world);
  await expect(resultOf(batchId)).rejects.toMatchObject({ code: "result-too-large" });
});

test("results that are gone are said to be", async () => {
  world = memoryWorld({ recordArrays: false });
  const { batchId } = await submittedBatch(world, inverses(2));
  await workedOff(world);
  world.bucket.clear();
  await expect(resultOf(batchId)).rejects.toMatchObject({ code: "expired" });
});
