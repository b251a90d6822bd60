import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob } from "../../../jobs/api/own-jobs.ts";
import { settle } from "../../../jobs/lifecycle/settle.ts";
import type { Message } from "../../../jobs/message.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { memoryWorld, type StartedTask, stoppedTask, type World } from "../../support/jobs/memory-ports.ts";
import { failedStart, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted } from "../../support/jobs/submitting.ts";

/** The stage's caps on tasks: slots, the line for them, and who gives a slot back. */
let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld({ maxTasks: 2 });
  return () => vi.useRealTimers();
});

const large = { dataMatrix: [[1]], target: "fargate", maxSeconds: 3600 };

/** Submits so many jobs a second apart and delivers their messages. */
async function burst(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { job } = await submitted(world, { ...large, labels: { index: String(index) } });
    ids.push(job.jobId);
    await deliverAll();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  return ids;
}

async function deliverAll(): Promise<void> {
  for (const message of world.messages.splice(0)) await work(message, lambdaMachine(), compute, world.ports);
}

/** The task runs its job to the end, and its stop event arrives. */
async function finish(task: StartedTask): Promise<void> {
  const { taskArn } = task.observation;
  await runJob(task.request, { target: "fargate", taskArn }, compute, world.ports);
  await settled(task);
}

/** The same, and settle calls nobody up from the line: sweep is the net. */
async function finishAlone(task: StartedTask): Promise<void> {
  world.broken.set("store.waitingForCapacity", [new Error("InternalServerError")]);
  await finish(task);
  expect(world.log.at(-1)?.message).toMatch(/nobody was called up from the line/);
}

async function settled(task: StartedTask): Promise<void> {
  const stopped = stoppedTask(task.observation.taskArn, "EssentialContainerExited", { exitCode: 0 });
  task.observation = stopped;
  await settle(task.request, stopped, world.ports);
}

const running = () => world.started.filter(({ observation }) => observation.state !== "stopped");
const stepOf = (jobId: string | undefined) => world.job(jobId ?? "").step;
const minute = async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  return sweep(world.ports);
};

