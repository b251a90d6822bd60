import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../../jobs/message.ts";
import type { Compute } from "../../../jobs/ports.ts";
import { type Delivery, workBatch } from "../../../jobs/run/batch.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

const large = { inputs: { a: { random: { shape: [1500, 1500] } } } };

/** Submits so many and takes their messages. */
async function sent(count: number, body?: unknown): Promise<Message[]> {
  for (let index = 0; index < count; index++) await submitted(world, body);
  return world.messages.splice(0);
}

const delivered = (messages: readonly Message[], receives = 1): Delivery[] =>
  messages.map((message) => ({ id: message.jobId, text: JSON.stringify(message), receives, trace: "t" }));
const answered = (deliveries: readonly Delivery[], how: Compute = compute) =>
  workBatch(deliveries, lambdaMachine(), how, world.ports);
const statusesOf = (messages: readonly Message[]) => messages.map(({ jobId }) => world.job(jobId).status);

/** Notes how many run at once. */
function watched(): { most: number; readonly engine: Compute } {
  let now = 0;
  const seen = {
    most: 0,
    engine: (async () => {
      seen.most = Math.max(seen.most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now--;
      return { result: { shape: [1], dtype: "float64", data: Float64Array.of(1) } };
    }) as Compute,
  };
  return seen;
}

describe("a batch of messages", () => {
  test("of small jobs runs side by side, and their ends are published in one call", async () => {
    const messages = await sent(10);
    expect(messages.every(({ small }) => small)).toBe(true);
    const seen = watched();
    const running = answered(delivered(messages), seen.engine);
    await vi.advanceTimersByTimeAsync(10);
    expect(await running).toEqual([]);
    expect(seen.most).toBe(10);
    expect(new Set(statusesOf(messages))).toEqual(new Set(["COMPLETED"]));
    expect(world.calls.filter((call) => call === "events.put")).toHaveLength(1);
    expect(world.events).toHaveLength(10);
    expect([...world.table.values()].filter(({ dueAt }) => dueAt !== undefined)).toEqual([]);
  });

  test("names what must come again, and nothing else", async () => {
    const messages = await sent(3);
    const [, second] = messages;
    const { update } = world.ports.store;
    const store = {
      ...world.ports.store,
      get: world.ports.store.get,
      update: (...given: Parameters<typeof update>) =>
        given[0] === second?.jobId
          ? Promise.reject(new Error("DynamoDB is down"))
          : world.ports.store.update(...given),
    };
    const deliveries = [...delivered(messages), { id: "strange", text: "{}", receives: 1 }];
    const failed = await workBatch(deliveries, lambdaMachine(), compute, { ...world.ports, store });
    expect(failed.sort()).toEqual([String(second?.jobId), "strange"].sort());
    expect(statusesOf(messages)).toEqual(["COMPLETED", "PENDING", "COMPLETED"]);
  });

  test("whose function was killed comes back whole: the fence drops what has moved on", async () => {
    const messages = await sent(10);
    // It had ended four, and nobody acknowledged them.
    await answered(delivered(messages.slice(0, 4)));
    const ended = messages.slice(0, 4).map(({ jobId }) => structuredClone(world.job(jobId)));
    expect(await answered(delivered(messages, 2))).toEqual([]);
    expect(new Set(statusesOf(messages))).toEqual(new Set(["COMPLETED"]));
    expect(messages.slice(0, 4).map(({ jobId }) => world.job(jobId))).toEqual(ended);
    for (const { jobId } of messages) expect(world.job(jobId).attempts).toHaveLength(1);
    expect(world.events).toHaveLength(10);
  });

  test("leaves a published end to sweep where the call is refused", async () => {
    const messages = await sent(3);
    world.broken.set("events.put", [new Error("ThrottlingException")]);
    expect(await answered(delivered(messages))).toEqual([]);
    expect(world.events).toEqual([]);
    vi.setSystemTime(start + 60_000);
    await sweep(world.ports);
    expect(world.events).toHaveLength(3);
  });
});

test("tasks are launched before anything is computed: what blocks the thread cannot keep them", async () => {
  const messages = [...(await sent(2)), ...(await sent(2, { ...large, target: "fargate" }))];
  const launchedBefore: number[] = [];
  const engine: Compute = async (...given) => {
    launchedBefore.push(world.calls.filter((call) => call === "tasks.run").length);
    return compute(...given);
  };
  expect(await answered(delivered(messages), engine)).toEqual([]);
  expect(launchedBefore).toEqual([2, 2]);
});

describe("what was received before, and may have killed its function,", () => {
  test("shares its time with no other, and comes last", async () => {
    const [fresh, again] = [await sent(2), await sent(3)];
    const order: string[] = [];
    const seen = watched();
    const running = workBatch([...delivered(again, 2), ...delivered(fresh)], lambdaMachine(), seen.engine, {
      ...world.ports,
      log: {
        ...world.ports.log,
        info: (message, { jobId }) => void (message === "job claimed" && order.push(String(jobId))),
      },
    });
    await vi.advanceTimersByTimeAsync(100);
    await running;
    expect(seen.most).toBe(2);
    expect(order).toEqual([...fresh, ...again].map(({ jobId }) => jobId));
  });
});

describe("of jobs that are not small", () => {
  test("one is run, the others are sent once more, as they were", async () => {
    const messages = await sent(3, large);
    expect(messages.some(({ small }) => small)).toBe(false);
    const small = await sent(1);
    const seen = watched();
    const running = answered(delivered([...messages, ...small]), seen.engine);
    await vi.advanceTimersByTimeAsync(100);
    expect(await running).toEqual([]);
    expect(statusesOf([...messages, ...small])).toEqual(["COMPLETED", "PENDING", "PENDING", "COMPLETED"]);
    expect(world.messages).toEqual(messages.slice(1));
  });

  test("a copy of one that has been claimed is not sent once more, and of two copies in hand one is", async () => {
    const [first, second, third] = await sent(3, large);
    if (!first || !second || !third) throw new Error("three were sent");
    const seen = watched();
    const before = answered(delivered([first]), seen.engine);
    await vi.advanceTimersByTimeAsync(100);
    await before;
    const running = answered(delivered([second, second, first, third, third, first]), seen.engine);
    await vi.advanceTimersByTimeAsync(100);
    expect(await running).toEqual([]);
    expect(statusesOf([first, second, third])).toEqual(["COMPLETED", "COMPLETED", "PENDING"]);
    expect(world.messages).toEqual([third]);
  });

  test("one that comes before its record is sent once more", async () => {
    const [first, second] = await sent(2, large);
    if (!first || !second) throw new Error("two were sent");
    world.table.delete(second.jobId);
    const seen = watched();
    const running = answered(delivered([first, second]), seen.engine);
    await vi.advanceTimersByTimeAsync(100);
    expect(await running).toEqual([]);
    expect(world.messages).toEqual([second]);
  });

  test("the one that was received most often is run; sent once more, another would lose that count", async () => {
    const messages = await sent(2, large);
    const [first, second] = delivered(messages);
    if (!first || !second) throw new Error("two were sent");
    const seen = watched();
    const running = answered(
      [
        { ...first, receives: 2 },
        { ...second, receives: 4 },
      ],
      seen.engine,
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(await running).toEqual([first.id]);
    expect(statusesOf(messages)).toEqual(["PENDING", "COMPLETED"]);
    expect(world.messages).toEqual([]);
  });

  test("one that cannot be sent comes again by itself", async () => {
    const messages = await sent(2, large);
    world.broken.set("queue.send", [new Error("ServiceUnavailable")]);
    const seen = watched();
    const running = answered(delivered(messages), seen.engine);
    await vi.advanceTimersByTimeAsync(100);
    expect(await running).toEqual([messages[1]?.jobId]);
  });
});
