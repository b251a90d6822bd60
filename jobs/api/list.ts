import type { JobView, Status } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { jobView } from "./view.ts";

/** Index pages read for one answer at most: a rare status is then found over several requests. */
const pagesPerRequest = 10;

/**
 * One owner's jobs, newest first. With a status, a page may hold fewer than `limit` and still have a
 * cursor: the index does not know the status, so the answer is bounded by what was looked at.
 *
 * @throws Problem `bad-cursor`
 */
export async function listJobs(
  owner: string,
  { status, limit, cursor }: { status?: Status | undefined; limit: number; cursor?: string | undefined },
  ports: Pick<Ports, "store" | "objects">,
): Promise<{ jobs: JobView[]; nextCursor?: string }> {
  const found: Job[] = [];
  let after = cursor === undefined ? undefined : positionOf(cursor);
  for (let page = 0; page < pagesPerRequest && found.length < limit; page++) {
    const wanted = limit - found.length;
    const { jobs, after: more } = await ports.store.list(owner, {
      limit: wanted,
      ...(after ? { after } : {}),
    });
    found.push(...jobs.filter((job) => status === undefined || job.status === status));
    after = more;
    if (after === undefined) break;
  }
  const jobs = await Promise.all(found.map((job) => jobView(job, ports)));
  return after === undefined ? { jobs } : { jobs, nextCursor: cursorOf(after) };
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
