import type { Status } from "@sluice/contract/job";
import { maxListLimit } from "@sluice/contract/limits";
import fc from "fast-check";
import { expect, test } from "vitest";
import { listJobs } from "../../../jobs/api/list.ts";
import { randomId } from "../../../jobs/ids.ts";
import { recordsPerRead } from "../../../jobs/job-store.ts";
import type { Job } from "../../../jobs/record.ts";
import { recordBytes } from "../../../jobs/record-size.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";
import { sampleJob } from "../../support/jobs/sample-jobs.ts";

/** However large an owner's jobs are, a page is small to read and small to answer, and the pages are the whole list. */

const MiB = 2 ** 20;

const statuses = ["PENDING", "COMPLETED", "FAILED"] as const satisfies Status[];
/** A job with this much in its params, and this many outputs. */
const shape = fc.record({
  status: fc.constantFrom(...statuses),
  text: fc.constantFrom(0, 100, 64 * 1024, 300 * 1024),
  quotes: fc.boolean(),
  outputs: fc.constantFrom(1, 32, 200),
});
const kinds = fc.array(shape, { minLength: 1, maxLength: 4 });

function jobOf({
  status,
  text,
  quotes,
  outputs,
}: typeof shape extends fc.Arbitrary<infer T> ? T : never): Job {
  const jobId = randomId();
  const createdAt = Date.now();
  const names = Array.from({ length: outputs }, (_, index) => `output_${index}`);
  const output = { shape: [2, 2], dtype: "float64", key: `jobs/${jobId}/out/1/x.npy`, bytes: 160 } as const;
  return sampleJob({
    ...{ jobId, status, createdAt, updatedAt: createdAt, ttl: createdAt / 1000 + 86_400 },
    params: { text: (quotes ? '"' : "x").repeat(quotes ? text / 2 : text) },
    ...(status === "COMPLETED" ? { outputs: Object.fromEntries(names.map((name) => [name, output])) } : {}),
  });
}

/** Counts what is read of the table, page by page. */
function countedWorld() {
  const world = memoryWorld();
  // As long as S3's are.
  const objects = { ...world.ports.objects, link: async (key: string) => key.padEnd(1_600, "x") };
  const read: number[] = [];
  const store = {
    ...world.ports.store,
    list: async (...page: Parameters<typeof world.ports.store.list>) => {
      const answer = await world.ports.store.list(...page);
      for (const job of answer.jobs) read.push(recordBytes(job));
      return answer;
    },
  };
  return { table: world.table, ports: { ...world.ports, objects, store }, read };
}

test("a page reads and answers about a megabyte at most, and together they are the list", async () => {
  await fc.assert(
    fc.asyncProperty(
      kinds,
      fc.integer({ min: 1, max: 150 }),
      fc.option(fc.constantFrom(...statuses, "CANCELLED" as const), { nil: undefined }),
      fc.integer({ min: 1, max: maxListLimit }),
      async (kinds, count, status, limit) => {
        const { table, ports, read } = countedWorld();
        for (let index = 0; index < count; index++) {
          const job = jobOf(kinds[index % kinds.length] as never);
          table.set(job.jobId, job);
        }
        const listed: string[] = [];
        let cursor: string | undefined;
        do {
          read.length = 0;
          const page = await listJobs("local", { status, limit, cursor }, ports);
          listed.push(...page.jobs.map(({ jobId }) => jobId));
          expect(page.jobs.length).toBeLessThanOrEqual(limit);
          // The last call is made below the bound, and reads so many records at most.
          expect(read.slice(0, -recordsPerRead).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(
            MiB,
          );
          // As Lambda sends it: a string in its own JSON answer, where 6 MB are the end.
          expect(JSON.stringify(JSON.stringify(page)).length).toBeLessThan(4 * MiB);
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        const wanted = [...table.values()].filter((job) => status === undefined || job.status === status);
        expect(new Set(listed).size).toBe(listed.length);
        expect(new Set(listed)).toEqual(new Set(wanted.map(({ jobId }) => jobId)));
      },
    ),
    { numRuns: 20 },
  );
});
