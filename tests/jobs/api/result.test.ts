import { resultTypes } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { resultOf } from "../../../jobs/api/result.ts";
import { asRead, completedWith } from "../../support/jobs/completed-job.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { jobIn, start } from "../../support/jobs/sample-jobs.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no problem",
    (error) => (error as Problem).code,
  );

const any = resultTypes;
const jsonOnly = ["application/json"] as const;

describe("a result", () => {
  test("small: as JSON, non-finite numbers as words", async () => {
    const values = [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const job = completedWith(world, { shape: [2, 2], dtype: "float64" }, (index) => values[index] ?? 0);
    expect(asRead(await resultOf(job, "result", any, world.ports))).toEqual({
      type: "application/json",
      view: {
        result: [
          [1.5, "NaN"],
          ["Infinity", "-Infinity"],
        ],
        shape: [2, 2],
        dtype: "float64",
      },
    });
  });

  test("complex: as re and im", async () => {
    const job = completedWith(world, { shape: [2], dtype: "complex128" });
    expect(asRead(await resultOf(job, "result", any, world.ports))).toMatchObject({
      view: { result: { re: [0, 2], im: [1, 3] } },
    });
  });

  test("as .npy when asked for: a link, and S3 is not read", async () => {
    const job = completedWith(world, { shape: [2, 2], dtype: "float64" });
    const link = await resultOf(job, "result", ["application/x-npy"], world.ports);
    expect(link).toEqual({
      type: "application/x-npy",
      url: `https://bucket.test/jobs/x/out/1/result.npy?name=${job.jobId}-result.npy`,
    });
    expect(world.calls).toEqual(["objects.link"]);
  });

  test.each([
    ["too large by far: not even read", 2_700_000, ["objects.link"]],
    ["too large by its text", 400_000, ["objects.get", "objects.link"]],
  ])("%s", async (_what, length, calls) => {
    const job = completedWith(world, { shape: [length], dtype: "float64" }, (index) => Math.sin(index));
    expect(await resultOf(job, "result", any, world.ports)).toMatchObject({
      url: expect.stringContaining("https://"),
    });
    expect(world.calls).toEqual(calls);
    const refused = await resultOf(job, "result", jsonOnly, world.ports).catch((error) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({
      code: "result-too-large",
      status: 413,
      place: { url: expect.stringContaining("https://"), expected: "Accept: application/x-npy" },
    });
  });

  test("all NaN, whose quotes count twice inside Lambda's answer: a link above 6 MB there", async () => {
    // 700,000 × `"NaN",` is 4.2 MB of text, and 5.6 MB once its quotes are escaped.
    const job = completedWith(world, { shape: [700_000], dtype: "float64" }, () => Number.NaN);
    expect(await resultOf(job, "result", any, world.ports)).toMatchObject({ url: expect.any(String) });
    const shorter = completedWith(world, { shape: [600_000], dtype: "float64" }, () => Number.NaN);
    expect(await resultOf(shorter, "result", any, world.ports)).toMatchObject({ view: { shape: [600_000] } });
  });

  test("many dimensions of one, whose brackets outweigh the numbers: a link", async () => {
    const job = completedWith(world, { shape: [200_000, 1, 1, 1, 1, 1, 1, 1], dtype: "float64" }, Math.sin);
    expect(await resultOf(job, "result", any, world.ports)).toMatchObject({ url: expect.any(String) });
  });

  test("large but short to write: as JSON", async () => {
    const job = completedWith(world, { shape: [2_600_000], dtype: "float64" }, () => 0);
    expect(await resultOf(job, "result", jsonOnly, world.ports)).toMatchObject({
      view: { shape: [2_600_000] },
    });
  });

  test("expired: 410", async () => {
    const job = completedWith(world, { shape: [2], dtype: "float64" });
    world.bucket.clear();
    expect(await codeOf(resultOf(job, "result", any, world.ports))).toBe("expired");
  });

  test.each([
    [jobIn.sent, "not-finished"],
    [jobIn.lambda, "not-finished"],
    [jobIn.CANCELLED, "cancelled"],
    [{ ...jobIn.FAILED, error: { code: "no-capacity" as const, message: "none" } }, "failed"],
  ])("of a job that has none", async (job, code) => {
    expect(await codeOf(resultOf(job, "result", any, world.ports))).toBe(code);
  });

  test("by a name it does not have: says which there are", async () => {
    const job = completedWith(world, { shape: [2], dtype: "float64" });
    const problem = await resultOf(job, "u", any, world.ports).catch((error) => error);
    expect(problem).toMatchObject({
      code: "output-not-found",
      message: "output: expected one of result, got u",
    });
  });
});
