import { expect, test } from "vitest";
import { NewerRecord } from "../../../jobs/record.ts";
import { readableJob } from "../../../jobs/sweep/readable-job.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";
import { submitted } from "../../support/jobs/submitting.ts";

test("a job of ours is read, one that is gone is undefined", async () => {
  const world = memoryWorld();
  const { job } = await submitted(world);
  expect(await readableJob(job.jobId, world.ports)).toEqual(world.job(job.jobId));
  expect(await readableJob("0".repeat(26), world.ports)).toBeUndefined();
  expect(world.log.filter(({ level }) => level === "warn")).toEqual([]);
});

test("a job of a later release is passed over, and said so", async () => {
  const world = memoryWorld();
  world.broken.set("store.get", [new NewerRecord("j", 9)]);
  expect(await readableJob("j", world.ports)).toBeUndefined();
  expect(world.log.at(-1)).toMatchObject({ level: "warn", message: "job left to a later release" });
});

test("a table that does not answer is an error", async () => {
  const world = memoryWorld();
  const down = new Error("InternalServerError");
  world.broken.set("store.get", [down]);
  await expect(readableJob("j", world.ports)).rejects.toBe(down);
});
