import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Due, JobStore } from "../../jobs/job-store.ts";
import type { Job } from "../../jobs/record.ts";
import { limits } from "../../jobs/timing.ts";
import { dynamo } from "./client.ts";
import {
  dueShardOf,
  dueShards,
  endShards,
  fargateLine,
  fromItem,
  jobIdOf,
  jobOf,
  keyOf,
  lineOf,
  toItem,
  updatable,
} from "./job-item.ts";
import { jobList } from "./job-list.ts";
import { manyJobs } from "./many-jobs.ts";
import { updateExpression } from "./update-expression.ts";

/** The job record in DynamoDB. One item, one conditional write at a time, no transactions. */
export function jobStore(tableName: string, now: () => number): JobStore {
  const TableName = tableName;

  async function get(jobId: string): Promise<Job | undefined> {
    const { Item } = await dynamo().send(
      // Consistent: an eventually consistent read right after the 202 may answer "no such job".
      new GetCommand({ TableName, Key: keyOf(jobId), ConsistentRead: true }),
    );
    return fromItem(Item, now());
  }

  async function dueIn(shards: readonly string[], time: number, limit: number): Promise<Due[]> {
    const perShard = await Promise.all(
      shards.map(async (shard) => {
        const { Items = [] } = await dynamo().send(
          new QueryCommand({
            TableName,
            IndexName: "byDue",
            KeyConditionExpression: "dueShard = :shard AND dueAt <= :time",
            ExpressionAttributeValues: { ":shard": shard, ":time": time },
            Limit: Math.ceil(limit / shards.length),
          }),
        );
        return Items as { pk: string; dueAt: number }[];
      }),
    );
    return perShard
      .flat()
      .sort((one, other) => one.dueAt - other.dueAt)
      .map((item) => ({ jobId: jobIdOf(item), dueAt: item.dueAt }));
  }

  return {
    get,

    ...manyJobs(tableName, now),

    async create(job) {
      const writeId = randomUUID();
      try {
        await dynamo().send(
          new PutCommand({
            TableName,
            Item: toItem({ ...job, writeId }),
            // An expired item may linger for days before DynamoDB's TTL removes it.
            ConditionExpression: "attribute_not_exists(pk) OR #ttl < :now",
            ExpressionAttributeNames: { "#ttl": "ttl" },
            // Not rounded: an item that get no longer answers must not stand in the way until the second is over.
            ExpressionAttributeValues: { ":now": now() / 1000 },
          }),
        );
        return { created: true };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const existing = await get(job.jobId);
        if (!existing) throw error;
        return existing.writeId === writeId ? { created: true } : { created: false, existing };
      }
    },

    async update(jobId, guard, changes, append) {
      const writeId = randomUUID();
      const updatedAt = now();
      const fields = { ...changes, updatedAt, writeId };
      const indexes = {
        ...("dueAt" in changes
          ? { dueShard: changes.dueAt === undefined ? undefined : dueShardOf(jobId, changes.status) }
          : {}),
        ...("step" in changes ? { line: lineOf(changes.step) } : {}),
      };
      try {
        const { Attributes } = await dynamo().send(
          new UpdateCommand({
            TableName,
            Key: keyOf(jobId),
            ...updateExpression(
              updatedAt,
              { ...guard },
              { ...fields, ...indexes },
              append && { attempts: append },
            ),
            ReturnValues: "ALL_NEW",
          }),
        );
        return { ok: true, job: jobOf(Attributes ?? {}) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const job = await get(jobId);
        // Our own write, whose reply was lost and which the SDK then repeated.
        if (job?.writeId === writeId) return { ok: true, job };
        return job ? { ok: false, job } : { ok: false };
      }
    },

    async addDependent(jobId, waiter) {
      const record = updatable(now());
      try {
        const { Attributes } = await dynamo().send(
          new UpdateCommand({
            TableName,
            Key: keyOf(jobId),
            UpdateExpression: "SET #waiters = list_append(if_not_exists(#waiters, :none), :one)",
            ConditionExpression: `${record.condition} AND #status IN (:pending, :processing) AND (attribute_not_exists(#waiters) OR size(#waiters) < :most)`,
            ExpressionAttributeNames: { "#waiters": "waiters", "#status": "status", ...record.names },
            ExpressionAttributeValues: {
              ...record.values,
              ":none": [],
              ":one": [waiter],
              ":pending": "PENDING",
              ":processing": "PROCESSING",
              ":most": limits.dependents,
            },
            ReturnValues: "ALL_NEW",
          }),
        );
        return { ok: true, job: jobOf(Attributes ?? {}) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const job = await get(jobId);
        return job ? { ok: false, job } : { ok: false };
      }
    },

    async schedulePublication(jobId, dispatch, dueAt) {
      const record = updatable(now());
      try {
        await dynamo().send(
          new UpdateCommand({
            TableName,
            Key: keyOf(jobId),
            UpdateExpression: dueAt === undefined ? "REMOVE #dueAt, #dueShard" : "SET #dueAt = :dueAt",
            ConditionExpression: `${record.condition} AND #dispatch = :dispatch AND attribute_exists(#dueShard) AND NOT #status IN (:pending, :processing)`,
            ExpressionAttributeNames: {
              ...record.names,
              "#dueAt": "dueAt",
              "#dueShard": "dueShard",
              "#dispatch": "dispatch",
              "#status": "status",
            },
            ExpressionAttributeValues: {
              ...record.values,
              ":dispatch": dispatch,
              ":pending": "PENDING",
              ":processing": "PROCESSING",
              ...(dueAt === undefined ? {} : { ":dueAt": dueAt }),
            },
          }),
        );
      } catch (error) {
        // Published by another writer, running again, or expired.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    list: jobList(tableName, now),

    due: (time, limit) => dueIn(dueShards, time, limit),

    unpublished: (time, limit) => dueIn(endShards, time, limit),

    async waitingForCapacity(limit) {
      const { Items = [] } = await dynamo().send(
        new QueryCommand({
          TableName,
          IndexName: "byLine",
          KeyConditionExpression: "#line = :line",
          ExpressionAttributeNames: { "#line": "line" },
          ExpressionAttributeValues: { ":line": fargateLine },
          Limit: limit,
        }),
      );
      return Items.map((item) => ({ jobId: jobIdOf(item), lineSince: Number(item.lineSince) }));
    },
  };
}
