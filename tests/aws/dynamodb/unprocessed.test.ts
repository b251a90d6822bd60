import { describe, expect, test } from "vitest";
import { untilProcessed } from "../../../aws/dynamodb/unprocessed.ts";

describe("parts that are given back", () => {
  test("are asked again, and only they", async () => {
    const asked: number[][] = [];
    await untilProcessed([1, 2, 3, 4], "undone", async (parts) => {
      asked.push([...parts]);
      return { left: parts.slice(Math.ceil(parts.length / 2)), progressed: true };
    });
    expect(asked).toEqual([[1, 2, 3, 4], [3, 4], [4]]);
  });

  test("are given up after six refusals in a row", async () => {
    let calls = 0;
    const refusing = untilProcessed([1, 2], "undone", async (left) => {
      calls++;
      return { left, progressed: false };
    });
    await expect(refusing).rejects.toThrow("DynamoDB left 2 of 2 jobs undone, 6 times");
    expect(calls).toBe(7);
  });

  test("none need no call", async () => {
    await untilProcessed([], "undone", () => Promise.reject(new Error("called")));
  });
});
