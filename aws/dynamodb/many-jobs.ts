import { randomUUID } from "node:crypto";
import { BatchGetCommand, BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { concurrently } from "../../jobs/concurrently.ts";
import type { JobStore } from "../../jobs/job-store.ts";
import type { Job } from "../../jobs/record.ts";
import { dynamo } from "./client.ts";
import { fromItem, keyOf, toItem } from "./job-item.ts";
import { untilProcessed } from "./unprocessed.ts";

/** What one BatchWriteItem and one BatchGetItem take: API reference of DynamoDB. */
const itemsPerWrite = 25;
const itemsPerRead = 100;

/** The records of many jobs at once. */
export function manyJobs(TableName: string, now: () => number): Pick<JobStore, "createMany" | "getMany"> {
  return {
    async createMany(jobs) {
      const items = jobs.map((job) => toItem({ ...job, writeId: randomUUID() }));
      await concurrently(inGroupsOf(itemsPerWrite, items), (group) =>
        untilProcessed(group, "unwritten", async (wanted) => {
          const requests = wanted.map((Item) => ({ PutRequest: { Item } }));
          const { UnprocessedItems } = await dynamo().send(
            new BatchWriteCommand({ RequestItems: { [TableName]: requests } }),
          );
          const left = (UnprocessedItems?.[TableName] ?? []).map(({ PutRequest }) => PutRequest?.Item ?? {});
          return { left, progressed: left.length < wanted.length };
        }),
      );
    },

    async getMany(jobIds) {
      const found = new Map<string, Job>();
      await concurrently(inGroupsOf(itemsPerRead, jobIds.map(keyOf)), (group) =>
        untilProcessed(group, "unread", async (Keys) => {
          const { Responses, UnprocessedKeys } = await dynamo().send(
            // Consistent, as `get` is.
            new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [...Keys], ConsistentRead: true } } }),
          );
          const items = Responses?.[TableName] ?? [];
          for (const item of items) {
            const job = fromItem(item, now());
            if (job) found.set(job.jobId, job);
          }
          const left = (UnprocessedKeys?.[TableName]?.Keys ?? []) as typeof group;
          return { left, progressed: items.length > 0 };
        }),
      );
      return jobIds.flatMap((jobId) => found.get(jobId) ?? []);
    },
  };
}

function inGroupsOf<Item>(size: number, items: readonly Item[]): Item[][] {
  const groups = Math.ceil(items.length / size);
  return Array.from({ length: groups }, (_, index) => items.slice(index * size, (index + 1) * size));
}