describe("the line", () => {
  test("takes what the caps leave no room for, in order, and says so", async () => {
    const ids = await burst(4);
    expect(running()).toHaveLength(2);
    expect(ids.map(stepOf)).toEqual(["launched", "launched", "line", "line"]);
    expect(world.job(ids[3] ?? "")).toMatchObject({
      status: "PENDING",
      refusals: 0,
      statusReason: expect.stringMatching(/^waiting for Fargate capacity: the stage runs at most 2 tasks/),
      lineSince: start + 3_000,
    });
  });

  test("moves up at once when a task has stopped, oldest first, into the slot that it left", async () => {
    const ids = await burst(5);
    const [first] = running();
    if (first) await finish(first);
    expect(world.messages.map(({ jobId }) => jobId)).toEqual([ids[2]]);
    expect(world.slots.size).toBe(2);
    await deliverAll();
    expect(ids.map(stepOf)).toEqual([undefined, "launched", "launched", "line", "line"]);
    // Nothing is left for sweep to do.
    expect((await sweep(world.ports)).admitted).toBe(0);
  });

  test("moves up once for each of several tasks that stop at the same time", async () => {
    const ids = await burst(5);
    await Promise.all(running().map(finish));
    expect(world.messages.map(({ jobId }) => jobId).sort()).toEqual([ids[2], ids[3]].sort());
    expect(world.slots.size).toBe(2);
    await deliverAll();
    expect(ids.map(stepOf)).toEqual([undefined, undefined, "launched", "launched", "line"]);
  });

  test("is not tried through by tasks that do not start", async () => {
    const ids = await burst(4);
    const [first] = running();
    if (first) {
      first.observation = { ...failedStart, taskArn: first.observation.taskArn };
      await settle(first.request, first.observation, world.ports);
    }
    expect(world.messages).toEqual([]);
    expect(ids.map(stepOf)).toEqual(["send", "launched", "line", "line"]);
    expect((await sweep(world.ports)).admitted).toBe(1);
  });

  test("is left again at once by a job that finds a slot given back meanwhile", async () => {
    const ids = await burst(2);
    const { job } = await submitted(world, { ...large, labels: { index: "late" } });
    const { take } = world.ports.slots;
    // Both tasks stop between the look at the caps and the place in the line.
    const slots = new Proxy(world.ports.slots, {
      get: (target, method) =>
        method === "take"
          ? async (...launch: Parameters<typeof take>) => {
              const taken = await take(...launch);
              if (!taken) for (const task of running()) await finish(task);
              return taken;
            }
          : Reflect.get(target, method),
    });
    for (const message of world.messages.splice(0))
      await work(message, lambdaMachine(), compute, { ...world.ports, slots });
    expect(ids.map(stepOf)).toEqual([undefined, undefined]);
    expect(stepOf(job.jobId)).toBe("sent");
    await deliverAll();
    expect(stepOf(job.jobId)).toBe("launched");
  });

  test("moves up in sweep when settle could not, oldest first, one for one", async () => {
    const ids = await burst(5);
    const [first] = running();
    if (first) await finishAlone(first);
    expect((await sweep(world.ports)).admitted).toBe(1);
    expect(world.messages.map(({ jobId }) => jobId)).toEqual([ids[2]]);
    // Before the message is answered nobody else is called up: the slot is taken.
    expect((await sweep(world.ports)).admitted).toBe(0);
    await deliverAll();
    expect(running()).toHaveLength(2);
    expect(ids.map(stepOf)).toEqual([undefined, "launched", "launched", "line", "line"]);
  });

  test("goes before new jobs, even while there is room", async () => {
    const ids = await burst(3);
    for (const task of running()) await finishAlone(task);
    // sweep saw a line less than 90 s ago.
    await sweep(world.ports);
    const { job } = await submitted(world, { ...large, labels: { index: "new" } });
    await deliverAll();
    // It did not take the free slot by itself: it stood in line, behind the other, and was called up.
    expect(world.job(job.jobId)).toMatchObject({ step: "sent", lineSince: start + 3_000 });
    expect(stepOf(ids[2])).toBe("launched");
    await deliverAll();
    expect(stepOf(job.jobId)).toBe("launched");
  });

  test("a job too large for what is free is not passed by smaller ones", async () => {
    world = memoryWorld({ maxTasks: 9, maxRunningVcpu: 4 });
    await burst(3);
    const wide = { ...large, dataMatrix: [[2]] };
    const { job } = await submitted(world, wide);
    const record = world.job(job.jobId);
    world.table.set(job.jobId, { ...record, route: { ...record.route, vcpu: 2, memoryMiB: 4096 } });
    await deliverAll();
    expect(stepOf(job.jobId)).toBe("line");
    await minute();
    const [small] = await burst(1);
    expect(stepOf(small)).toBe("line");
    expect((await sweep(world.ports)).admitted).toBe(0);
    const [first] = running();
    if (first) await finishAlone(first);
    expect((await sweep(world.ports)).admitted).toBe(1);
    await deliverAll();
    expect(stepOf(job.jobId)).toBe("launched");
    expect(stepOf(small)).toBe("line");
  });

  test("is not held up by a job that the caps, lowered since, will never let run", async () => {
    const ids = await burst(4);
    const record = world.job(ids[2] ?? "");
    world.table.set(record.jobId, { ...record, route: { ...record.route, vcpu: 64 } });
    const [first] = running();
    if (first) await finishAlone(first);
    expect((await sweep(world.ports)).admitted).toBe(1);
    expect(world.messages.map(({ jobId }) => jobId)).toEqual([ids[3]]);
  });

  test("ends at the deadline: no-capacity", async () => {
    const ids = await burst(3);
    await vi.advanceTimersByTimeAsync(3_600_000);
    await sweep(world.ports);
    expect(world.job(ids[2] ?? "")).toMatchObject({ status: "FAILED", error: { code: "no-capacity" } });
  });

  test("is left by a cancel, also by one that comes while it is called up", async () => {
    const ids = await burst(4);
    await cancelJob(ids[2] ?? "", "local", world.ports);
    const [first] = running();
    if (first) await finishAlone(first);
    expect((await sweep(world.ports)).admitted).toBe(1);
    await cancelJob(ids[3] ?? "", "local", world.ports);
    await deliverAll();
    expect(world.slots.size).toBe(1);
    expect((await sweep(world.ports)).admitted).toBe(0);
  });

  test("a job that is cancelled while it is called up leaves its slot to the next", async () => {
    const ids = await burst(4);
    const [first] = running();
    if (first) await finish(first);
    await cancelJob(ids[2] ?? "", "local", world.ports);
    await deliverAll();
    await deliverAll();
    expect(stepOf(ids[3])).toBe("launched");
    expect(world.slots.size).toBe(2);
  });

  test("a message lost on the way up costs no slot for good", async () => {
    const ids = await burst(3);
    const [first] = running();
    if (first) await finish(first);
    await sweep(world.ports);
    world.messages.length = 0;
    await minute();
    await deliverAll();
    // The slot taken for the lost message still counts, so the job stands in line again, in its old place.
    expect(world.job(ids[2] ?? "")).toMatchObject({ step: "line", lineSince: start + 2_000 });
    for (let pass = 0; pass < 4; pass++) {
      await minute();
      await deliverAll();
    }
    expect(stepOf(ids[2])).toBe("launched");
  });
});

