import { afterAll, beforeAll, expect, test } from "vitest";
import { idForKey } from "../../../jobs/ids.ts";
import type { HttpFault } from "../../../local/faults/faults.ts";
import { type Stage, startStage } from "../stage/stage.ts";
import { spin, story } from "./jobs.ts";

/** Work that got stuck halfway: a message that nobody can handle, a result that nobody announced. */
let stage: Stage;

beforeAll(async () => {
  // Results as large as a record does not hold: theirs is the moment between the object and the record.
  const environment = { RECORD_ARRAYS: "off" };
  stage = await startStage({ workTimeoutSeconds: 12, visibilitySeconds: 2, environment });
}, 60_000);

afterAll(() => stage?.stop());

test("a poison message waits readable in the dead-letter queue, its job says so, and redrive runs it", async () => {
  // Nothing about any job can be written: each of the five deliveries fails.
  const broken = { status: 500, type: "InternalServerError", message: "We encountered an internal error." };
  stage.faults.request = ({ action }) => (action === "UpdateItem" ? { error: broken } : undefined);
  const jobId = await stage.submit(spin(0.2));
  await expect.poll(() => stage.depth(), { timeout: 40_000 }).toEqual({ jobs: 0, dead: 1 });
  expect(stage.received.map(({ receiveCount }) => receiveCount)).toEqual([1, 2, 3, 4, 5]);
  expect(await stage.record(jobId)).toMatchObject({ status: "PENDING" });

  stage.faults.request = undefined;
  const failed = await stage.reaches(jobId, { status: "FAILED" });
  expect(failed).toMatchObject({ error: { code: "not-delivered" }, attempts: [] });
  await stage.sweep();
  expect(await stage.depth()).toEqual({ jobs: 0, dead: 1 });

  const retried = { found: 1, items: [{ jobId, action: "retried" }] };
  expect(await stage.invoke("redrive", {})).toMatchObject({ dryRun: true, ...retried });
  expect(await stage.invoke("redrive", { dryRun: false, owner: "iam:somebody" })).toMatchObject({
    items: [],
  });
  expect(await stage.record(jobId)).toMatchObject({ status: "FAILED" });
  expect(await stage.depth()).toEqual({ jobs: 0, dead: 1 });

  expect(await stage.invoke("redrive", { dryRun: false, jobId })).toMatchObject({
    dryRun: false,
    ...retried,
  });
  const job = await stage.reaches(jobId, { status: "COMPLETED", run: 2 });
  expect(story(job)).toEqual(["lambda completed"]);
  await expect.poll(() => stage.depth()).toEqual({ jobs: 0, dead: 0 });
}, 90_000);

const onLambda = spin(0.3);
const onFargate = spin(0.3, { target: "fargate" });

test("a machine dies after the result is written and before it said so: one readable result", async () => {
  const killed = new Set<string>();
  const ids = new Map([onLambda, onFargate].map((body, index) => [idForKey("local", `dies-${index}`), body]));
  stage.faults.request = ({ action, path }): HttpFault | undefined => {
    const [, jobId = ""] = /\/jobs\/([^/]+)\/out\//.exec(path) ?? [];
    if (action !== "PUT" || killed.has(jobId)) return undefined;
    killed.add(jobId);
    const { ecs, lambda } = stage.cloud;
    const tasks = stage.tasksOf(jobId).flatMap(({ taskArn }) => ecs.pid(taskArn) ?? []);
    const applied = () => {
      for (const pid of tasks.length > 0 ? tasks : lambda.pids("work")) process.kill(pid, "SIGKILL");
    };
    return { dropReply: true, applied };
  };
  for (const [index, body] of [...ids.values()].entries()) {
    await stage.submit(body, { "idempotency-key": `dies-${index}` });
  }
  const stories = [];
  for (const [jobId, { dataMatrix }] of ids) {
    stories.push(story(await stage.reaches(jobId, { status: "COMPLETED" }, 50_000)));
    const { body } = await stage.call("GET", `/jobs/${jobId}/result`);
    expect(body.result).toEqual(dataMatrix);
  }
  expect(stories).toEqual([
    ["lambda died", "fargate completed"],
    ["fargate died", "fargate completed"],
  ]);
}, 60_000);
