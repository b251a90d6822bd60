import type { JobView, Status } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import type { Ports } from "../ports.ts";
import { type Job, listPosition } from "../record.ts";
import { listedView } from "./view.ts";

/** Index pages read for one answer at most: a rare status is then found over several requests. */
const pagesPerRequest = 10;

/**
 * Bytes of records read for one answer: 128 read units, or 256 small records; `recordsPerRead` more may pass it. A
 * status that no job has was 1,000 records of up to 400 KB.
 */
export const maxReadBytes = 1024 * 1024;

/** Bytes of the answer's JSON. Lambda's answer ends at 6 MB, and there each quote and backslash takes two. */
const maxListBytes = 1024 * 1024;

interface Page {
  readonly status?: Status | undefined;
  /** Only jobs that carry it. */
  readonly label?: readonly [name: string, value: string] | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * One owner's jobs, newest first. A page is bounded by what is looked at and by what it answers, so it may hold
 * fewer than `limit`, or none, and still have a cursor: the last page is the one without.
 *
 * @throws Problem `bad-cursor`
 */
export async function listJobs(
  owner: string,
  { status, label, limit, cursor }: Page,
  { store }: Pick<Ports, "store">,
): Promise<{ jobs: JobView[]; nextCursor?: string }> {
  const jobs: JobView[] = [];
  let answerBytes = 0;
  let readBytes = 0;
  let last: Job | undefined;
  let after = cursor === undefined ? undefined : positionOf(cursor);
  for (let page = 0; page < pagesPerRequest && jobs.length < limit && readBytes < maxReadBytes; page++) {
    const read = await store.list(owner, {
      limit: limit - jobs.length,
      bytes: maxReadBytes - readBytes,
      ...(after === undefined ? {} : { after }),
    });
    readBytes += read.bytes;
    for (const job of read.jobs) {
      if (status !== undefined && job.status !== status) continue;
      if (label !== undefined && !hasLabel(job, label)) continue;
      const view = listedView(job);
      answerBytes += Buffer.byteLength(JSON.stringify(view));
      // What was read and has no room is read again for the next page.
      if (last && answerBytes > maxListBytes) return { jobs, nextCursor: cursorOf(listPosition(last)) };
      jobs.push(view);
      last = job;
    }
    after = read.after;
    if (after === undefined) break;
  }
  return after === undefined ? { jobs } : { jobs, nextCursor: cursorOf(after) };
}

function hasLabel({ labels }: Job, [name, value]: readonly [string, string]): boolean {
  return Object.hasOwn(labels, name) && labels[name] === value;
}

/** A cursor is the place in the owner's own index: it opens nothing the owner cannot read anyway. */
function cursorOf(position: string): string {
  return Buffer.from(position).toString("base64url");
}

function positionOf(cursor: string): string {
  const position = Buffer.from(cursor, "base64url").toString();
  // In full: a longer one would pass what a key of the table may have.
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-z]{26}$/.test(position)) return position;
  throw new Problem("bad-cursor", "cursor: expected a nextCursor of an earlier answer", { field: "cursor" });
}
