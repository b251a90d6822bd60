import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob, getJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { forged } from "../../support/jobs/forged.ts";
import { forgotten, inBucket, memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start, without } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted, throwing } from "../../support/jobs/submitting.ts";

let world: World;
let jobId: string;

beforeEach(async () => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld(inBucket);
  ({ jobId } = (await submitted(world)).job);
  return () => vi.useRealTimers();
});

const now = () => world.job(jobId);
const run = (how = compute) => runJob({ jobId, dispatch: now().dispatch }, lambdaMachine(), how, world.ports);
const failing = throwing(new Problem("compute-failed", "singular"));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no problem",
    (error) => (error as Problem).code,
  );

describe("another owner's job does not exist", () => {
  test.each([
    ["get", (id: string) => getJob(id, "iam:other", world.ports)],
    ["cancel", (id: string) => cancelJob(id, "iam:other", world.ports)],
    ["retry", (id: string) => retryJob(id, "iam:other", world.ports)],
  ])("%s", async (_what, ask) => {
    const before = structuredClone(now());
    const theirs = await ask(jobId).catch((error) => error);
    const nobodys = await ask("0".repeat(26)).catch((error) => error);
    expect([theirs.code, nobodys.code]).toEqual(["job-not-found", "job-not-found"]);
    // Not even the words tell the two apart.
    expect(theirs.message.replace(jobId, "?")).toBe(nobodys.message.replace("0".repeat(26), "?"));
    expect(now()).toEqual(before);
  });

  test.each(["", "x", "../../etc", "job#1", "0".repeat(27), "0123456789ABCDEFGHJKMNPQRS"])(
    "nor is %j asked for",
    async (id) => {
      world.calls.length = 0;
      expect(await codeOf(getJob(id, "local", world.ports))).toBe("job-not-found");
      expect(world.calls).toEqual([]);
    },
  );
});

describe("cancel", () => {
  test("of a queued job: it is over, and its message finds nothing to do", async () => {
    expect((await cancelJob(jobId, "local", world.ports)).status).toBe("CANCELLED");
    const [message] = world.messages;
    if (message) expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("lost");
    expect(now()).toMatchObject({ status: "CANCELLED", attempts: [] });
  });

  test("of a running Lambda job: stopped within 2 s", async () => {
    const running = run(lasting(60_000));
    await vi.advanceTimersByTimeAsync(3_000);
    await cancelJob(jobId, "local", world.ports);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await running).toBe("lost");
    expect(now().status).toBe("CANCELLED");
  });

  test("of a launched job stops its task", async () => {
    const { job } = await submitted(world, { target: "fargate", dataMatrix: [[1]] });
    const message = world.messages.at(-1);
    if (message) await work(message, lambdaMachine(), compute, world.ports);
    await cancelJob(job.jobId, "local", world.ports);
    expect(world.started[0]?.stopReason).toBe("cancelled by the caller");
    expect(world.job(job.jobId).status).toBe("CANCELLED");
  });

  test("with ECS down: the job is cancelled all the same, and sweep stops the task", async () => {
    const { job } = await submitted(world, { target: "fargate", dataMatrix: [[1]] });
    const message = world.messages.at(-1);
    if (message) await work(message, lambdaMachine(), compute, world.ports);
    world.broken.set("tasks.stop", [new Error("ServerException")]);
    expect((await cancelJob(job.jobId, "local", world.ports)).status).toBe("CANCELLED");
    expect(world.started[0]?.stopReason).toBeUndefined();
    await vi.advanceTimersByTimeAsync(121_000);
    await sweep(world.ports);
    expect(world.started[0]?.stopReason).toBe("it claims no live job");
  });

  test("again: 200, nothing changes", async () => {
    const first = await cancelJob(jobId, "local", world.ports);
    expect(await cancelJob(jobId, "local", world.ports)).toEqual(without(first, "dueAt"));
    expect(world.events).toHaveLength(1);
  });

  test("of a finished job is refused", async () => {
    await run();
    expect(await codeOf(cancelJob(jobId, "local", world.ports))).toBe("already-finished");
    const other = await submitted(world);
    ({ jobId } = other.job);
    await run(failing);
    expect(await codeOf(cancelJob(jobId, "local", world.ports))).toBe("already-finished");
  });

  test("against a finish at the same moment: one of them wins, and says so", async () => {
    const [finished, cancelled] = await Promise.all([
      run(),
      cancelJob(jobId, "local", world.ports).catch((error) => error.code),
    ]);
    if (now().status === "CANCELLED") expect([finished, cancelled.status]).toEqual(["lost", "CANCELLED"]);
    else expect([finished, cancelled]).toEqual(["completed", "already-finished"]);
  });

  test("of a job that beats meanwhile is decided anew, not lost", async () => {
    const running = run(lasting(60_000));
    await vi.advanceTimersByTimeAsync(1);
    const seen = world.ports.store.get;
    // The beat lands between cancel's read and its write.
    const store = {
      ...world.ports.store,
      get: async (id: string) => {
        const job = await seen(id);
        await world.ports.store.update(id, {}, forged({ progress: 0.7 }));
        return job;
      },
    };
    expect((await cancelJob(jobId, "local", { ...world.ports, store })).status).toBe("CANCELLED");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await running).toBe("lost");
  });

  test("with its reply dropped", async () => {
    world.dropReplies = true;
    expect((await cancelJob(jobId, "local", world.ports)).status).toBe("CANCELLED");
  });
});

