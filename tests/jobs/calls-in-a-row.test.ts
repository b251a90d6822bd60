import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Ports } from "../../jobs/ports.ts";
import { workBatch } from "../../jobs/run/batch.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { accept } from "../../jobs/submit/accept.ts";
import { memoryWorld, type World } from "../support/jobs/memory-ports.ts";
import { start } from "../support/jobs/sample-jobs.ts";
import { lambdaMachine } from "../support/jobs/submitting.ts";

/**
 * How many calls to AWS come one after the other: each costs 2–5 ms in a region, and those side by side cost the time of
 * one. Every call takes one second here, so that the seconds that pass are the calls in a row.
 */
let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

const call = 1_000;

/** The ports, each of whose calls takes one second. Links are signed locally: they are no call. */
function slow(ports: Ports): Ports {
  const slowed = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, method) => {
        const action = Reflect.get(target, method) as unknown as (...given: unknown[]) => unknown;
        if (method === "link") return action;
        return async (...given: unknown[]) => {
          await new Promise((resolve) => setTimeout(resolve, call));
          return action(...given);
        };
      },
    });
  const { store, objects, queue, events } = ports;
  return {
    ...ports,
    store: slowed(store),
    objects: slowed(objects),
    queue: slowed(queue),
    events: slowed(events),
  };
}

async function inARow(run: (ports: Ports) => Promise<unknown>): Promise<number> {
  const began = Date.now();
  let ended = began;
  const running = run(slow(world.ports)).then(() => {
    ended = Date.now();
  });
  await vi.advanceTimersByTimeAsync(20 * call);
  await running;
  return (ended - began) / call;
}

const matrix = Array.from({ length: 64 }, (_, row) =>
  Array.from({ length: 64 }, (_, column) => row * column),
);
const body = validate(submitBody, { dataMatrix: matrix });
const request = { requestHash: "0".repeat(64) };
const keyed = { ...request, idempotencyKey: "order-7" };
const failing = validate(submitBody, { operation: "inv", dataMatrix: matrix });

describe("a submit", () => {
  test.each([
    ["whose caller waits", keyed, body],
    ["whose caller waits, without a key", request, body],
    ["of a job that fails, whose caller waits", keyed, failing],
  ])("%s is two", async (_whose, how, what) => {
    const taken = await inARow((ports) => accept(what, "local", how, ports, compute));
    expect(taken).toBeLessThanOrEqual(2);
    expect([...world.table.values()].map(({ status }) => status)).not.toContain("PENDING");
  });

  test.each([
    ["without a key", request],
    ["with an Idempotency-Key, which is looked up while the input is on its way", keyed],
  ])("by way of the queue is two, %s", async (_how, how) => {
    expect(await inARow((ports) => accept(body, "local", how, ports))).toBeLessThanOrEqual(2);
    expect(world.messages).toHaveLength(1);
  });

  test.each([
    ["is repeated", body],
    ["was used for another request", failing],
  ])("whose key %s is one, and sends nothing", async (_what, again) => {
    await accept(body, "local", keyed, world.ports);
    const hash = again === body ? keyed.requestHash : "1".repeat(64);
    const asked = { ...keyed, requestHash: hash };
    const taken = await inARow((ports) => accept(again, "local", asked, ports).catch(() => undefined));
    // A refused one is looked up once more: it may be the very request that made the job.
    expect(taken).toBeLessThanOrEqual(again === body ? 1 : 2);
    expect([world.messages.length, world.table.size]).toEqual([1, 1]);
  });
});

describe("a job whose arrays are in its record", () => {
  const small = validate(submitBody, { dataMatrix: matrix.slice(0, 16).map((row) => row.slice(0, 16)) });

  test("is one when its caller waits", async () => {
    const taken = await inARow((ports) => accept(small, "local", keyed, ports, compute));
    expect(taken).toBe(1);
    expect([...world.table.values()].map(({ status }) => status)).toEqual(["COMPLETED"]);
  });

  test("is submitted in one, two with an Idempotency-Key, and ended in two", async () => {
    expect(await inARow((ports) => accept(small, "local", request, ports))).toBe(1);
    const sent = world.messages.pop();
    if (!sent) throw new Error("a submit sends");
    // Until its end is written: a call takes as long here as a worker takes to look whether its job was cancelled.
    const untilEnded = (ports: Ports) =>
      new Promise<void>((resolve, reject) => {
        work(sent, lambdaMachine(), compute, ports, () => resolve()).catch(reject);
      });
    expect(await inARow(untilEnded)).toBe(2);
    expect(world.job(sent.jobId).status).toBe("COMPLETED");
    expect(await inARow((ports) => accept(small, "local", keyed, ports))).toBe(2);
  });
});

describe("work", () => {
  async function message() {
    await accept(body, "local", request, world.ports);
    const sent = world.messages.pop();
    if (!sent) throw new Error("a submit sends");
    return sent;
  }

  test("on a small job is three until it has ended: its input is read while it is claimed", async () => {
    const sent = await message();
    const ended = () => {
      expect(world.job(sent.jobId).status).toBe("COMPLETED");
    };
    const taken = await inARow((ports) => work(sent, lambdaMachine(), compute, ports, ended));
    expect(taken).toBeLessThanOrEqual(3);
  });

  test("on ten is no more, and their events and marks are two for all of them", async () => {
    const sent = await Promise.all(Array.from({ length: 10 }, message));
    const deliveries = sent.map((one) => ({ id: one.jobId, text: JSON.stringify(one), receives: 1 }));
    const taken = await inARow((ports) => workBatch(deliveries, lambdaMachine(), compute, ports));
    expect(taken).toBeLessThanOrEqual(3 + 2);
    expect([...world.table.values()].map(({ status }) => status)).toEqual(Array(10).fill("COMPLETED"));
  });
});
