import { beforeEach, expect, test, vi } from "vitest";
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

const small = {
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
};
const job = async (body: unknown = small) => (await submitted(world, body)).job.jobId;

/** A minute goes by, and sweep runs. */
async function minute() {
  await vi.advanceTimersByTimeAsync(60_000);
  return sweep(world.ports);
}

test("two sweeps at once move each job once", async () => {
  const jobIds = await Promise.all(Array.from({ length: 8 }, () => job()));
  world.messages.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all([sweep(world.ports), sweep(world.ports)]);
  expect(world.messages.map(({ jobId }) => jobId).sort()).toEqual([...jobIds].sort());
  for (const jobId of jobIds) expect(world.job(jobId)).toMatchObject({ dispatch: 2, unanswered: 1 });
});

test("with every reply dropped, still once", async () => {
  const jobId = await job();
  world.messages.length = 0;
  world.dropReplies = true;
  await minute();
  expect(world.messages).toMatchObject([{ v: 1, jobId, dispatch: 2, target: "lambda" }]);
  expect(world.messages).toHaveLength(1);
});

test("a stage without Fargate does not ask ECS", async () => {
  world = memoryWorld({ fargate: false });
  await sweep(world.ports);
  expect(world.calls).toEqual(["store.due", "deadLetters.count", "store.unpublished"]);
});
