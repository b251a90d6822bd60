import { decodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import type { Evidence } from "../../../jobs/lifecycle/evidence.ts";
import { type Job, NewerRecord } from "../../../jobs/record.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { limits, timing } from "../../../jobs/timing.ts";
import { floating } from "../../support/contract/floating.ts";
import { deadline, decide, due, look, refused, released, stopped } from "../../support/jobs/deciding.ts";
import { forged } from "../../support/jobs/forged.ts";
import { forgotten, inBucket, memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { outputFile } from "../../support/jobs/output-file.ts";
import { died, sampleJob, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted, throwing } from "../../support/jobs/submitting.ts";

/** Jobs that take the output of a job which has yet to make it. */
let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld(inBucket);
  return () => vi.useRealTimers();
});

const matrix = {
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
};
const now = (job: Job) => world.job(job.jobId);

async function parent(): Promise<Job> {
  return (await submitted(world, matrix)).job;
}

async function childOf(...parents: Job[]): Promise<Job> {
  const [a, b] = parents.map(({ jobId }) => ({ job: jobId }));
  const body = b ? { operation: "matmul", inputs: { a, b } } : { operation: "fft2", inputs: { a } };
  return (await submitted(world, body)).job;
}

/** Answers the job's last message. */
async function worked(job: Job, how = compute): Promise<unknown> {
  const message = world.messages.findLast(({ jobId }) => jobId === job.jobId);
  if (!message) throw new Error(`no message for job ${job.jobId}`);
  return work(message, lambdaMachine(), how, world.ports);
}

async function nextSweep(): Promise<void> {
  vi.setSystemTime(Date.now() + 60_000);
  await sweep(world.ports);
}

describe("a job whose input another has yet to make", () => {
  test("is planned and routed at once, sends nothing, and says what it waits for", async () => {
    const first = await parent();
    world.messages.length = 0;
    const child = await childOf(first);
    expect(child).toMatchObject({
      status: "PENDING",
      step: "inputs",
      statusReason: `waiting for the output of job ${first.jobId}`,
      dueAt: start + timing.inputs,
      inputs: { a: { job: first.jobId, output: "result", shape: [2, 2], dtype: "float64" } },
      outputSpecs: { result: { shape: [2, 2], dtype: "complex128" } },
      route: { target: "lambda" },
    });
    expect(world.messages).toEqual([]);
    expect(now(first).waiters).toEqual([child.jobId]);
    expect(now(first).rev).toBe(first.rev);
  });

  test("is sent by its parent's end, and reads what the parent made", async () => {
    const first = await parent();
    const child = await childOf(first);
    world.messages.length = 0;
    await world.ports.queue.send({ v: 1, jobId: first.jobId, dispatch: 1, target: "lambda" });
    await worked(first);
    expect(world.messages.map(({ jobId }) => jobId)).toEqual([first.jobId, child.jobId]);
    expect(now(child)).toMatchObject({
      step: "sent",
      dispatch: 2,
      hops: 1,
      inputs: { a: { key: expect.stringContaining(`jobs/${first.jobId}/out/`), offset: 0 } },
    });
    expect(await worked(child)).toBe("completed");
    const madeBy = (job: Job) => {
      const file = outputFile(now(job).outputs?.result, (key) => world.bucket.get(key));
      return decodeNpy(file ?? new Uint8Array());
    };
    const { data } = floating(madeBy(child));
    const made = madeBy(first);
    // The first element of a transform is the sum of its input.
    expect(data[0]).toBeCloseTo(
      [...floating(made).data].reduce((sum, value) => sum + value, 0),
      12,
    );
  });

  test("waits for the last of several, which may be one twice", async () => {
    const [one, other] = [await parent(), await parent()];
    const child = await childOf(one, other);
    const twice = await childOf(one, one);
    expect(now(one).waiters).toEqual([child.jobId, twice.jobId]);
    await worked(one);
    expect(now(twice).step).toBe("sent");
    expect(now(child)).toMatchObject({ step: "inputs", rev: child.rev, dueAt: child.dueAt });
    vi.setSystemTime(start + timing.inputs);
    await sweep(world.ports);
    expect(now(child)).toMatchObject({
      step: "inputs",
      statusReason: `waiting for the output of job ${other.jobId}`,
      dueAt: Date.now() + timing.inputs,
    });
    await worked(other);
    expect(await worked(child)).toBe("completed");
  });

  test("of two that end at the same time the later one sends it, once", async () => {
    const [one, other] = [await parent(), await parent()];
    const child = await childOf(one, other);
    await Promise.all([worked(one), worked(other)]);
    expect(world.messages.filter(({ jobId }) => jobId === child.jobId)).toHaveLength(1);
    expect(await worked(child)).toBe("completed");
  });

  test("goes on by itself when nobody woke it", async () => {
    const first = await parent();
    const child = await childOf(first);
    await world.ports.store.update(
      first.jobId,
      {},
      forged({ status: "CANCELLED", dueAt: undefined, step: undefined }),
    );
    await nextSweep();
    expect(now(child).step).toBe("inputs");
    vi.setSystemTime(start + timing.inputs);
    await sweep(world.ports);
    expect(now(child)).toMatchObject({ status: "FAILED", error: { code: "input-failed" } });
  });

  test("chains go through without sweep, each job sent by the one before", async () => {
    const jobs = [await parent()];
    for (let length = 1; length < 5; length++) jobs.push(await childOf(jobs.at(-1) as Job));
    for (const job of jobs) expect(await worked(job)).toBe("completed");
    expect(jobs.map((job) => now(job).hops ?? 0)).toEqual([0, 1, 2, 3, 4]);
  });

  test("a chain longer than our guard against loops goes on with sweep", async () => {
    const first = await parent();
    const child = await childOf(first);
    await world.ports.store.update(first.jobId, {}, forged({ hops: limits.hops }));
    await worked(first);
    expect(now(child)).toMatchObject({ step: "inputs", dueAt: start });
    await nextSweep();
    expect(now(child)).toMatchObject({ step: "sent", hops: 0 });
    expect(await worked(child)).toBe("completed");
  });

  test("goes through with sweep when the end of its parent could not send it", async () => {
    const first = await parent();
    const child = await childOf(first);
    world.broken.set("queue.send", [new Error("ServiceUnavailable")]);
    await worked(first);
    expect(now(child)).toMatchObject({ step: "send", dueAt: start });
    await nextSweep();
    expect(await worked(child)).toBe("completed");
  });

  test("is cancelled like any other, and woken in vain", async () => {
    const first = await parent();
    const child = await childOf(first);
    expect((await cancelJob(child.jobId, "local", world.ports)).status).toBe("CANCELLED");
    const before = now(child);
    await worked(first);
    expect(now(child)).toEqual(before);
  });

  test("waits no longer than its own deadline for a parent that a later release wrote", async () => {
    const first = await parent();
    const child = await childOf(first);
    const { store } = world.ports;
    const get = async (jobId: string) => {
      if (jobId === first.jobId) throw new NewerRecord(jobId, 2);
      return store.get(jobId);
    };
    const rolledBack = {
      ...world.ports,
      store: new Proxy(store, { get: (target, name) => (name === "get" ? get : Reflect.get(target, name)) }),
    };
    vi.setSystemTime(child.deadlineAt);
    await sweep(rolledBack);
    expect(now(child)).toMatchObject({ status: "FAILED", error: { code: "deadline-exceeded" } });
  });

  test("waits no longer than its own deadline", async () => {
    const first = await parent();
    const { job: child } = await submitted(world, { inputs: { a: { job: first.jobId } }, maxSeconds: 90 });
    expect(child.dueAt).toBe(start + 90_000);
    vi.setSystemTime(start + 90_000);
    await sweep(world.ports);
    expect(now(child)).toMatchObject({
      status: "FAILED",
      error: { code: "deadline-exceeded", message: expect.stringContaining(`job ${first.jobId}`) },
    });
  });
});

