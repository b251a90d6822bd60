import { expect, test, vi } from "vitest";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";
import { sweptStage } from "../../support/jobs/swept-stage.ts";

const stage = sweptStage();
const { job, minute } = stage;

test("two sweeps at once move each job once", async () => {
  const jobIds = await Promise.all(Array.from({ length: 8 }, () => job()));
  stage.world.messages.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all([sweep(stage.world.ports), sweep(stage.world.ports)]);
  expect(stage.world.messages.map(({ jobId }) => jobId).sort()).toEqual([...jobIds].sort());
  for (const jobId of jobIds) expect(stage.world.job(jobId)).toMatchObject({ dispatch: 2, unanswered: 1 });
});

test("with every reply dropped, still once", async () => {
  const jobId = await job();
  stage.world.messages.length = 0;
  stage.world.dropReplies = true;
  await minute();
  expect(stage.world.messages).toMatchObject([{ v: 1, jobId, dispatch: 2, target: "lambda" }]);
  expect(stage.world.messages).toHaveLength(1);
});

test("a stage without Fargate does not ask ECS", async () => {
  const withoutFargate = memoryWorld({ fargate: false });
  await sweep(withoutFargate.ports);
  expect(withoutFargate.calls).toEqual(["store.due", "deadLetters.count", "store.unpublished"]);
});