describe("retry", () => {
  test("opens the next run of a failed job and sends it under a new number", async () => {
    await run(failing);
    const failed = now();
    world.messages.length = 0;
    const retried = await retryJob(jobId, "local", world.ports);
    expect(retried).toMatchObject({
      status: "PENDING",
      step: "sent",
      run: 2,
      statusReason: "waiting in the queue",
    });
    expect(retried).not.toHaveProperty("error");
    expect(forgotten(world)).toEqual([]);
    expect(world.messages).toHaveLength(1);
    expect(world.messages[0]?.dispatch).toBeGreaterThan(failed.dispatch);
    const [message] = world.messages;
    if (message) expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("completed");
    expect(now().attempts.map(({ outcome }) => outcome)).toEqual(["failed", "completed"]);
    expect(now().outputs?.result).toMatchObject({
      key: `jobs/${jobId}/out/${message?.dispatch}/result.npy`,
    });
  });

  test("whose message cannot be sent is sent by sweep", async () => {
    await run(failing);
    world.messages.length = 0;
    world.broken.set("queue.send", [new Error("ServiceUnavailable")]);
    expect(await retryJob(jobId, "local", world.ports)).toMatchObject({ status: "PENDING", run: 2 });
    expect(world.messages).toEqual([]);
    await sweep(world.ports);
    const [message] = world.messages;
    if (message) expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("completed");
    expect(now().status).toBe("COMPLETED");
  });

  test("of a cancelled job, whose old message then comes late", async () => {
    await cancelJob(jobId, "local", world.ports);
    await retryJob(jobId, "local", world.ports);
    const [old] = world.messages;
    if (old) expect(await work(old, lambdaMachine(), compute, world.ports)).toBe("lost");
    expect(now()).toMatchObject({ status: "PENDING", run: 2 });
  });

  test("of a job cancelled on Fargate: the old task cannot take the new run, and is stopped", async () => {
    const { job } = await submitted(world, { target: "fargate", dataMatrix: [[1]] });
    ({ jobId } = job);
    const message = world.messages.at(-1);
    if (message) await work(message, lambdaMachine(), compute, world.ports);
    const old = { jobId, dispatch: now().dispatch };
    world.broken.set("tasks.stop", [new Error("ServerException")]);
    await cancelJob(jobId, "local", world.ports);
    await retryJob(jobId, "local", world.ports);
    expect(await runJob(old, { target: "fargate" }, compute, world.ports)).toBe("lost");
    await vi.advanceTimersByTimeAsync(121_000);
    await sweep(world.ports);
    expect(world.started[0]?.stopReason).toBe("it claims no live job");
  });

  test("is for FAILED and CANCELLED only", async () => {
    expect(await codeOf(retryJob(jobId, "local", world.ports))).toBe("not-retryable");
    const running = run(lasting(5_000));
    await vi.advanceTimersByTimeAsync(1);
    expect(await codeOf(retryJob(jobId, "local", world.ports))).toBe("not-retryable");
    await vi.advanceTimersByTimeAsync(5_000);
    await running;
    expect(await codeOf(retryJob(jobId, "local", world.ports))).toBe("not-retryable");
  });

  test("twice at once opens one run", async () => {
    await run(failing);
    const both = await Promise.all([
      codeOf(retryJob(jobId, "local", world.ports)),
      codeOf(retryJob(jobId, "local", world.ports)),
    ]);
    expect(both.sort()).toEqual(["no problem", "not-retryable"]);
    expect(now().run).toBe(2);
  });

  test("without its input is 410", async () => {
    await run(failing);
    world.bucket.clear();
    expect(await codeOf(retryJob(jobId, "local", world.ports))).toBe("expired");
    expect(now()).toMatchObject({ status: "FAILED", run: 1 });
  });

  test("gives a fresh deadline and a fresh count", async () => {
    await run(failing);
    vi.setSystemTime(start + 3_600_000);
    const { deadlineAt, ttl } = await retryJob(jobId, "local", world.ports);
    expect(deadlineAt).toBe(start + 3_600_000 + 21_600_000);
    expect(ttl).toBe(start / 1000 + 3_600 + 7 * 86_400);
  });
});
