import { describe, expect, test } from "vitest";
import { isBatchId, jobIdsOf, newBatchId } from "../../../jobs/batches/batch-id.ts";
import { isRandomId } from "../../../jobs/ids.ts";

describe("a batch's id", () => {
  test("gives the ids of its jobs, each time the same", () => {
    const batchId = newBatchId("local", 1000, undefined);
    const ids = jobIdsOf(batchId);
    expect(ids.every(isRandomId)).toBe(true);
    expect(new Set(ids).size).toBe(1000);
    expect(jobIdsOf(batchId)).toEqual(ids);
    expect(jobIdsOf(newBatchId("local", 1000, undefined))).not.toContain(ids[0]);
  });

  test("is that of an earlier request with the same key, and of no other owner's", () => {
    expect(newBatchId("a", 3, "key")).toBe(newBatchId("a", 3, "key"));
    expect(newBatchId("b", 3, "key")).not.toBe(newBatchId("a", 3, "key"));
    // Another request with the key meets the same jobs, and so is found out.
    expect(jobIdsOf(newBatchId("a", 2, "key"))).toEqual(jobIdsOf(newBatchId("a", 3, "key")).slice(0, 2));
  });

  test.each([
    "",
    "x",
    "0".repeat(26),
    `${"0".repeat(26)}-0`,
    `${"0".repeat(26)}-1001`,
    `${"0".repeat(26)}-01`,
    `${"0".repeat(26)}-1-1`,
    `${"O".repeat(26)}-1`,
  ])("is not %j", (text) => expect(isBatchId(text)).toBe(false));

  test("is told from others by its form", () => {
    for (const size of [1, 10, 999, 1000]) expect(isBatchId(newBatchId("local", size, undefined))).toBe(true);
  });
});
