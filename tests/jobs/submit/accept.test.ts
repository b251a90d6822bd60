import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { beforeEach, describe, expect, test } from "vitest";
import { accept, madeEarlier } from "../../../jobs/submit/accept.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { submitted } from "../../support/jobs/submitting.ts";

let world: World;
beforeEach(() => {
  world = memoryWorld();
});

const hash = "a".repeat(64);
const keyed = { requestHash: hash, idempotencyKey: "k" };
const body = (value: unknown) => validate(submitBody, value);
const onJob = (jobId: string) => body({ operation: "fft2", inputs: { a: { job: jobId } } });

describe("a request repeated after what it refers to is gone", () => {
  test("is answered with the job it made, as a replay", async () => {
    const parent = (await submitted(world)).job;
    const first = await accept(onJob(parent.jobId), "local", keyed, world.ports);
    world.table.delete(parent.jobId);
    const again = await accept(onJob(parent.jobId), "local", keyed, world.ports);
    expect(again.job.jobId).toBe(first.job.jobId);
    expect([first.replayed, again.replayed]).toEqual([false, true]);
  });

  test("without a key, or as another request, is refused for what is missing", async () => {
    const parent = (await submitted(world)).job;
    await accept(onJob(parent.jobId), "local", keyed, world.ports);
    world.table.delete(parent.jobId);
    for (const idempotency of [{ requestHash: hash }, { ...keyed, requestHash: "b".repeat(64) }]) {
      const refused = accept(onJob(parent.jobId), "local", idempotency, world.ports);
      await expect(refused).rejects.toMatchObject({ code: "input-not-found", status: 422 });
    }
  });
});

test("a body that is refused stores nothing, with a key too", async () => {
  const refused = accept(body({ operation: "none", dataMatrix: [[1]] }), "local", keyed, world.ports);
  await expect(refused).rejects.toMatchObject({ code: "unknown-operation" });
  expect([world.table.size, world.bucket.size, world.messages.length]).toEqual([0, 0, 0]);
});

describe("the job made earlier", () => {
  test("is found by its own owner, key and request alone", async () => {
    const { job } = await accept(body({ dataMatrix: [[1]] }), "local", keyed, world.ports);
    expect((await madeEarlier("local", keyed, world.ports))?.jobId).toBe(job.jobId);
    expect(await madeEarlier("iam:other", keyed, world.ports)).toBeUndefined();
    expect(await madeEarlier("local", { ...keyed, idempotencyKey: "l" }, world.ports)).toBeUndefined();
    expect(await madeEarlier("local", { ...keyed, requestHash: "" }, world.ports)).toBeUndefined();
  });

  test("is not asked for without a key", async () => {
    expect(await madeEarlier("local", { requestHash: hash }, world.ports)).toBeUndefined();
    expect(world.calls).toEqual([]);
  });
});