describe("a parent that gives nothing", () => {
  test.each([
    [
      "fails",
      (job: Job) => worked(job, throwing(new Problem("compute-failed", "the matrix is singular"))),
      /failed: the matrix is singular$/,
    ],
    ["is cancelled", (job: Job) => cancelJob(job.jobId, "local", world.ports), /was cancelled$/],
  ])("because it %s fails the child with that reason, and the child's child", async (_why, end, reason) => {
    const first = await parent();
    const child = await childOf(first);
    const grandchild = await childOf(child);
    await end(first);
    await nextSweep();
    expect(now(child).error).toEqual({ code: "input-failed", message: expect.stringMatching(reason) });
    await nextSweep();
    expect(now(grandchild).error).toMatchObject({ code: "input-failed" });
    expect(forgotten(world)).toEqual([]);
  });

  test("because it has expired fails the child too", async () => {
    const first = await parent();
    const child = await childOf(first);
    world.table.delete(first.jobId);
    vi.setSystemTime(start + timing.inputs);
    await sweep(world.ports);
    expect(now(child).error).toMatchObject({
      code: "input-not-found",
      message: expect.stringContaining("has expired"),
    });
  });

  test("may be retried, and so may its child: it waits anew and is woken again", async () => {
    const first = await parent();
    const child = await childOf(first);
    await worked(first, throwing(new Problem("compute-failed", "no")));
    await nextSweep();
    await retryJob(first.jobId, "local", world.ports);
    expect(await retryJob(child.jobId, "local", world.ports)).toMatchObject({ step: "inputs", dispatch: 2 });
    await nextSweep();
    expect(now(child)).toMatchObject({ step: "inputs", dueAt: Date.now() + timing.inputs });
    await worked(first);
    expect(await worked(child)).toBe("completed");
  });

  test("and is retried before anybody looked costs the child nothing", async () => {
    const first = await parent();
    const child = await childOf(first);
    await cancelJob(first.jobId, "local", world.ports);
    await retryJob(first.jobId, "local", world.ports);
    await nextSweep();
    expect(now(child)).toMatchObject({ status: "PENDING", step: "inputs" });
  });
});

