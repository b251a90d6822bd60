import { beforeEach, describe, expect, test, vi } from "vitest";
import { listJobs } from "../../../jobs/api/list.ts";
import { jobView } from "../../../jobs/api/view.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { inBucket, memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, submitted } from "../../support/jobs/submitting.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld(inBucket);
  return () => vi.useRealTimers();
});

describe("the list", () => {
  async function three(): Promise<string[]> {
    const jobIds: string[] = [];
    for (let index = 0; index < 3; index++) {
      vi.setSystemTime(start + index * 1000);
      jobIds.push((await submitted(world)).job.jobId);
    }
    await submitted(world, undefined, { owner: "iam:other" });
    return jobIds.reverse();
  }

  test("is one owner's, newest first, page by page", async () => {
    const expected = await three();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof listJobs>> = await listJobs(
        "local",
        { limit: 2, cursor },
        world.ports,
      );
      seen.push(...page.jobs.map(({ jobId }) => jobId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(expected);
  });

  test("keeps its place while new jobs come in, and within one millisecond", async () => {
    for (let index = 0; index < 7; index++) await submitted(world);
    const first = await listJobs("local", { limit: 3 }, world.ports);
    vi.setSystemTime(start + 1);
    await submitted(world);
    const second = await listJobs("local", { limit: 100, cursor: first.nextCursor }, world.ports);
    const seen = [...first.jobs, ...second.jobs].map(({ jobId }) => jobId);
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
  });

  test("by status: looks further until the page is full, in bounded steps", async () => {
    const jobIds = await three();
    const last = jobIds.at(-1) ?? "";
    await runJob({ jobId: last, dispatch: 1 }, lambdaMachine(), compute, world.ports);
    const completed = await listJobs("local", { status: "COMPLETED", limit: 1 }, world.ports);
    expect(completed.jobs.map(({ jobId }) => jobId)).toEqual([last]);
    for (let index = 0; index < 30; index++) await submitted(world);
    world.calls.length = 0;
    vi.setSystemTime(start + 10_000);
    for (let index = 0; index < 20; index++) await submitted(world);
    world.calls.length = 0;
    const some = await listJobs("local", { status: "COMPLETED", limit: 1 }, world.ports);
    expect(world.calls.filter((call) => call === "store.list")).toHaveLength(10);
    expect(some).toMatchObject({ jobs: [], nextCursor: expect.any(String) });
  });

  test("has no links to outputs: they are the job's own view's", async () => {
    const { job } = await submitted(world);
    await runJob({ jobId: job.jobId, dispatch: 1 }, lambdaMachine(), compute, world.ports);
    world.calls.length = 0;
    const { jobs } = await listJobs("local", { limit: 1 }, world.ports);
    expect(world.calls).toEqual(["store.list"]);
    const { outputs, ...view } = await jobView(world.job(job.jobId), world.ports);
    const { url, ...output } = outputs?.result ?? {};
    expect(url).toEqual(expect.any(String));
    expect(jobs).toEqual([{ ...view, outputs: { result: output } }]);
  });

  test.each(["", "x", "e30", Buffer.from("2026-11-23").toString("base64url"), "%00"])(
    "a cursor it never gave out is 400: %j",
    async (cursor) => {
      const problem = await listJobs("local", { limit: 2, cursor }, world.ports).catch((error) => error);
      expect(problem).toMatchObject({ code: "bad-cursor", status: 400, place: { field: "cursor" } });
    },
  );

  test("another owner's cursor opens only one's own jobs", async () => {
    await three();
    const { nextCursor } = await listJobs("local", { limit: 1 }, world.ports);
    const others = await listJobs("iam:other", { limit: 10, cursor: nextCursor }, world.ports);
    for (const { jobId } of others.jobs) expect(world.job(jobId).owner).toBe("iam:other");
  });
});
