import { encodeNpy } from "@sluice/contract/npy";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { isRandomId } from "../../../jobs/ids.ts";
import { openUpload, uploadedInput } from "../../../jobs/submit/uploads.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";
import { etagOf } from "../../support/jobs/objects.ts";
import { start } from "../../support/jobs/sample-jobs.ts";

let world: World;
beforeEach(() => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  return () => vi.useRealTimers();
});

const file = encodeNpy({ shape: [2, 3], dtype: "float32", data: new Float32Array(6) });

/** Where the link of an upload leads, as a key of the bucket. */
const keyOf = (url: string) => new URL(url).pathname.slice(1);

async function uploaded(bytes: Uint8Array, owner = "local") {
  const { uploadId, url } = await openUpload(owner, bytes.byteLength, world.ports);
  world.bucket.set(keyOf(url), bytes);
  return { uploadId, key: keyOf(url) };
}

const input = (uploadId: string, owner = "local") =>
  uploadedInput(uploadId, "inputs.a", owner, world.ports.uploads);

describe("an upload is opened", () => {
  test("for an hour, is kept as long as records are, and stores nothing", async () => {
    const view = await openUpload("local", 42, world.ports);
    expect(isRandomId(view.uploadId)).toBe(true);
    expect(view).toMatchObject({
      headers: { "content-length": "42" },
      expiresAt: "2026-11-23T13:00:00.000Z",
      keptUntil: "2026-11-30T12:00:00.000Z",
    });
    expect(world.calls).toEqual(["uploads.link"]);
  });

  test("under a key that names its owner by a hash alone", async () => {
    const { url } = await openUpload("iam:AROAEXAMPLE", 42, world.ports);
    expect(keyOf(url)).toMatch(/^uploads\/[0-9a-f]{32}\/[0-9a-z]{26}\.npy$/);
  });
});

describe("an uploaded file as an input", () => {
  test("has the shape and dtype of its header, its whole length and its version", async () => {
    const { uploadId, key } = await uploaded(file);
    expect(await input(uploadId)).toEqual({
      ...{ shape: [2, 3], dtype: "float32" },
      ...{ key, offset: 0, length: file.byteLength, etag: etagOf(file) },
    });
  });

  test("of another owner is as one that never came", async () => {
    const { uploadId } = await uploaded(file, "iam:other");
    const problem = await input(uploadId).catch((error) => error);
    expect(problem).toMatchObject({ code: "input-not-found", place: { field: "inputs.a.upload" } });
    expect(problem.message).toBe(`inputs.a.upload: no file of yours has arrived as upload ${uploadId}`);
  });

  test.each(["", "../x", "A".repeat(26)])("by an id that is none is not looked for: %j", async (uploadId) => {
    await expect(input(uploadId)).rejects.toMatchObject({ code: "input-not-found" });
    expect(world.calls).toEqual([]);
  });

  test.each([
    ["cut short", file.slice(0, -1)],
    ["a byte too long", new Uint8Array([...file, 0])],
    ["no .npy", new TextEncoder().encode("1,2\n3,4\n")],
  ])("that is %s is refused, under the request's own field", async (_how, bytes) => {
    const { uploadId } = await uploaded(bytes);
    await expect(input(uploadId)).rejects.toMatchObject({
      code: "invalid-npy",
      message: expect.stringMatching(/^inputs\.a\.upload: /),
      place: { field: "inputs.a.upload" },
    });
  });

  test("that S3 does not give is our failure, not the caller's", async () => {
    const { uploadId } = await uploaded(file);
    const down = new Error("SlowDown");
    world.broken.set("uploads.look", [down]);
    await expect(input(uploadId)).rejects.toBe(down);
  });
});
