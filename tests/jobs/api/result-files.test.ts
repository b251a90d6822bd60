import { crc32 } from "node:zlib";
import type { FloatingSpec } from "@sluice/contract/array";
import { zeros } from "@sluice/contract/array";
import { maxNpzResultBytes } from "@sluice/contract/limits";
import { encodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test } from "vitest";
import { unzip } from "../../../acceptance/support/unzip.ts";
import { resultHead, resultOf } from "../../../jobs/api/result.ts";
import type { Job } from "../../../jobs/record.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { jobIn } from "../../support/jobs/sample-jobs.ts";

let world: World;
beforeEach(() => {
  world = memoryWorld();
});

/** A COMPLETED job with these outputs; every number is `fill`. */
function completedWith(specs: Record<string, FloatingSpec>, fill = 0.1): Job {
  const outputs = Object.entries(specs).map(([name, spec]) => {
    const array = zeros(spec);
    array.data.fill(fill);
    const file = encodeNpy(array);
    const key = `jobs/x/out/1/${name}.npy`;
    world.bucket.set(key, file);
    return [name, { ...spec, key, bytes: file.byteLength }] as const;
  });
  return { ...jobIn.COMPLETED, outputs: Object.fromEntries(outputs) };
}

const square = { shape: [2, 2], dtype: "float64" } as const;
const complex = { shape: [2, 2], dtype: "complex128" } as const;
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no problem",
    (error) => (error instanceof Problem ? error : Promise.reject(error)),
  );

describe("as CSV", () => {
  test("a real table, by its name", async () => {
    const job = completedWith({ u: square, result: { shape: [3], dtype: "float64" } });
    expect(await resultOf(job, "u", ["text/csv"], world.ports)).toEqual({
      type: "text/csv",
      text: "0.1,0.1\n0.1,0.1\n",
    });
    expect(await resultOf(job, "result", ["text/csv"], world.ports)).toMatchObject({
      text: "0.1\n0.1\n0.1\n",
    });
  });

  test.each([complex, { shape: [], dtype: "float64" }, { shape: [2, 2, 2], dtype: "float64" }] as const)(
    "not what is no table: $dtype of $shape",
    async (spec) => {
      const job = completedWith({ result: spec });
      const refused = await problemOf(resultOf(job, "result", ["text/csv"], world.ports));
      expect(refused).toMatchObject({ code: "not-acceptable", status: 406, place: { field: "accept" } });
      expect(world.calls).toEqual([]);
      // Who takes another form as well gets that.
      expect(await resultOf(job, "result", ["text/csv", "application/x-npy"], world.ports)).toMatchObject({
        type: "application/x-npy",
      });
    },
  );

  test.each([
    ["by far: not even read", 2_700_000, ["objects.link"]],
    ["by its text", 1_400_000, ["objects.get", "objects.link"]],
  ])("not what is too large %s: 413 with the .npy", async (_what, length, calls) => {
    const job = completedWith({ result: { shape: [length], dtype: "float64" } });
    const refused = await problemOf(resultOf(job, "result", ["text/csv"], world.ports));
    expect(refused).toMatchObject({
      code: "result-too-large",
      place: { url: expect.stringContaining("result.npy"), expected: "Accept: application/x-npy" },
    });
    expect(world.calls).toEqual(calls);
  });

  test("a long column is measured as Lambda sends it: a line's end is two characters there", async () => {
    // "0" and its end: 2 characters of text, 3 of Lambda's answer.
    const spec = { shape: [2_000_000], dtype: "float64" } as const;
    const refused = await problemOf(
      resultOf(completedWith({ result: spec }, 0), "result", ["text/csv"], world.ports),
    );
    expect(refused).toMatchObject({ code: "result-too-large" });
  });
});

describe("as .npz", () => {
  test("all outputs, each a .npy of its own under its name, and no matter which was named", async () => {
    const job = completedWith({ u: square, s: { shape: [2], dtype: "float32" }, vh: complex });
    const result = await resultOf(job, "result", ["application/zip"], world.ports);
    if (result.type !== "application/zip") throw new Error(`a zip was asked for, not ${result.type}`);
    const files = unzip(Buffer.from(result.bytes));
    expect([...files.keys()]).toEqual(["u.npy", "s.npy", "vh.npy"]);
    for (const [name, { bytes, crc }] of files) {
      expect(bytes.equals(world.bucket.get(`jobs/x/out/1/${name}`) ?? new Uint8Array())).toBe(true);
      expect(crc).toBe(crc32(bytes));
    }
  });

  test("up to what Lambda can answer in base64; above it 413, without reading", async () => {
    const half = { shape: [maxNpzResultBytes / 16], dtype: "float64" } as const;
    const fits = await resultOf(completedWith({ u: half, v: half }), "u", ["application/zip"], world.ports);
    if (fits.type !== "application/zip") throw new Error(`a zip was asked for, not ${fits.type}`);
    expect(Math.ceil(fits.bytes.byteLength / 3) * 4).toBeLessThan(6_000_000);
    world.calls.length = 0;
    const job = completedWith({ u: half, v: half, w: { shape: [1], dtype: "float64" } });
    const refused = await problemOf(resultOf(job, "u", ["application/zip"], world.ports));
    expect(refused).toMatchObject({
      code: "result-too-large",
      message: expect.stringContaining("(u, v, w)"),
      place: { url: `/jobs/${job.jobId}` },
    });
    expect(world.calls).toEqual([]);
  });

  test("expired: 410", async () => {
    const job = completedWith({ result: square });
    world.bucket.clear();
    for (const type of ["application/zip", "text/csv"] as const)
      expect(await problemOf(resultOf(job, "result", [type], world.ports))).toMatchObject({
        code: "expired",
      });
  });
});

describe("the first accepted form that can be had", () => {
  test("is given, and what is wrong with the first is told when none can", async () => {
    const job = completedWith({ result: complex });
    const order = ["text/csv", "application/json", "application/x-npy"] as const;
    expect(await resultOf(job, "result", order, world.ports)).toMatchObject({ type: "application/json" });
    const large = completedWith({ result: { shape: [3_000_000], dtype: "complex128" } });
    expect(
      await problemOf(resultOf(large, "result", ["text/csv", "application/json"], world.ports)),
    ).toMatchObject({
      code: "not-acceptable",
    });
    expect(
      await problemOf(resultOf(large, "result", ["application/json", "text/csv"], world.ports)),
    ).toMatchObject({
      code: "result-too-large",
    });
  });
});

test("a look at a result reads nothing of it, but makes sure that it is there", async () => {
  const job = completedWith({ result: complex });
  expect(await resultHead(job, "result", world.ports)).toEqual({ ...complex, bytes: 128 + 64 });
  expect(world.calls).toEqual(["objects.exists"]);
  for (const name of ["u", "constructor"])
    expect(await problemOf(resultHead(job, name, world.ports))).toMatchObject({ code: "output-not-found" });
  expect(await problemOf(resultHead(jobIn.lambda, "result", world.ports))).toMatchObject({
    code: "not-finished",
  });
  world.bucket.clear();
  expect(await problemOf(resultHead(job, "result", world.ports))).toMatchObject({ code: "expired" });
});
