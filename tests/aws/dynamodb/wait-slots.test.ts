import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitSlots } from "../../../aws/dynamodb/wait-slots.ts";
import { createJobsTable } from "../../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../../support/aws/stub-cloud.ts";

let cloud: StubCloud;

beforeAll(async () => {
  cloud = await startStubCloud();
});
afterAll(() => cloud.stop());

describe("wait slots", () => {
  let clock = 1_800_000_000_000;
  beforeAll(createJobsTable);

  test("are held by one each, given back, and lost by the clock", async () => {
    const slots = waitSlots(tableName, 1, () => clock);
    const giveBack = await slots.take(5);
    expect(giveBack).toBeDefined();
    expect(await slots.take(5)).toBeUndefined();
    await giveBack?.();
    expect(await slots.take(5)).toBeDefined();
    expect(await slots.take(5)).toBeUndefined();
    clock += 7_000;
    const later = await slots.take(5);
    expect(later).toBeDefined();
    // A holder that comes back after its time does not end the hold of the next one.
    await giveBack?.();
    expect(await slots.take(5)).toBeUndefined();
  });
});
