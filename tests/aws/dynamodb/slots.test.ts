import { DeleteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamo } from "../../../aws/dynamodb/client.ts";
import { taskSlots } from "../../../aws/dynamodb/slots.ts";
import { randomId } from "../../../jobs/ids.ts";
import type { Launch, Slots } from "../../../jobs/ports.ts";
import { createJobsTable } from "../../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../../support/aws/stub-cloud.ts";

const Key = { pk: "slots#fargate" };

let cloud: StubCloud;
let clock = 1_800_000_000_000;

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
});
afterAll(() => cloud.stop());
beforeEach(async () => {
  cloud.loseReplies = false;
  clock += 1_000_000;
  await emptied();
  cloud.calls.length = 0;
});

const of = (maxTasks: number, maxRunningVcpu = 1000): Slots =>
  taskSlots({ tableName, maxTasks, maxRunningVcpu }, () => clock);
const launch = (dispatch = 2): Launch => ({ jobId: randomId(), dispatch });

/** All tests share the one item, as all functions of a stage do. */
async function emptied(): Promise<void> {
  const slots = of(1);
  for (const held of await slots.held()) await slots.release(held);
}

async function item(): Promise<Record<string, unknown>> {
  const { Item } = await dynamo().send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
  return Item ?? {};
}

describe("a stage that has launched nothing yet has no item", () => {
  beforeEach(async () => {
    await dynamo().send(new DeleteCommand({ TableName: tableName, Key }));
    // Also the writes that make the item.
    cloud.loseReplies = true;
  });

  test("its first launches make it, and only so many get a slot", async () => {
    const slots = of(3);
    const answers = await Promise.all(Array.from({ length: 5 }, () => slots.take(launch(), 1, false)));
    expect(answers.filter(Boolean)).toHaveLength(3);
    expect(await slots.held()).toHaveLength(3);
    expect((await item()).vcpu).toBe(3);
  });

  test("its first line makes it; what is not there is neither held, released nor marked", async () => {
    const slots = of(3);
    expect(await slots.held()).toEqual([]);
    await slots.release(launch());
    await slots.markMissing(launch(), { since: clock, seen: clock });
    expect(await item()).toEqual({});
    await slots.reserveForQueue(clock + 90_000);
    expect(await slots.take(launch(), 1, false)).toBe(false);
    expect(await slots.take(launch(), 1, true)).toBe(true);
  });
});

describe("slots", () => {
  test("of 40 launches at once under a cap of 8, exactly 8 get one", async () => {
    const slots = of(8);
    const launches = Array.from({ length: 40 }, () => launch());
    const answers = await Promise.all(launches.map((each) => slots.take(each, 2, false)));
    const taken = launches.filter((_, index) => answers[index]);
    expect(taken).toHaveLength(8);
    const byJob = (one: Launch, other: Launch) => one.jobId.localeCompare(other.jobId);
    expect((await slots.held()).sort(byJob)).toEqual(taken.sort(byJob).map((each) => ({ ...each, vcpu: 2 })));
    expect((await item()).vcpu).toBe(16);
  });

  test("are one call when there is room, and one look more when there is none", async () => {
    const slots = of(1);
    await slots.take(launch(), 1, false);
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem"]);
    cloud.calls.length = 0;
    expect(await slots.take(launch(), 1, false)).toBe(false);
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem", "dynamodb.GetItem"]);
  });

  test("are bounded by their vCPUs too, to the quarter, and never passed by a larger one", async () => {
    const slots = of(100, 4);
    expect(await slots.take(launch(), 2, false)).toBe(true);
    expect(await slots.take(launch(), 4, false)).toBe(false);
    expect(await slots.take(launch(), 1.5, false)).toBe(true);
    expect(await slots.take(launch(), 1, false)).toBe(false);
    expect(await slots.take(launch(), 0.25, false)).toBe(true);
    expect(await slots.take(launch(), 0.5, false)).toBe(false);
    expect(await slots.take(launch(), 0.25, false)).toBe(true);
    expect((await item()).vcpu).toBe(4);
  });

  test("of a launch that asks again are the one it has, even where the stage is full or in line", async () => {
    const slots = of(1);
    const first = launch();
    await slots.take(first, 4, false);
    await slots.reserveForQueue(clock + 90_000);
    expect(await slots.take(first, 4, false)).toBe(true);
    expect((await item()).vcpu).toBe(4);
    // Another launch of the same job is another launch.
    expect(await slots.take({ ...first, dispatch: 4 }, 4, true)).toBe(false);
  });

  test("taken and released with every first reply lost count once", async () => {
    cloud.loseReplies = true;
    const slots = of(2);
    const [one, other] = [launch(), launch()];
    expect(await slots.take(one, 2, false)).toBe(true);
    expect(await slots.take(other, 1, false)).toBe(true);
    expect(await slots.take(launch(), 1, false)).toBe(false);
    expect((await item()).vcpu).toBe(3);
    await slots.release(one);
    expect((await item()).vcpu).toBe(1);
    expect(await slots.held()).toEqual([{ ...other, vcpu: 1 }]);
  });

  test("released twice, at once, or never taken, give back what was taken", async () => {
    const slots = of(2);
    const [one, other] = [launch(), launch(12)];
    await slots.take(one, 2, false);
    await slots.take(other, 1, false);
    await Promise.all([slots.release(one), slots.release(one), slots.release(launch()), slots.release(one)]);
    await slots.release(one);
    expect(await slots.held()).toEqual([{ ...other, vcpu: 1 }]);
    expect((await item()).vcpu).toBe(1);
  });

  test("that are full after a cap was lowered empty before they fill", async () => {
    for (let count = 0; count < 3; count++) await of(3).take(launch(), 1, false);
    const lower = of(2);
    expect(await lower.take(launch(), 1, true)).toBe(false);
    for (const held of (await lower.held()).slice(0, 2)) await lower.release(held);
    expect(await lower.take(launch(), 1, true)).toBe(true);
  });

  test("never expire: the item has no ttl", async () => {
    const slots = of(1);
    await slots.take(launch(), 1, false);
    await slots.reserveForQueue(clock + 90_000);
    expect(Object.keys(await item()).sort()).toEqual(["held", "lineUntil", "pk", "vcpu"]);
  });

  test("throw when the table does not answer: nobody launches on a guess", async () => {
    cloud.instead = () => ({
      status: 400,
      body: { __type: "ResourceNotFoundException", message: "no table" },
    });
    await expect(of(8).take(launch(), 1, false)).rejects.toThrow("no table");
    await expect(of(8).release(launch())).rejects.toThrow("no table");
    cloud.instead = () => undefined;
  });
});