describe("a slot", () => {
  test("is taken before RunTask and given back when it refuses", async () => {
    world.refusals.push({ kind: "capacity", detail: "none" });
    await burst(1);
    expect(world.calls.filter((call) => /^(slots|tasks)\./.test(call))).toEqual([
      "slots.take",
      "tasks.run",
      "slots.release",
    ]);
    expect(world.slots.size).toBe(0);
  });

  test("is kept when RunTask did not answer, until the task it may have started has stopped", async () => {
    world.refusalAfterStart = { kind: "busy", detail: "TimeoutError", unsure: true };
    await burst(1);
    expect(world.slots.size).toBe(1);
    const [task] = world.started;
    if (task) await settled(task);
    expect(world.slots.size).toBe(0);
  });

  test("of a launch that never reached ECS is given back after 150 s, not before", async () => {
    world.refusals.push({ kind: "busy", detail: "TimeoutError", unsure: true });
    const [jobId] = await burst(1);
    await cancelJob(jobId ?? "", "local", world.ports);
    await sweep(world.ports);
    for (let pass = 0; pass < 5; pass++) {
      await vi.advanceTimersByTimeAsync(30_000);
      await sweep(world.ports);
    }
    expect(world.slots.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await sweep(world.ports);
    expect(world.slots.size).toBe(0);
  });

  test("is not given back on sightings that passes of sweep failed between", async () => {
    world.refusals.push({ kind: "busy", detail: "TimeoutError", unsure: true });
    const [jobId] = await burst(1);
    await cancelJob(jobId ?? "", "local", world.ports);
    await sweep(world.ports);
    await vi.advanceTimersByTimeAsync(200_000);
    await sweep(world.ports);
    expect(world.slots.size).toBe(1);
  });

  test("whose message comes late, after sweep has missed its task, stays with the launch", async () => {
    const ids = await burst(3);
    const [first] = running();
    if (first) await finish(first);
    await sweep(world.ports);
    // The message lies in the queue while sweep finds no task for the slot, again and again.
    for (let pass = 0; pass < 4; pass++) {
      await vi.advanceTimersByTimeAsync(35_000);
      await sweep(world.ports);
    }
    await deliverAll();
    expect(stepOf(ids[2])).toBe("launched");
    // ECS does not list the task yet.
    world.broken.set("tasks.running", []);
    const started = world.started.splice(0);
    await vi.advanceTimersByTimeAsync(35_000);
    await sweep(world.ports);
    expect(world.slots.size).toBe(2);
    world.started.push(...started);
  });

  test("of a task that ECS forgot for a moment is not given back", async () => {
    await burst(1);
    world.broken.set("tasks.running", []);
    const [slot] = world.slots.values();
    const missing = { since: start - 300_000, seen: start };
    if (slot) world.slots.set(`${slot.jobId}-${slot.dispatch}`, { ...slot, missing });
    await sweep(world.ports);
    expect([...world.slots.values()]).toEqual([expect.not.objectContaining({ missing: expect.anything() })]);
  });

  test("of a task whose stop event was lost is given back when sweep learns that it has stopped", async () => {
    await burst(1);
    const [task] = world.started;
    if (task) task.observation = stoppedTask(task.observation.taskArn, "InfrastructureHealth");
    await minute();
    expect(world.slots.size).toBe(0);
  });

  test("taken for a message delivered twice is one slot, one task", async () => {
    await submitted(world, large);
    const [message] = world.messages.splice(0) as [Message];
    await Promise.all([1, 2].map(() => work(message, lambdaMachine(), compute, world.ports)));
    expect([world.slots.size, world.started.length]).toEqual([1, 1]);
  });
});

test("a job that was admitted and got no machine goes back to its place, before those that came later", async () => {
  const ids = await burst(5);
  // The third is admitted, and refused.
  world.refusals.push({ kind: "capacity", detail: "none" });
  const [first] = running();
  if (first) await finishAlone(first);
  await minute();
  await deliverAll();
  expect(stepOf(ids[2])).toBe("send");
  // Its turn comes again, and two places become free.
  for (const task of running()) await finishAlone(task);
  await minute();
  await deliverAll();
  expect([2, 3, 4].map((index) => stepOf(ids[index]))).toEqual(["launched", "launched", "line"]);
});

test("of those that go back and those in line the one that came first goes first", async () => {
  const ids = await burst(5);
  // The third and the fourth are called up, and refused.
  world.refusals.push({ kind: "capacity", detail: "none" }, { kind: "capacity", detail: "none" });
  for (const task of running()) await finish(task);
  await deliverAll();
  expect([2, 3, 4].map((index) => stepOf(ids[index]))).toEqual(["send", "send", "line"]);
  const [third, fourth] = [world.job(ids[2] ?? ""), world.job(ids[3] ?? "")];
  // The third is back in its place already, the fourth goes back in this pass.
  world.table.set(third.jobId, { ...third, step: "line", dueAt: third.deadlineAt });
  world.slots.set("other", { jobId: "other", dispatch: 1, vcpu: 1 });
  await minute();
  expect(world.messages.map(({ jobId }) => jobId)).toEqual([third.jobId]);
  expect(stepOf(fourth.jobId)).toBe("line");
});

test("a sweep without ECS moves the jobs that have no task, and ends those past their deadline", async () => {
  const [launched] = await burst(1);
  const { job: waiting } = await submitted(world);
  world.messages.length = 0;
  world.broken.set("tasks.running", () => new Error("ServerException"));
  expect(await minute()).toMatchObject({ due: 2, moved: 1, failed: 2 });
  expect(stepOf(launched)).toBe("launched");
  expect(world.job(waiting.jobId).dispatch).toBe(2);
  await vi.advanceTimersByTimeAsync(3_600_000);
  await sweep(world.ports);
  expect(world.job(launched ?? "").status).toBe("FAILED");
});
