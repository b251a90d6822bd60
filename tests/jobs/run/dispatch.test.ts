import { beforeEach, describe, expect, test, vi } from "vitest";
import { jobUsd, timed } from "../../../jobs/cost/bill.ts";
import type { Message } from "../../../jobs/message.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { forged } from "../../support/jobs/forged.ts";
import { memoryWorld, trace, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted } from "../../support/jobs/submitting.ts";

let world: World;
let message: Message;

beforeEach(async () => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  await submitted(world, {
    target: "fargate",
    inputs: { a: { random: { shape: [64, 64] } } },
    maxSeconds: 1800,
  });
  message = received();
  world.calls.length = 0;
  return () => vi.useRealTimers();
});

function received(): Message {
  const next = world.messages.shift();
  if (!next) throw new Error("no message was sent");
  return next;
}

const now = () => world.job(message.jobId);
const deliver = (what = message) => work(what, lambdaMachine(), compute, world.ports);
const asTask = () => {
  const task = world.started.at(-1);
  if (!task) throw new Error("no task was started");
  const { jobId, dispatch } = task.request;
  return runJob(
    { jobId, dispatch },
    { target: "fargate", taskArn: task.observation.taskArn },
    compute,
    world.ports,
  );
};

describe("a message for Fargate", () => {
  test("raises the fence, then starts one task of the route's size under the new number", async () => {
    expect(await deliver()).toBe("launched");
    expect(world.calls).toEqual(["store.update", "slots.take", "tasks.run", "store.update"]);
    expect(world.started.map(({ request }) => request)).toEqual([
      { jobId: message.jobId, dispatch: 2, cpuUnits: 1024, memoryMiB: 2048, spot: false, trace },
    ]);
    expect(now()).toMatchObject({
      status: "PENDING",
      step: "launched",
      dispatch: 2,
      dueAt: start + 60_000,
      statusReason: "its Fargate task is starting",
      taskArn: world.started[0]?.observation.taskArn,
    });
  });

  test("the task then claims, computes and finishes", async () => {
    await deliver();
    expect(await asTask()).toBe("completed");
    expect(now()).toMatchObject({
      status: "COMPLETED",
      attempts: [{ dispatch: 2, target: "fargate", memoryMiB: 2048, vcpu: 1 }],
    });
  });

  test("delivered twice at once, or again later, starts one task", async () => {
    expect((await Promise.all([deliver(), deliver()])).sort()).toEqual(["launched", "lost"]);
    expect(await deliver()).toBe("lost");
    expect(world.started).toHaveLength(1);
  });

  test("a task that claims before RunTask's reply is written keeps its claim", async () => {
    const run = world.ports.tasks.run;
    const ports = {
      ...world.ports,
      tasks: {
        ...world.ports.tasks,
        run: async (request: Parameters<typeof run>[0]) => {
          const answer = await run(request);
          await asTask();
          return answer;
        },
      },
    };
    expect(await work(message, lambdaMachine(), compute, ports)).toBe("launched");
    expect(now().status).toBe("COMPLETED");
  });

  test("a cancelled job starts nothing", async () => {
    await world.ports.store.update(message.jobId, {}, forged({ status: "CANCELLED" }));
    expect(await deliver()).toBe("lost");
    expect(world.started).toEqual([]);
  });
});

describe("Spot", () => {
  test.each([
    [true, 0, true],
    [true, 1, true],
    [true, 2, false],
    [false, 0, false],
  ])("stage %s after %d reclaims: %s", async (spot, spotReclaims, expected) => {
    const settings = { ...world.ports.settings, spot };
    await world.ports.store.update(message.jobId, {}, forged({ spotReclaims }));
    await work(message, lambdaMachine(), compute, { ...world.ports, settings });
    expect(world.started[0]?.request.spot).toBe(expected);
  });
});

test("Spot has no machine: the fourth task is on demand, and billed by its price", async () => {
  const settings = { ...world.ports.settings, spot: true };
  const ports = { ...world.ports, settings };
  world.refusals.push(...Array.from({ length: 3 }, () => ({ kind: "capacity" as const, detail: "none" })));
  await work(message, lambdaMachine(), compute, ports);
  for (let minutes = 0; world.started.length === 0 && minutes < 10; minutes++) {
    await vi.advanceTimersByTimeAsync(60_000);
    await sweep(ports);
    if (world.messages.length > 0) await work(received(), lambdaMachine(), compute, ports);
  }
  expect(now().statusReason).toMatch(/on demand because Spot had no machine for it 3 times$/);
  expect(world.started.map(({ request }) => request.spot)).toEqual([false]);
  expect(await asTask()).toBe("completed");
  const { inputs, outputSpecs: outputs, attempts, usd } = now();
  expect(attempts).toHaveLength(1);
  // The tasks that never were cost nothing: one attempt, by the second of a task on demand.
  expect(usd).toBe(jobUsd({ inputs, outputs }, attempts.map(timed)));
});