describe("the line", () => {
  test("holds off new launches until its time is over; who has waited goes in", async () => {
    const slots = of(8);
    await slots.reserveForQueue(clock + 90_000);
    expect(await slots.take(launch(), 1, false)).toBe(false);
    expect(await slots.take(launch(), 1, true)).toBe(true);
    clock += 89_999;
    expect(await slots.take(launch(), 1, false)).toBe(false);
    clock += 1;
    expect(await slots.take(launch(), 1, false)).toBe(true);
  });

  test("is never shortened, by a slow sweep or by a repeated write", async () => {
    const slots = of(8);
    cloud.loseReplies = true;
    await slots.reserveForQueue(clock + 90_000);
    await slots.reserveForQueue(clock + 30_000);
    expect((await item()).lineUntil).toBe(clock + 90_000);
    await slots.reserveForQueue(clock + 120_000);
    expect((await item()).lineUntil).toBe(clock + 120_000);
  });
});

describe("a slot without a task", () => {
  test("is marked and unmarked, and keeps its vCPUs", async () => {
    const slots = of(8);
    const one = launch();
    await slots.take(one, 0.5, false);
    await slots.markMissing(one, { since: clock, seen: clock });
    expect(await slots.held()).toEqual([{ ...one, vcpu: 0.5, missing: { since: clock, seen: clock } }]);
    await slots.markMissing(one, undefined);
    await slots.markMissing(one, undefined);
    expect(await slots.held()).toEqual([{ ...one, vcpu: 0.5 }]);
    await slots.markMissing(one, { since: clock, seen: clock });
    await slots.release(one);
    expect((await item()).vcpu).toBe(0);
  });

  test("that was released meanwhile does not come back", async () => {
    const slots = of(8);
    const one = launch();
    await slots.take(one, 1, false);
    await slots.release(one);
    await slots.markMissing(one, { since: clock, seen: clock });
    await slots.markMissing(one, undefined);
    expect(await slots.held()).toEqual([]);
  });
});

describe("whatever the order, the sum is that of what is held, and no cap is passed", () => {
  const launches = Array.from({ length: 5 }, (_, index) => ({ ...launch(index + 1), vcpu: 2 ** index / 4 }));
  const action = fc.record({
    what: fc.constantFrom("take", "take", "release", "mark"),
    of: fc.constantFrom(...launches),
  });

  // Few with lost replies: the SDK's budget for retries is 50 of them, and conditions that fail refill none.
  test.each([
    [25, 12, false],
    [3, 6, true],
  ])("%d runs of up to %d calls at once, replies lost: %s", async (numRuns, maxLength, lost) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength }), async (actions) => {
        await emptied();
        const slots = of(3, 5);
        cloud.loseReplies = lost;
        await Promise.all(
          actions.map(({ what, of: { vcpu, ...one } }) => {
            if (what === "take") return slots.take(one, vcpu, false);
            return what === "release"
              ? slots.release(one)
              : slots.markMissing(one, { since: clock, seen: clock });
          }),
        );
        cloud.loseReplies = false;
        const held = await slots.held();
        const sum = held.reduce((total, { vcpu }) => total + vcpu, 0);
        expect((await item()).vcpu).toBe(sum);
        expect(held.length).toBeLessThanOrEqual(3);
        expect(sum).toBeLessThanOrEqual(5);
      }),
      { numRuns },
    );
  });
});
