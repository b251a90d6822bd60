import { isTerminal, type Status } from "@sluice/contract/job";
import { type Job, listPosition, NewerRecord, type PendingStep, recordVersion } from "../../jobs/record.ts";
import { paramsOf, storable, storedParams } from "./stored-values.ts";

/** How a job lies in the table: the record itself, plus the keys of the three indexes. */

/** Writes to one index partition are limited to 1,000 a second; 8 shards carry 8,000 beats and sends. */
export const dueShards = ["0", "1", "2", "3", "4", "5", "6", "7"] as const;
/**
 * Of ended jobs that are to be announced: however many there are, none stands before a job that goes on, nor before
 * those of an earlier release, which asks for the shards above alone. Each end is put in and taken out: 2,000 a second.
 */
export const endShards = ["end-0", "end-1", "end-2", "end-3"] as const;

export function keyOf(jobId: string): { pk: string } {
  return { pk: `job#${jobId}` };
}

export function jobIdOf(item: Record<string, unknown>): string {
  return String(item.pk).slice("job#".length);
}

/**
 * Of a job that is due. By its id's last two characters: the alphabet of ids leaves four letters out, so that the codes of
 * one alone would give three shards 5 of 32 jobs and three others 3.
 */
export function dueShardOf(jobId: string, status: Status | undefined): string {
  const shards = status !== undefined && isTerminal(status) ? endShards : dueShards;
  const code = (fromEnd: number) => jobId.codePointAt(jobId.length - fromEnd) ?? 0;
  return shards[(code(1) + code(2)) % shards.length] ?? shards[0];
}

/** The one line there is, under the index key that an item has exactly while it stands in it. */
export const fargateLine = "fargate";

export function lineOf(step: PendingStep | undefined): string | undefined {
  return step === "line" ? fargateLine : undefined;
}

export function toItem({ params, ...job }: Job): Record<string, unknown> {
  const fields = Object.entries(job).map(([field, value]) => [field, storable(value)] as const);
  return {
    ...keyOf(job.jobId),
    ...Object.fromEntries(fields),
    params: storedParams(params),
    createdSort: listPosition(job),
    ...(job.dueAt === undefined ? {} : { dueShard: dueShardOf(job.jobId, job.status) }),
    line: lineOf(job.step),
  };
}

/** @throws NewerRecord */
export function fromItem(item: Record<string, unknown> | undefined, now: number): Job | undefined {
  const job = item && jobOf(item);
  // TTL deletes late, so an expired item is treated as gone at once.
  return job && job.ttl * 1000 >= now ? job : undefined;
}

function isReadable(version: unknown): boolean {
  return typeof version === "number" && version <= recordVersion;
}

/** Whether its ttl is over or not. @throws NewerRecord */
export function jobOf(item: Record<string, unknown>): Job {
  const { pk: _pk, createdSort: _sort, dueShard: _shard, line: _line, ...fields } = item;
  if (!isReadable(fields.v)) throw new NewerRecord(jobIdOf(item), fields.v);
  return { ...fields, params: paramsOf(fields.params) } as unknown as Job;
}

/**
 * What every update asks of its record. A claim that lands on a later version would take a job that its worker
 * cannot run; a write to an expired item would be lost, since no reader sees it. A record that is not there has
 * neither field, so no update creates one.
 */
export function updatable(now: number) {
  return {
    condition: "#v <= :readable AND #ttl >= :seconds",
    names: { "#v": "v", "#ttl": "ttl" },
    values: { ":readable": recordVersion, ":seconds": now / 1000 },
  } as const;
}
