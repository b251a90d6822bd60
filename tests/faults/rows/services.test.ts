import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { fargateUsdPerSecond } from "../../../jobs/cost/machines.ts";
import type { RequestFault } from "../../../local/ecs/faults.ts";
import type { RunTaskInput } from "../../../local/ecs/model.ts";
import type { HttpFault, ServiceRequest } from "../../../local/faults/faults.ts";
import { type Stage, startStage } from "../stage/stage.ts";
import { spin, story } from "./jobs.ts";

/** design.md §6, where AWS itself answers badly: refuses, throttles, loses replies, says things twice. */
let stage: Stage;

beforeAll(async () => {
  // Killed functions are missed, and messages that none could handle come back, within seconds.
  stage = await startStage({
    workTimeoutSeconds: 12,
    visibilitySeconds: 10,
    // Arrays go by way of S3, so that it can answer badly too.
    environment: { FARGATE_SPOT: "true", RECORD_ARRAYS: "off" },
  });
}, 60_000);

afterEach(async () => {
  stage.faults.request = undefined;
  stage.faults.deliveries = undefined;
  stage.cloud.ecs.faults.request = undefined;
  stage.cloud.ecs.faults.event = undefined;
  stage.cloud.ecs.faults.start = undefined;
  await expect.poll(() => stage.liveTasks(), { timeout: 10_000 }).toEqual([]);
});

afterAll(() => stage?.stop());

const onLambda = spin(0.3);
const onFargate = spin(0.3, { target: "fargate" });
/** Long enough to be caught in the middle, short enough for the function's 12 s. */
const longer = [spin(2), spin(2, { target: "fargate" }), spin(2), spin(2, { target: "fargate" })];

/** What RunTask meets, told the number of the call. */
function runTask(fault: (call: number, input: RunTaskInput) => RequestFault | undefined): void {
  let calls = 0;
  stage.cloud.ecs.faults.request = (action, input) => {
    if (action !== "RunTask") return undefined;
    calls += 1;
    return fault(calls, input as RunTaskInput);
  };
}

const noCapacity: RequestFault = { failures: [{ reason: "Capacity is unavailable at this time." }] };
const throttled: RequestFault = { error: { type: "ThrottlingException", message: "Rate exceeded" } };

describe("RunTask", () => {
  test.each([
    ["has no capacity for a while", noCapacity],
    ["is throttled for a while", throttled],
  ])("%s: the job says so in words, waits, and runs", async (_, fault) => {
    runTask(() => fault);
    const jobId = await stage.submit(onFargate);
    const waiting = await stage.reaches(jobId, { status: "PENDING", refusals: 1 });
    expect(waiting.statusReason).toMatch(/^waiting for Fargate capacity: /);
    stage.cloud.ecs.faults.request = undefined;
    const job = await stage.reaches(jobId, { status: "COMPLETED" });
    expect(story(job)).toEqual(["fargate completed"]);
    expect((await stage.depth()).dead).toBe(0);
  });

  test("has no machine on Spot: the third refusal sends the job on demand, at the price it shows", async () => {
    const providers: unknown[] = [];
    runTask((_, { capacityProviderStrategy }) => {
      const [{ capacityProvider } = {}] = capacityProviderStrategy ?? [];
      providers.push(capacityProvider);
      return capacityProvider === "FARGATE_SPOT" ? noCapacity : undefined;
    });
    const jobId = await stage.submit(onFargate);
    const told = await stage.reaches(jobId, { spotRefusals: 3 }, 60_000);
    expect(told.statusReason).toMatch(/on demand,? because Spot had no machine for it 3 times/);
    const job = await stage.reaches(jobId, { status: "COMPLETED" });
    expect(providers).toEqual(["FARGATE_SPOT", "FARGATE_SPOT", "FARGATE_SPOT", "FARGATE"]);
    expect(story(job)).toEqual(["fargate completed"]);
    expect(job.usd).toBeGreaterThan(60 * fargateUsdPerSecond(job.route));
  }, 60_000);

  test("is refused for ever: FAILED no-capacity at the deadline", async () => {
    runTask(() => noCapacity);
    const jobId = await stage.submit(spin(0.3, { target: "fargate", maxSeconds: 6 }));
    const job = await stage.reaches(jobId, { status: "FAILED" });
    expect(job.error?.code).toBe("no-capacity");
    expect((job.finishedAt ?? 0) - job.createdAt).toBeLessThan(10_000);
    expect(job.attempts).toEqual([]);
    expect((await stage.depth()).dead).toBe(0);
  });

  test("started a task and its reply is lost: there is one task and one attempt", async () => {
    runTask((call) => (call === 1 ? { dropReply: true } : undefined));
    const jobId = await stage.submit(onFargate);
    expect(story(await stage.reaches(jobId, { status: "COMPLETED" }))).toEqual(["fargate completed"]);
    expect(stage.tasksOf(jobId)).toHaveLength(1);
  });

  test("started a task, its reply is lost, and the second try is a ConflictException that names it", async () => {
    runTask((call, { startedBy }) => {
      if (call === 1) return { dropReply: true };
      const resourceIds = stage.cloud.ecs
        .tasks()
        .filter((task) => task.startedBy === startedBy)
        .map(({ taskArn }) => taskArn);
      return { error: { type: "ConflictException", message: "token used", fields: { resourceIds } } };
    });
    const jobId = await stage.submit(onFargate);
    expect(story(await stage.reaches(jobId, { status: "COMPLETED" }))).toEqual(["fargate completed"]);
    expect(stage.tasksOf(jobId)).toHaveLength(1);
  });
});