describe("between the look and the write", () => {
  test("a parent that ends while its child is submitted wakes it: the child asks, and is told", async () => {
    const first = await parent();
    const { create } = world.ports.store;
    const store = new Proxy(world.ports.store, {
      get: (target, method) =>
        method === "create"
          ? async (job: Job) => {
              await worked(first);
              return create(job);
            }
          : Reflect.get(target, method),
    });
    const { job: child } = await submitted(
      { ...world, ports: { ...world.ports, store } },
      { inputs: { a: { job: first.jobId } } },
    );
    expect(now(first)).not.toHaveProperty("waiters");
    expect(now(child)).toMatchObject({ step: "sent", hops: 0 });
    expect(await worked(child)).toBe("completed");
  });

  test("a parent that ends after sweep has read it is not slept over", async () => {
    const first = await parent();
    const child = await childOf(first);
    vi.setSystemTime(start + timing.inputs);
    const { get } = world.ports.store;
    const store = new Proxy(world.ports.store, {
      get: (target, method) =>
        method === "get"
          ? async (jobId: string) => {
              const seen = await get(jobId);
              // Read as PENDING, and over a moment later: its wake comes before the write of sweep.
              if (jobId === first.jobId && seen?.status === "PENDING") await worked(first);
              return seen;
            }
          : Reflect.get(target, method),
    });
    // Only the child is due: else sweep would send the parent again.
    await world.ports.store.update(first.jobId, {}, forged({ dueAt: start + 3_600_000 }));
    await sweep({ ...world.ports, store });
    expect(now(child).step).toBe("sent");
    expect(world.messages.filter(({ jobId }) => jobId === child.jobId)).toHaveLength(1);
  });

  test("neither a wake that fails nor an asking that fails is the job's or its parent's fault", async () => {
    const first = await parent();
    world.broken.set("store.addDependent", [new Error("InternalServerError")]);
    const child = await childOf(first);
    expect(now(child).step).toBe("inputs");
    const other = await childOf(first);
    let wakes = 0;
    world.broken.set("store.get", () => (wakes++ === 0 ? new Error("InternalServerError") : undefined));
    expect(await worked(first)).toBe("completed");
    expect(world.log.filter(({ level }) => level === "warn")).toHaveLength(2);
    vi.setSystemTime(start + timing.inputs);
    await sweep(world.ports);
    expect([now(child).step, now(other).step]).toEqual(["sent", "sent"]);
  });
});

test("nothing but its parents, its deadline and its caller move a job that waits", () => {
  const job = sampleJob({
    step: "inputs",
    inputs: { a: { shape: [2, 2], dtype: "float64", job: "0".repeat(26), output: "result" } },
  });
  const others = [
    ...[stopped(died), refused("capacity"), refused("cap"), released("out-of-time"), look(died, 3), look()],
    ...([{ kind: "admitted" }, { kind: "dead-letter", dispatch: 3 }, { kind: "retry" }] as const),
  ];
  for (const evidence of others) expect(decide(job, evidence, due)).toBeUndefined();
  const looked = (rev: number): Evidence => ({
    kind: "due",
    queueWaiting: 0,
    parents: { rev, jobs: new Map() },
  });
  expect(decide(job, looked(job.rev), due - 1)).toBeUndefined();
  expect(decide(job, looked(job.rev - 1), due)).toBeUndefined();
  expect(decide(job, looked(job.rev), due)?.changes.status).toBe("FAILED");
  expect(decide(job, { kind: "cancel" }, due)?.changes.status).toBe("CANCELLED");
  expect(decide(job, look(), deadline)?.changes.error?.code).toBe("deadline-exceeded");
});

test("a job wakes so many and no more: the rest find out by themselves", async () => {
  const first = await parent();
  const children: Job[] = [];
  for (let index = 0; index <= limits.dependents; index++) children.push(await childOf(first));
  expect(now(first).waiters).toHaveLength(limits.dependents);
  await worked(first);
  expect(children.filter((child) => now(child).step === "sent")).toHaveLength(limits.dependents);
  vi.setSystemTime(start + timing.inputs);
  await sweep(world.ports);
  expect(children.filter((child) => now(child).step === "sent")).toHaveLength(limits.dependents + 1);
});

test("a job that nobody waits for costs not one call more", async () => {
  const first = await parent();
  world.calls.length = 0;
  await worked(first);
  const told = ["events.put", "store.schedulePublication"];
  expect(world.calls).toEqual(["objects.get", "store.update", "objects.put", "store.update", ...told]);
});

test("a worker that runs while children ask keeps its claim", async () => {
  const first = await parent();
  const run = worked(first, lasting(30_000));
  await vi.advanceTimersByTimeAsync(1_000);
  const child = await childOf(first);
  expect(now(child).statusReason).toBe(`waiting for the output of job ${first.jobId}`);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await run).toBe("completed");
  expect(now(child)).toMatchObject({ step: "sent", sentAt: now(first).finishedAt });
});
