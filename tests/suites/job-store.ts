import { beforeEach, describe, expect, test } from "vitest";
import { randomId } from "../../jobs/ids.ts";
import type { JobStore } from "../../jobs/job-store.ts";
import { NewerRecord, recordVersion } from "../../jobs/record.ts";
import { limits } from "../../jobs/timing.ts";
import { forged } from "../support/jobs/forged.ts";
import { start } from "../support/jobs/sample-jobs.ts";
import { idsOf, type JobStoreFixture, jobStoreFixture, type OpenedJobStore } from "./job-store-fixture.ts";
import { jobIndexCases } from "./job-store-indexes.ts";

/**
 * What jobs/job-store.ts says of a JobStore. All implementations run the same cases, so that a test over a fake says
 * something about DynamoDB.
 */
export function jobStoreSuite(name: string, open: () => Promise<OpenedJobStore>): void {
  describe(name, () => {
    const fixture = jobStoreFixture(open);
    recordCases(fixture);
    jobIndexCases(fixture);
  });
}

const attempt = { dispatch: 3, target: "lambda", engine: "e", startedAt: start } as const;

function recordCases(fixture: JobStoreFixture): void {
  const { newJob, stored, expired, newer, update } = fixture;
  let opened: OpenedJobStore;
  let store: JobStore;
  beforeEach(() => {
    opened = fixture.opened;
    store = opened.store;
  });

  describe("createMany", () => {
    test("then getMany, answers the same jobs in the order of the ids, without those that are not there", async () => {
      const jobs = Array.from({ length: 60 }, (_, index) => newJob({ labels: { at: String(index) } }));
      await store.createMany(jobs);
      const gone = await expired();
      const ids = [randomId(), ...idsOf(jobs).reverse(), gone.jobId];
      const read = await store.getMany(ids);
      expect(idsOf(read)).toEqual(idsOf(jobs).reverse());
      const [{ writeId, ...last } = {} as never] = read;
      expect(last).toStrictEqual(jobs.at(-1));
      expect(writeId).toEqual(expect.any(String));
    });

    test("is over when all are there, though replies are lost and the calls repeated", async () => {
      opened.loseReplies();
      const jobs = Array.from({ length: 30 }, () => newJob());
      await store.createMany(jobs);
      expect(await store.getMany(idsOf(jobs))).toHaveLength(30);
    });

    test("of none, and getMany of none, ask for nothing", async () => {
      await store.createMany([]);
      expect(await store.getMany([])).toEqual([]);
    });

    test("getMany throws for a record of a later release", async () => {
      const { jobId } = await newer();
      await expect(store.getMany([jobId])).rejects.toThrow(NewerRecord);
    });
  });

  describe("create", () => {
    test("then get, answers the same job in every field", async () => {
      const job = newJob({
        attempts: [{ ...attempt, dispatch: 1, startedAt: 1.5, endedAt: 2, outcome: "died", reason: "é ∞" }],
        params: { seed: "340282366920938463463374607431768211455", nested: { list: [1, null, "x", true] } },
        labels: { "": "" },
        usd: 1.234e-7,
      });
      expect(await store.create(job)).toEqual({ created: true });
      const { writeId, ...read } = (await store.get(job.jobId)) ?? {};
      expect(read).toStrictEqual(job);
      expect(writeId).toEqual(expect.any(String));
    });

    test("keeps no field that is undefined, at any depth", async () => {
      const job = await stored({
        worker: undefined as never,
        attempts: [{ ...attempt, taskArn: undefined as never }],
      });
      expect(job).not.toHaveProperty("worker");
      expect(job.attempts[0]).not.toHaveProperty("taskArn");
    });

    test("keeps what it was given, whatever becomes of the object afterwards", async () => {
      const labels: Record<string, string> = { team: "x" };
      const { jobId } = await stored({ labels });
      labels.team = "y";
      expect((await store.get(jobId))?.labels).toEqual({ team: "x" });
    });

    test("of an id that lives answers the one that is there", async () => {
      const job = await stored();
      const again = await store.create({ ...job, operation: "fft2" });
      expect(again).toEqual({ created: false, existing: job });
    });

    test("of an id whose job has expired, and lingers, takes its place", async () => {
      const job = await expired();
      expect(await store.get(job.jobId)).toBeUndefined();
      expect(await store.create({ ...job, operation: "fft2", ttl: job.ttl + 100 })).toEqual({
        created: true,
      });
      expect((await store.get(job.jobId))?.operation).toBe("fft2");
    });

    test("takes that place from the first moment on at which get no longer answers it", async () => {
      const job = await stored({ ttl: start / 1000 + 60 });
      opened.setNow(job.ttl * 1000 - 500);
      expect(await store.create(job)).toEqual({ created: false, existing: job });
      opened.setNow(job.ttl * 1000 + 500);
      expect(await store.get(job.jobId)).toBeUndefined();
      expect(await store.create({ ...job, ttl: job.ttl + 100 })).toEqual({ created: true });
    });

    test("over a record of a later version is refused", async () => {
      const job = await newer();
      await expect(store.create({ ...job, v: recordVersion })).rejects.toBeInstanceOf(NewerRecord);
    });

    test("whose reply is lost is a create", async () => {
      opened.loseReplies();
      const job = newJob();
      expect(await store.create(job)).toEqual({ created: true });
      expect(await store.create(job)).toMatchObject({ created: false, existing: { jobId: job.jobId } });
    });
  });

  describe("get", () => {
    test("answers nothing for a job that is not there", async () => {
      expect(await store.get(randomId())).toBeUndefined();
    });

    test("of a record of a later version is refused, not misread", async () => {
      const { jobId } = await newer();
      await expect(store.get(jobId)).rejects.toBeInstanceOf(NewerRecord);
      await expect(store.get(jobId)).rejects.toThrow(`version ${recordVersion + 1}`);
    });
  });

  describe("update", () => {
    test("sets, removes, appends, raises rev and answers the new job", async () => {
      const job = await stored({ taskArn: "arn:x", worker: "w" });
      opened.setNow(start + 5000);
      const at = opened.now();
      const result = await update(
        job,
        { dispatch: 3, status: "PENDING" },
        { status: "PROCESSING", step: undefined, taskArn: undefined, progress: 0.5 },
        attempt,
      );
      const { step: _step, taskArn: _arn, writeId: before, ...kept } = job;
      const { writeId: after, ...written } = result.job ?? {};
      expect(result.ok).toBe(true);
      expect(written).toStrictEqual({
        ...kept,
        status: "PROCESSING",
        progress: 0.5,
        rev: 2,
        updatedAt: at,
        attempts: [attempt],
        worker: "w",
      });
      expect(after).toEqual(expect.any(String));
      expect(after).not.toBe(before);
      expect(await store.get(job.jobId)).toStrictEqual(result.job);
    });

    test("appends to the attempts that are there, without the fields that are undefined", async () => {
      const job = await stored({ attempts: [attempt] });
      const second = { ...attempt, dispatch: 4 };
      const { job: after } = await update(job, {}, {}, { ...second, taskArn: undefined as never });
      expect(after?.attempts).toStrictEqual([attempt, second]);
    });

    test.each([
      ["another dispatch", { dispatch: 4, status: "PENDING" }],
      ["another status", { dispatch: 3, status: "PROCESSING" }],
      ["another rev", { rev: 2 }],
      ["another worker", { dispatch: 3, worker: "w2" }],
      ["a worker where there is none", { worker: "w" }],
    ] as const)("changes nothing when the guard names %s", async (_what, guard) => {
      const before = await stored();
      expect(await update(before, guard, { progress: 1 })).toEqual({ ok: false, job: before });
      expect(await store.get(before.jobId)).toEqual(before);
    });

    test("holds every field of a guard, and none that is undefined", async () => {
      const job = await stored({ worker: "w" });
      const guard = { rev: 1, dispatch: 3, status: "PENDING", worker: "w" } as const;
      expect(await update(job, guard, { progress: 0.1 })).toMatchObject({ ok: true, job: { rev: 2 } });
      const open = { dispatch: 3, worker: undefined as never };
      expect(await update(job, open, { progress: 0.2 })).toMatchObject({ ok: true, job: { rev: 3 } });
    });

    test("of a job that is not there creates none", async () => {
      const jobId = randomId();
      expect(await store.update(jobId, {}, forged({ progress: 1 }))).toEqual({ ok: false });
      expect(await store.get(jobId)).toBeUndefined();
      expect(await store.create(newJob({ jobId }))).toEqual({ created: true });
    });

    test("of a job that has expired does not bring it back", async () => {
      const job = await expired();
      const longer = { progress: 1, ttl: start / 1000 + 1000 };
      expect(await update(job, { dispatch: 3, status: "PENDING" }, longer)).toEqual({ ok: false });
      expect(await store.get(job.jobId)).toBeUndefined();
    });

    test("of a record of a later version is refused", async () => {
      const job = await newer();
      await expect(update(job, { dispatch: 3 }, { progress: 1 })).rejects.toBeInstanceOf(NewerRecord);
    });

    test("whose reply is lost succeeds, applied once", async () => {
      const job = await stored();
      opened.loseReplies();
      const claimed = await update(
        job,
        { dispatch: 3, status: "PENDING" },
        { status: "PROCESSING", worker: "w" },
        attempt,
      );
      expect(claimed).toMatchObject({ ok: true, job: { rev: 2, attempts: [attempt] } });
      const decided = await update(job, { rev: 2 }, { status: "PENDING", dispatch: 4 });
      expect(decided).toMatchObject({ ok: true, job: { rev: 3, dispatch: 4 } });
      const late = await update(job, { rev: 2 }, { status: "CANCELLED" });
      expect(late).toEqual({ ok: false, job: decided.job });
    });

    test("of eight claims at once one succeeds, and the others see it", async () => {
      const job = await stored();
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          update(job, { dispatch: 3, status: "PENDING" }, { status: "PROCESSING", worker: `w${index}` }),
        ),
      );
      const [winner, ...more] = claims.filter(({ ok }) => ok);
      expect(more).toEqual([]);
      for (const { job: seen } of claims) expect(seen).toEqual(winner?.job);
    });
  });

  describe("jobs that wait for a job", () => {
    test("are added to its record and change nothing else, until it has ended", async () => {
      const before = await stored();
      expect(await store.addDependent(before.jobId, "one")).toMatchObject({ ok: true });
      const added = await store.addDependent(before.jobId, "other");
      expect(added).toEqual({ ok: true, job: { ...before, waiters: ["one", "other"] } });
      const ended = await update(before, { rev: 1 }, { status: "FAILED", dueAt: undefined });
      expect(ended.job?.waiters).toEqual(["one", "other"]);
      const late = await store.addDependent(before.jobId, "late");
      expect(late).toEqual({ ok: false, job: ended.job });
      expect(await store.addDependent(randomId(), "one")).toEqual({ ok: false });
    });

    test("are added while it runs", async () => {
      const { jobId } = await stored({ status: "PROCESSING" });
      expect(await store.addDependent(jobId, "one")).toMatchObject({ ok: true, job: { waiters: ["one"] } });
    });

    test("are so many and no more", async () => {
      const waiters = Array.from({ length: limits.dependents - 1 }, (_, index) => `job-${index}`);
      const { jobId } = await stored({ waiters });
      expect((await store.addDependent(jobId, "last")).ok).toBe(true);
      const full = await store.addDependent(jobId, "one too many");
      expect([full.ok, full.job?.waiters?.length]).toEqual([false, limits.dependents]);
    });

    test("are not added to a job that has expired, nor to a record of a later version", async () => {
      const { jobId } = await expired();
      expect(await store.addDependent(jobId, "one")).toEqual({ ok: false });
      const later = await newer();
      await expect(store.addDependent(later.jobId, "one")).rejects.toBeInstanceOf(NewerRecord);
    });

    test("are in its list when the reply is lost", async () => {
      const { jobId } = await stored();
      opened.loseReplies();
      const { ok, job } = await store.addDependent(jobId, "one");
      expect([ok, new Set(job?.waiters)]).toEqual([true, new Set(["one"])]);
    });
  });
}