describe("RunTask refuses", () => {
  const capacity = { kind: "capacity" as const, detail: "Capacity is unavailable at this time" };

  test("for capacity: the job waits, says so, and the message is acknowledged", async () => {
    world.refusals.push(capacity);
    expect(await deliver()).toBe("waiting");
    expect(now()).toMatchObject({
      status: "PENDING",
      step: "send",
      refusals: 1,
      statusReason: "waiting for Fargate capacity: no task could be started just now",
    });
    expect(now().dueAt).toBeGreaterThan(start);
    expect(now()).not.toHaveProperty("taskArn");
    // AWS's own words are the operator's.
    expect(world.log.find(({ level }) => level === "warn")?.fields.detail).toBe(capacity.detail);
  });

  test("for a while: sweep sends it again until a task starts, each time under a new number", async () => {
    world.refusals.push(capacity, capacity, capacity);
    await deliver();
    const dispatches = [now().dispatch];
    while (world.started.length === 0) {
      await vi.advanceTimersByTimeAsync(60_000);
      await sweep(world.ports);
      if (world.messages.length > 0) await deliver(received());
      dispatches.push(now().dispatch);
      expect(dispatches.length).toBeLessThan(10);
    }
    expect(new Set(dispatches).size).toBe(dispatches.length);
    expect(await asTask()).toBe("completed");
    expect(now()).toMatchObject({ refusals: 0, countedAttempts: 0, uncountedAttempts: 0 });
  });

  test("for ever: FAILED no-capacity at the deadline", async () => {
    world.refusals.push(...Array.from({ length: 200 }, () => capacity));
    await deliver();
    for (let minute = 0; now().status === "PENDING" && minute < 60; minute++) {
      await vi.advanceTimersByTimeAsync(60_000);
      await sweep(world.ports);
      if (world.messages.length > 0) await deliver(received());
    }
    expect(now()).toMatchObject({ status: "FAILED", error: { code: "no-capacity" } });
    expect((now().finishedAt ?? 0) - start).toBeLessThanOrEqual(1_800_000 + 60_000);
  });

  test("for its shape: a smaller one that fits is tried; when there is none the job fails", async () => {
    await world.ports.store.update(
      message.jobId,
      {},
      forged({ route: { ...now().route, vcpu: 4, memoryMiB: 8192 } }),
    );
    const shape = { kind: "shape" as const, detail: "The requested CPU configuration is above your limit" };
    world.refusals.push(shape);
    await deliver();
    expect(now()).toMatchObject({ step: "send", route: { vcpu: 2, memoryMiB: 8192 } });
    world.refusals.push(...Array.from({ length: 10 }, () => shape));
    for (let minute = 0; now().status === "PENDING" && minute < 10; minute++) {
      await vi.advanceTimersByTimeAsync(60_000);
      await sweep(world.ports);
      if (world.messages.length > 0) await deliver(received());
    }
    expect(now()).toMatchObject({ status: "FAILED", error: { code: "no-capacity" } });
    expect(now().error?.message).toMatch(
      /^the job needs [\d.]+ vCPU and \d+ MiB, and the account may not start such a task$/,
    );
  });

  test("with a time-out after the task had started: that task may still take the job, and only one does", async () => {
    world.refusalAfterStart = { kind: "busy", detail: "TimeoutError" };
    expect(await deliver()).toBe("waiting");
    const first = world.started[0]?.request;
    world.refusalAfterStart = undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    await sweep(world.ports);
    await deliver(received());
    expect(world.started).toHaveLength(2);
    expect(await asTask()).toBe("completed");
    const late = { jobId: message.jobId, dispatch: first?.dispatch ?? 0 };
    expect(await runJob(late, { target: "fargate" }, compute, world.ports)).toBe("lost");
    expect(now().attempts).toHaveLength(1);
  });

  test("a refusal that comes after sweep had launched again changes nothing", async () => {
    const run = world.ports.tasks.run;
    let first = true;
    const ports = {
      ...world.ports,
      tasks: {
        ...world.ports.tasks,
        run: async (request: Parameters<typeof run>[0]) => {
          if (!first) return run(request);
          first = false;
          // RunTask hangs; sweep finds no task, sends anew, and the next message launches.
          await vi.advanceTimersByTimeAsync(61_000);
          await sweep(ports);
          await work(received(), lambdaMachine(), compute, ports);
          return { refusal: { kind: "busy" as const, detail: "TimeoutError" } };
        },
      },
    };
    await work(message, lambdaMachine(), compute, ports);
    expect(now()).toMatchObject({ step: "launched", dispatch: 4, refusals: 0 });
    expect(await asTask()).toBe("completed");
  });
});

describe("dying in between", () => {
  test("after the fence was raised: sweep finds a launch without a task and sends anew", async () => {
    world.broken.set("tasks.run", [new Error("the Lambda was killed here")]);
    await expect(deliver()).rejects.toThrow("killed");
    expect(now()).toMatchObject({ step: "launched", dispatch: 2 });
    // The redelivered message has the old number.
    expect(await deliver()).toBe("lost");
    await vi.advanceTimersByTimeAsync(60_000);
    await sweep(world.ports);
    expect(received()).toMatchObject({ dispatch: 3, target: "fargate" });
  });

  test("after the task was started: the task is found by its launch, and claims", async () => {
    let update = 0;
    world.broken.set("store.update", () =>
      ++update === 2 ? new Error("the Lambda was killed here") : undefined,
    );
    await expect(deliver()).rejects.toThrow("killed");
    await vi.advanceTimersByTimeAsync(60_000);
    await sweep(world.ports);
    expect(now()).toMatchObject({
      step: "launched",
      dispatch: 2,
      taskArn: world.started[0]?.observation.taskArn,
    });
    expect(await asTask()).toBe("completed");
    expect(world.started).toHaveLength(1);
  });

  test("every reply dropped: one task, one result", async () => {
    world.dropReplies = true;
    expect(await deliver()).toBe("launched");
    expect(await deliver()).toBe("lost");
    expect(await asTask()).toBe("completed");
    expect(world.started).toHaveLength(1);
    expect(now().attempts).toHaveLength(1);
  });
});
