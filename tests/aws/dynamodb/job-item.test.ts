import { describe, expect, test } from "vitest";
import { dueShardOf, dueShards, endShards, fromItem, keyOf, toItem } from "../../../aws/dynamodb/job-item.ts";
import { randomId } from "../../../jobs/ids.ts";
import { jobIn, sampleJob, start, without } from "../../support/jobs/sample-jobs.ts";

describe("a job as an item", () => {
  test("comes back as it was", () => {
    for (const job of Object.values(jobIn)) expect(fromItem(toItem(job), start)).toEqual(job);
  });

  test("has the keys of the indexes; the due one only while it is due", () => {
    const job = sampleJob();
    expect(toItem(job)).toMatchObject({
      pk: `job#${job.jobId}`,
      createdSort: `2026-11-23T12:00:00.000Z#${job.jobId}`,
      dueShard: dueShardOf(job.jobId, "PENDING"),
    });
    expect(toItem(without(job, "dueAt"))).not.toHaveProperty("dueShard");
    expect(keyOf("x")).toEqual({ pk: "job#x" });
  });

  test("stands in the line's index exactly while it waits in line", () => {
    const waiting = sampleJob({ step: "line", lineSince: start });
    expect(toItem(waiting)).toMatchObject({ line: "fargate", lineSince: start });
    expect(fromItem(toItem(waiting), start)).toEqual(waiting);
    // Called up, it keeps its place for the case that it comes back.
    expect(toItem({ ...waiting, step: "sent" })).not.toHaveProperty("line", expect.anything());
  });

  test("is gone the moment its ttl has passed", () => {
    const job = sampleJob();
    expect(fromItem(toItem(job), job.ttl * 1000)).toEqual(job);
    expect(fromItem(toItem(job), job.ttl * 1000 + 1)).toBeUndefined();
    expect(fromItem(undefined, 0)).toBeUndefined();
  });

  test.each([
    ["PROCESSING", dueShards],
    ["COMPLETED", endShards],
  ] as const)("spreads over all shards of the due index, while %s", (status, shards) => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 4000; index++) {
      const shard = dueShardOf(randomId(), status);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([...shards]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(4000 / shards.length / 2);
  });

  test.each([
    ["PROCESSING", dueShards],
    ["COMPLETED", endShards],
  ] as const)(
    "over all ends that an id can have, no shard gets 5 %% more than its share, while %s",
    (status, shards) => {
      const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
      const counts = new Map<string, number>();
      for (const last of alphabet) {
        for (const before of alphabet) {
          const shard = dueShardOf(`${"0".repeat(24)}${before}${last}`, status);
          counts.set(shard, (counts.get(shard) ?? 0) + 1);
        }
      }
      const share = alphabet.length ** 2 / shards.length;
      expect(Math.max(...counts.values()) / share).toBeLessThan(1.05);
    },
  );
});
