import { beforeEach, describe, expect, test } from "vitest";
import { randomId } from "../../jobs/ids.ts";
import type { JobStore } from "../../jobs/job-store.ts";
import { NewerRecord } from "../../jobs/record.ts";
import { forged } from "../support/jobs/forged.ts";
import { start } from "../support/jobs/sample-jobs.ts";
import { idsOf, type JobStoreFixture } from "./job-store-fixture.ts";

/** How a JobStore finds jobs: what is due, what waits for a task, what an owner has. */
export function jobIndexCases(fixture: JobStoreFixture): void {
  const { newJob, stored, expired, newer, update } = fixture;
  let store: JobStore;
  beforeEach(() => {
    store = fixture.opened.store;
  });

  describe("the due index", () => {
    test("holds what is due, soonest first, and nothing that has ended", async () => {
      const jobs = Array.from({ length: 30 }, (_, index) => newJob({ dueAt: 1000 + 10 * index }));
      for (const job of [...jobs].reverse()) await store.create(job);
      const [first, second] = jobs;
      if (!first || !second) throw new Error("there are thirty");
      await update(first, {}, { status: "CANCELLED", dueAt: undefined });
      await update(second, {}, { dueAt: 99_000 });
      expect(await store.due(1150, 500)).toEqual(
        jobs.slice(2, 16).map(({ jobId, dueAt }) => ({ jobId, dueAt })),
      );
      // An update that does not speak of dueAt leaves the job where it is.
      await update(second, {}, { progress: 0.1 });
      expect(await store.due(100_000, 500)).toContainEqual({ jobId: second.jobId, dueAt: 99_000 });
      for (const job of jobs) await update(job, {}, { dueAt: undefined });
      expect(await store.due(1e12, 500)).toEqual([]);
    });

    test("answers the longest overdue first however few are asked for, and not many more than those", async () => {
      const jobs = Array.from({ length: 30 }, (_, index) => newJob({ dueAt: 1000 + index }));
      const ended = Array.from({ length: 30 }, (_, index) =>
        newJob({ status: "FAILED", dueAt: 1000 + index }),
      );
      for (const job of [...jobs, ...ended].reverse()) await store.create(job);
      for (const limit of [1, 8]) {
        const [due, unpublished] = [await store.due(1e12, limit), await store.unpublished(1e12, limit)];
        expect([due[0]?.jobId, unpublished[0]?.jobId]).toEqual([jobs[0]?.jobId, ended[0]?.jobId]);
        expect(due.length).toBeLessThanOrEqual(8);
        expect(unpublished.length).toBeLessThanOrEqual(8);
        expect(due).toEqual([...due].sort((one, other) => one.dueAt - other.dueAt));
      }
    });

    test("holds an ended job until its end is published, which touches nothing else", async () => {
      const job = await stored({ dueAt: 1000 });
      const { jobId, dispatch } = job;
      // While it runs there is nothing to publish.
      await store.schedulePublication(jobId, dispatch, undefined);
      expect(await store.due(1000, 500)).toEqual([{ jobId, dueAt: 1000 }]);
      const ended = await update(job, {}, { status: "FAILED", dueAt: 2000 });
      await store.schedulePublication(jobId, dispatch + 1, undefined);
      expect(await store.unpublished(2000, 500)).toEqual([{ jobId, dueAt: 2000 }]);
      // Not among the live ones: the sweep of an earlier release asks for those alone.
      expect(await store.due(1e12, 500)).toEqual([]);
      await store.schedulePublication(jobId, dispatch, 3000);
      expect(await store.get(jobId)).toEqual({ ...ended.job, dueAt: 3000 });
      expect(await store.unpublished(2999, 500)).toEqual([]);
      expect(await store.unpublished(3000, 500)).toEqual([{ jobId, dueAt: 3000 }]);
      await store.schedulePublication(jobId, dispatch, undefined);
      expect(await store.unpublished(1e12, 500)).toEqual([]);
      // A late call of another publisher does not bring it back.
      await store.schedulePublication(jobId, dispatch, 4000);
      const { dueAt: _, ...published } = ended.job ?? {};
      expect(await store.get(jobId)).toStrictEqual(published);
      expect(await store.unpublished(1e12, 500)).toEqual([]);
    });

    test("has a job that runs again among the live ones", async () => {
      const job = await stored({ status: "FAILED", dueAt: 1000 });
      expect(await store.unpublished(1000, 500)).toEqual([{ jobId: job.jobId, dueAt: 1000 }]);
      await update(job, {}, { status: "PENDING", dueAt: 2000 });
      expect(await store.unpublished(1e12, 500)).toEqual([]);
      expect(await store.due(2000, 500)).toEqual([{ jobId: job.jobId, dueAt: 2000 }]);
    });

    test("publishes nothing of a job that is not there, has expired, or is of a later version", async () => {
      await store.schedulePublication(randomId(), 3, undefined);
      const ended = { status: "FAILED", dueAt: 1000 } as const;
      const jobs = [await expired(ended), await newer(ended)];
      for (const { jobId, dispatch } of jobs) await store.schedulePublication(jobId, dispatch, undefined);
      // The index knows neither ttl nor version: the reader's get does.
      expect(new Set(idsOf(await store.unpublished(1000, 500)))).toEqual(new Set(idsOf(jobs)));
    });
  });

  describe("the capacity queue", () => {
    test("holds the jobs that wait for a task, the longest waiting first, and no others", async () => {
      const waiting = Array.from({ length: 5 }, (_, index) =>
        newJob({ step: "line", lineSince: start - index * 1000 }),
      );
      for (const job of [...waiting, newJob({ step: "sent" }), newJob({ step: "sent", lineSince: 1 })])
        await store.create(job);
      const ids = idsOf(waiting).reverse();
      expect(idsOf(await store.waitingForCapacity(100))).toEqual(ids);
      expect(idsOf(await store.waitingForCapacity(2))).toEqual(ids.slice(0, 2));
      const [first] = await store.waitingForCapacity(1);
      expect(first).toEqual({ jobId: ids[0], lineSince: start - 4_000 });
      const [oldest = "", second = "", third = ""] = ids;

      // Admitted; an update of another field leaves the others where they are.
      await store.update(oldest, {}, forged({ step: "sent" }));
      await store.update(second, {}, forged({ progress: 0.1 }));
      expect(idsOf(await store.waitingForCapacity(100))).toEqual(ids.slice(1));
      // Refused again, it has its old place.
      await store.update(oldest, {}, forged({ step: "line" }));
      expect(idsOf(await store.waitingForCapacity(100))).toEqual(ids);
      expect(await store.get(oldest)).not.toHaveProperty("line");

      await store.update(oldest, {}, forged({ step: undefined, lineSince: undefined, status: "PROCESSING" }));
      await store.update(second, {}, forged({ step: undefined, status: "CANCELLED" }));
      expect(idsOf(await store.waitingForCapacity(100))).toEqual(ids.slice(2));
      for (const jobId of [third, ...ids.slice(3)])
        await store.update(jobId, {}, forged({ step: undefined }));
      expect(await store.waitingForCapacity(100)).toEqual([]);
    });

    test("holds no job that does not say since when it waits", async () => {
      await stored({ step: "line" });
      expect(await store.waitingForCapacity(100)).toEqual([]);
    });
  });

  describe("the list of an owner", () => {
    const owner = "iam:list";

    async function pages(limit: number): Promise<string[]> {
      const ids: string[] = [];
      for (let after: string | undefined, turn = 0; turn < 20; turn++) {
        const page = await store.list(owner, { limit, ...(after === undefined ? {} : { after }) });
        expect(page.jobs.length).toBeLessThanOrEqual(limit);
        ids.push(...idsOf(page.jobs));
        after = page.after;
        if (after === undefined) return ids;
      }
      throw new Error("twenty pages and no end");
    }

    test("is newest first and comes in pages", async () => {
      const mine = Array.from({ length: 5 }, (_, index) => newJob({ owner, createdAt: start + index }));
      for (const job of [...mine, newJob({ owner: "iam:other" })]) await store.create(job);
      const first = await store.list(owner, { limit: 3 });
      const rest = await store.list(owner, { limit: 3, ...(first.after ? { after: first.after } : {}) });
      const ids = idsOf([...first.jobs, ...rest.jobs]);
      expect(ids).toEqual(idsOf(mine).reverse());
      expect(first.jobs[0]).toEqual(await store.get(ids[0] ?? ""));
      expect(rest.after).toBeUndefined();
      expect(await store.list("iam:nobody", { limit: 3 })).toEqual({ jobs: [], bytes: 0 });
    });

    test("skips none of those made in one millisecond, and repeats none", async () => {
      const mine = Array.from({ length: 7 }, () => newJob({ owner }));
      for (const job of mine) await store.create(job);
      expect(await pages(3)).toEqual(idsOf(mine).sort().reverse());
      // As many as fill the pages to the last place.
      expect(await pages(7)).toHaveLength(7);
    });

    test("leaves out what has expired, and goes on after a page of nothing else", async () => {
      const kept = await stored({ owner, createdAt: start - 1000 });
      for (let count = 0; count < 3; count++) await expired({ owner });
      expect(await pages(2)).toEqual([kept.jobId]);
    });

    test("ends a page once it has read so many bytes, a few records later at most, and goes on from there", async () => {
      const params = { pad: "x".repeat(18_000) };
      const mine = Array.from({ length: 45 }, (_, index) =>
        newJob({ owner, createdAt: start + index, params }),
      );
      for (const job of mine) await store.create(job);
      // Of each of these records five blocks of 4 KB are read.
      const perJob = 5 * 4096;
      const seen: string[] = [];
      const sizes: number[] = [];
      for (let after: string | undefined; ; ) {
        const page = await store.list(owner, { limit: 40, bytes: 17 * perJob, ...(after ? { after } : {}) });
        expect(page.bytes).toBe(page.jobs.length * perJob);
        seen.push(...idsOf(page.jobs));
        sizes.push(page.jobs.length);
        after = page.after;
        if (after === undefined) break;
      }
      expect(seen).toEqual(idsOf(mine).reverse());
      expect(sizes).toEqual([20, 20, 5]);
    });

    test("with a record of a later version is refused: half a list would look like a whole one", async () => {
      await stored({ owner });
      await newer({ owner });
      await expect(store.list(owner, { limit: 10 })).rejects.toBeInstanceOf(NewerRecord);
    });
  });
}
