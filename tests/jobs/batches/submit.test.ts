import { beforeEach, describe, expect, test } from "vitest";
import { jobIdsOf } from "../../../jobs/batches/batch-id.ts";
import { inverses, jobsOf, submittedBatch, workedOff } from "../../support/jobs/batches.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { submitted } from "../../support/jobs/submitting.ts";

let world: World;
beforeEach(() => {
  world = memoryWorld();
});

const problemsOf = ({ items }: Awaited<ReturnType<typeof submittedBatch>>) =>
  items.flatMap((item, index) =>
    "problem" in item ? [[index, item.problem.code, item.problem.place.field]] : [],
  );

describe("a batch", () => {
  test("makes a job of each item: one object for all inputs, then the records, then the messages", async () => {
    const accepted = await submittedBatch(world, inverses(30));
    const jobs = jobsOf(accepted);
    expect(jobs.map(({ jobId }) => jobId)).toEqual(jobIdsOf(accepted.batchId));
    expect(jobs.map(({ batch }) => batch?.index)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(world.calls).toEqual(["objects.put", "store.createMany", "queue.sendMany"]);
    expect(world.messages).toHaveLength(30);
    expect(world.bucket.size).toBe(1);
    await workedOff(world);
    expect(jobs.map(({ jobId }) => world.job(jobId).status)).toEqual(Array(30).fill("COMPLETED"));
  });

  test("lets no bad item keep the others", async () => {
    const { defaults, jobs } = inverses(3);
    const bad = [5, { operation: "nope" }, { colour: 1 }, { inputs: { a: { upload: "0".repeat(26) } } }];
    const accepted = await submittedBatch(world, { defaults, jobs: [jobs[0], ...bad, jobs[1], jobs[2]] });
    expect(problemsOf(accepted)).toEqual([
      [1, "invalid-field", "jobs[1]"],
      [2, "unknown-operation", "jobs[2].operation"],
      [3, "unknown-field", "jobs[3].colour"],
      [4, "input-not-found", "jobs[4].inputs.a.upload"],
    ]);
    expect(jobsOf(accepted).map(({ batch }) => batch?.index)).toEqual([0, 5, 6]);
    expect(world.messages).toHaveLength(3);
  });

  test("of which no item is valid is refused, and stores nothing", async () => {
    await expect(submittedBatch(world, { jobs: [{ operation: "nope" }, 7] })).rejects.toMatchObject({
      code: "unknown-operation",
      place: { field: "jobs[0].operation" },
    });
    expect(world.bucket.size + world.table.size + world.messages.length).toBe(0);
  });

  test("may take outputs of other jobs: those items wait for them", async () => {
    const { job } = await submitted(world);
    const taking = { operation: "transpose", inputs: { a: { job: job.jobId } } };
    const accepted = await submittedBatch(world, { jobs: [taking, taking] });
    expect(jobsOf(accepted).map(({ step }) => step)).toEqual(["inputs", "inputs"]);
    await workedOff(world);
    await workedOff(world);
    for (const { jobId } of jobsOf(accepted)) expect(world.job(jobId).status).toBe("COMPLETED");
  });

  test("whose messages are not taken is accepted: sweep sends what is due", async () => {
    world.broken.set("queue.sendMany", [new Error("the queue is down")]);
    const accepted = await submittedBatch(world, inverses(2));
    expect(jobsOf(accepted).map(({ jobId }) => world.job(jobId).dueAt)).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    expect(world.log.some(({ message }) => message.includes("sweep will send it"))).toBe(true);
  });

  test("whose records are not written is no batch, and sends nothing", async () => {
    world.broken.set("store.createMany", [new Error("the table is down")]);
    await expect(submittedBatch(world, inverses(2))).rejects.toThrow("the table is down");
    expect(world.messages).toEqual([]);
  });
});

describe("with an Idempotency-Key", () => {
  const keyed = { idempotencyKey: "k" };

  test("a repeat answers the same jobs, and sends nothing", async () => {
    const first = await submittedBatch(world, inverses(12), keyed);
    expect(first.replayed).toBe(false);
    await workedOff(world);
    const second = await submittedBatch(world, inverses(12), keyed);
    expect(second.replayed).toBe(true);
    expect(second.batchId).toBe(first.batchId);
    expect(jobsOf(second).map(({ status }) => status)).toEqual(Array(12).fill("COMPLETED"));
    expect(world.messages).toEqual([]);
  });

  test("no record is written without a condition, as another request may have made it", async () => {
    await submittedBatch(world, inverses(3), keyed);
    expect(world.calls.filter((call) => call.startsWith("store."))).toEqual([
      "store.getMany",
      ...Array(3).fill("store.create"),
    ]);
  });

  test("a repeat makes what a request that died had not made yet", async () => {
    const first = await submittedBatch(world, inverses(5), keyed);
    const [, , lost] = jobsOf(first);
    world.table.delete(lost?.jobId ?? "");
    world.messages.length = 0;
    const second = await submittedBatch(world, inverses(5), keyed);
    expect(jobsOf(second)).toHaveLength(5);
    expect(world.messages.map(({ jobId }) => jobId)).toEqual([lost?.jobId]);
  });

  test("two at once make each job once", async () => {
    const both = await Promise.all([1, 2].map(() => submittedBatch(world, inverses(8), keyed)));
    expect(world.table.size).toBe(8);
    const [one, other] = both.map(jobsOf);
    expect(one?.map(({ jobId }) => jobId)).toEqual(other?.map(({ jobId }) => jobId));
    expect(world.messages).toHaveLength(8);
  });

  test("another request with it is refused, of whatever length", async () => {
    await submittedBatch(world, inverses(3), keyed);
    for (const other of [inverses(3, 1), inverses(2), inverses(4)])
      await expect(submittedBatch(world, other, keyed)).rejects.toMatchObject({
        code: "idempotency-conflict",
      });
  });
});
