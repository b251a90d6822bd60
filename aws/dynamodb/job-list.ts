import { BatchGetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { type JobStore, recordsPerRead } from "../../jobs/job-store.ts";
import type { Job } from "../../jobs/record.ts";
import { dynamo } from "./client.ts";
import { fromItem } from "./job-item.ts";
import { untilProcessed } from "./unprocessed.ts";

/** An eventually consistent read unit is two blocks of 4 KB: DynamoDB's developer guide, "Read request units". */
const bytesPerReadUnit = 8 * 1024;

interface Key {
  readonly pk: string;
}

interface Read {
  readonly jobs: readonly Job[];
  /** As DynamoDB bills it, by which a read of less than 4 KB is one of 4 KB. */
  readonly bytes: number;
}

/**
 * Lists the jobs of an owner: keys from the index, records by their key. The index holds keys alone, so that a job's
 * writes do not pay for a second copy of it (docs/adr/0035).
 */
export function jobList(TableName: string, now: () => number): JobStore["list"] {
  return async (owner, { limit, after, bytes: most = Number.POSITIVE_INFINITY }) => {
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new QueryCommand({
        TableName,
        IndexName: "byOwner",
        KeyConditionExpression:
          after === undefined ? "#owner = :owner" : "#owner = :owner AND createdSort < :after",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": owner, ...(after === undefined ? {} : { ":after": after }) },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    const keys = Items as (Key & { createdSort: string })[];
    const jobs: Job[] = [];
    let bytes = 0;
    let seen = 0;
    while (seen < keys.length && bytes < most) {
      const read = await readRecords(keys.slice(seen, seen + recordsPerRead));
      seen += recordsPerRead;
      bytes += read.bytes;
      jobs.push(...read.jobs);
    }
    const last = keys[Math.min(seen, keys.length) - 1]?.createdSort;
    const isLastPage = seen >= keys.length && !LastEvaluatedKey;
    return { jobs, bytes, ...(isLastPage || last === undefined ? {} : { after: last }) };
  };

  /** The records behind index keys, in the keys' order; those deleted meanwhile are left out. */
  async function readRecords(keys: readonly Key[]): Promise<Read> {
    const found = new Map<string, Job>();
    let bytes = 0;
    const wanted = keys.map(({ pk }) => ({ pk }));
    await untilProcessed(wanted, "unread", async (Keys) => {
      const { Responses, UnprocessedKeys, ConsumedCapacity } = await dynamo().send(
        new BatchGetCommand({
          RequestItems: { [TableName]: { Keys: [...Keys] } },
          ReturnConsumedCapacity: "TOTAL",
        }),
      );
      const items = Responses?.[TableName] ?? [];
      for (const item of items) {
        const job = fromItem(item, now());
        if (job) found.set(item.pk as string, job);
      }
      for (const { CapacityUnits = 0 } of ConsumedCapacity ?? []) bytes += CapacityUnits * bytesPerReadUnit;
      const left = (UnprocessedKeys?.[TableName]?.Keys ?? []) as Key[];
      return { left, progressed: items.length > 0 };
    });
    return { jobs: keys.flatMap(({ pk }) => found.get(pk) ?? []), bytes };
  }
}