test("no task starts for a while: nothing is counted, the job says so, and runs", async () => {
  const starts: string[] = [];
  stage.cloud.ecs.faults.start = ({ taskArn }) => {
    starts.push(taskArn);
    return {
      code: "TaskFailedToStart",
      reason: "Timeout waiting for network interface provisioning to complete.",
    };
  };
  const jobId = await stage.submit(onFargate);
  const waiting = await stage.reaches(jobId, { status: "PENDING", step: "send", refusals: 2 });
  expect(waiting).toMatchObject({ attempts: [], countedAttempts: 0, uncountedAttempts: 0 });
  expect(waiting.statusReason).toMatch(/^waiting for a Fargate task: at the last start /);
  stage.cloud.ecs.faults.start = undefined;
  const job = await stage.reaches(jobId, { status: "COMPLETED", refusals: 0 }, 60_000);
  expect(story(job)).toEqual(["fargate completed"]);
  expect(stage.tasksOf(jobId)).toHaveLength(starts.length + 1);
}, 90_000);

test("an image that is not there fails the job at once", async () => {
  stage.cloud.ecs.faults.start = () => ({
    code: "TaskFailedToStart",
    reason: "CannotPullContainerError: failed to resolve ref x/y:z: x/y:z: not found",
  });
  const jobId = await stage.submit(onFargate);
  const job = await stage.reaches(jobId, { status: "FAILED" });
  expect(job.error?.code).toBe("image-unavailable");
  expect(stage.tasksOf(jobId)).toHaveLength(1);
});

test("the news of a killed task comes twice at once and again later: one more attempt, not two", async () => {
  stage.cloud.ecs.faults.event = () => [0, 0, 1500];
  const jobId = await stage.submit(spin(2.5, { target: "fargate" }));
  const { taskArn = "" } = await stage.reaches(jobId, { status: "PROCESSING" });
  process.kill(stage.cloud.ecs.pid(taskArn) ?? 0, "SIGKILL");
  const job = await stage.reaches(jobId, { status: "COMPLETED" });
  expect(story(job)).toEqual(["fargate died", "fargate completed"]);
  expect(stage.tasksOf(jobId)).toHaveLength(2);
});

test("SQS hands each message to two functions at once: one attempt, one task", async () => {
  stage.faults.deliveries = () => 2;
  const ids = await Promise.all([stage.submit(onLambda), stage.submit(onFargate)]);
  for (const jobId of ids) {
    expect((await stage.reaches(jobId, { status: "COMPLETED" })).attempts).toHaveLength(1);
  }
  expect(stage.tasksOf(ids[1] ?? "")).toHaveLength(1);
  const copies = stage.received.filter(({ body }) => ids.some((jobId) => body.includes(jobId)));
  expect(copies).toHaveLength(2);
});

/** A mixed load; answers the jobs that it became. */
function load(bodies: readonly object[] = [onLambda, onFargate, onLambda, onFargate]): Promise<string[]> {
  return Promise.all(bodies.map((body) => stage.submit(body)));
}

const trouble = { status: 500, type: "InternalServerError", message: "We encountered an internal error." };
const overload = { status: 400, type: "ThrottlingException", message: "Rate exceeded" };
const slowDown = { status: 503, type: "SlowDown", message: "Please reduce your request rate." };

test("DynamoDB, S3 and SQS fail or throttle every call twice: nobody notices", async () => {
  stage.faults.request = ({ service, attempt }): HttpFault | undefined => {
    if (attempt > 2) return undefined;
    const throttle = service === "s3" ? slowDown : overload;
    return { error: attempt === 1 ? throttle : trouble };
  };
  for (const jobId of await load()) {
    expect((await stage.reaches(jobId, { status: "COMPLETED" })).attempts).toHaveLength(1);
  }
});

test("DynamoDB and S3 answer nothing but errors for some seconds: all jobs complete after it", async () => {
  const ids = await load(longer);
  const lastTries: string[] = [];
  stage.faults.request = ({ service, action, attempt }): HttpFault | undefined => {
    if (service === "sqs") return undefined;
    if (attempt === 4) lastTries.push(action);
    return { error: service === "s3" ? slowDown : trouble };
  };
  // Until three machines could not write what became of their job, however often they tried.
  const unwritten = () => lastTries.filter((action) => action === "UpdateItem").length;
  await expect.poll(unwritten, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  stage.faults.request = undefined;
  for (const jobId of ids) await stage.reaches(jobId, { status: "COMPLETED" }, 80_000);
  await expect.poll(() => stage.depth(), { timeout: 20_000 }).toEqual({ jobs: 0, dead: 0 });
}, 120_000);

test("every write is done and its first reply lost: one attempt each, one task each", async () => {
  const writes = new Set(["PutItem", "UpdateItem", "PUT", "SendMessage"]);
  const dropped: ServiceRequest[] = [];
  stage.faults.request = (request): HttpFault | undefined => {
    if (request.attempt > 1 || !writes.has(request.action)) return undefined;
    dropped.push(request);
    return { dropReply: true };
  };
  const tokens = new Set<unknown>();
  runTask((_, { clientToken }) => {
    if (tokens.has(clientToken)) return undefined;
    tokens.add(clientToken);
    return { dropReply: true };
  });
  const ids = await load();
  for (const jobId of ids) {
    const job = await stage.reaches(jobId, { status: "COMPLETED" });
    expect(job.attempts).toHaveLength(1);
    expect(stage.tasksOf(jobId)).toHaveLength(job.route.target === "fargate" ? 1 : 0);
  }
  expect(new Set(dropped.map(({ action }) => action))).toEqual(writes);
  // Every lost reply to SendMessage is a second message, which must lose.
  await expect.poll(() => stage.depth(), { timeout: 20_000 }).toEqual({ jobs: 0, dead: 0 });
});
