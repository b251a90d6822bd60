import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { s3 } from "../../../aws/s3/client.ts";
import { objectStore } from "../../../aws/s3/object-store.ts";
import { ObjectChanged, type ObjectStore } from "../../../jobs/ports.ts";
import { bytesTarget, readBytes } from "../../support/jobs/objects.ts";
import { startLocalCloud, type TestCloud } from "../../support/local/local-cloud.ts";

/** The same transfers through the S3 of the local cloud. */
let cloud: TestCloud;
let folder: string;
let objects: ObjectStore;
const mebibyte = 1024 * 1024;
const key = "jobs/x/large.npy";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sluice-s3-"));
  cloud = await startLocalCloud({ data: folder });
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
  objects = objectStore(cloud.variables.BUCKET_NAME ?? "");
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  s3().destroy();
  await cloud.stop();
  await rm(folder, { recursive: true });
});

/** Numbers in shared memory, and the same in private memory to compare with. */
function operand(mebibytes: number) {
  const shared = new Uint32Array(new SharedArrayBuffer(mebibytes * mebibyte));
  for (let index = 0; index < shared.length; index++) shared[index] = index * 2_654_435_761;
  const bytes = new Uint8Array(shared.buffer);
  return { bytes, expected: Buffer.concat([bytes]) };
}

/** S3's ETag of an object that was put in one call. */
const md5Tag = (text: string) => `"${createHash("md5").update(text).digest("hex")}"`;

const openUploads = async () =>
  (await readdir(folder, { recursive: true })).filter(
    (name) => path.basename(path.dirname(name)) === "._S3rver_uploads",
  );

test("40 MiB of shared memory go out in parts and come back in ranges", async () => {
  const { bytes, expected } = operand(40);
  await objects.put(key, [Buffer.from("head"), bytes]);
  const read = await readBytes(objects, key, { offset: 4, length: bytes.byteLength });
  expect(expected.equals(read)).toBe(true);
  expect(await openUploads()).toEqual([]);
});

test("an object that was replaced is not read under its pin", async () => {
  await objects.put(key, [Buffer.from("the first")]);
  const range = { offset: 0, length: 9 };
  const { bytes } = await objects.get(key, range, () => bytesTarget(9), { etag: md5Tag("the first") });
  expect(Buffer.from(bytes).toString()).toBe("the first");
  await objects.put(key, [Buffer.from("the other")]);
  await expect(readBytes(objects, key, range, { etag: md5Tag("the first") })).rejects.toBeInstanceOf(
    ObjectChanged,
  );
});

test("an upload that is aborted leaves nothing open", async () => {
  const { bytes } = operand(48);
  const abort = new AbortController();
  const cancelled = new Error("cancelled by the caller");
  const put = objects.put("jobs/x/aborted.npy", [bytes], abort.signal);
  await vi.waitFor(async () => expect(await openUploads()).toHaveLength(1), { interval: 1 });
  abort.abort(cancelled);
  await expect(put).rejects.toBe(cancelled);
  await vi.waitFor(async () => expect(await openUploads()).toEqual([]));
  expect(await objects.exists("jobs/x/aborted.npy")).toBe(false);
});
