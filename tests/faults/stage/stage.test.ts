import { createRequire } from "node:module";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildStage } from "./bundles.ts";
import { type Stage, startStage } from "./stage.ts";

/** The harness itself: the product runs in it, with three operations that only it has. */
let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
}, 60_000);

afterAll(() => stage?.stop());

const testOperations = ["test-spin", "test-hog", "test-throw"];

test("the test operations are in its bundles and not in the product's", async () => {
  const { body } = await stage.call("GET", "/operations");
  const names: string[] = body.operations.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(testOperations));
  const folder = await buildStage(["functions/operations"], "product");
  const { handler } = createRequire(import.meta.url)(path.join(folder, "functions/operations.cjs"));
  const { operations } = JSON.parse((await handler({ headers: {} }, {})).body);
  expect(operations.map(({ name }: { name: string }) => name)).toEqual(
    names.filter((name) => !testOperations.includes(name)),
  );
});

test("a small job runs on Lambda, in the thread that knows the test operations", async () => {
  const jobId = await stage.submit({
    operation: "test-spin",
    params: { seconds: 0.2 },
    dataMatrix: [[1, 2]],
  });
  const job = await stage.reaches(jobId, { status: "COMPLETED" });
  expect(job.attempts).toMatchObject([{ target: "lambda", outcome: "completed" }]);
  const { body } = await stage.call("GET", `/jobs/${jobId}/result`);
  expect(body.result).toEqual([[1, 2]]);
  expect(stage.received.map(({ receiveCount }) => receiveCount)).toEqual([1]);
  await expect.poll(() => stage.depth()).toEqual({ jobs: 0, dead: 0 });
});

test("a large job runs in a task", async () => {
  const jobId = await stage.submit({
    operation: "test-hog",
    params: { mebibytes: 64 },
    dataMatrix: [[3]],
    target: "fargate",
  });
  const job = await stage.reaches(jobId, { status: "COMPLETED" });
  expect(job.attempts).toMatchObject([{ target: "fargate", outcome: "completed" }]);
  await expect.poll(() => stage.liveTasks()).toEqual([]);
  expect(stage.tasksOf(jobId)).toMatchObject([{ containers: [{ exitCode: 0 }] }]);
});

test("what is not found is a problem document", async () => {
  const answer = await stage.call("GET", "/jobs/0123456789abcdefghijklmnop");
  expect(answer).toMatchObject({ status: 404, body: { code: "job-not-found" } });
});
