import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { s3 } from "../../../aws/s3/client.ts";
import { objectStore } from "../../../aws/s3/object-store.ts";
import { partSize } from "../../../aws/s3/object-write.ts";
import type { ObjectStore } from "../../../jobs/ports.ts";
import { type PartServer, startPartServer } from "../../support/aws/part-server.ts";

let cloud: PartServer;
let objects: ObjectStore;
const mebibyte = 1024 * 1024;
const key = "jobs/out.npy";
const header = Buffer.from("a header that is a piece of its own");
const shared = new Uint32Array(new SharedArrayBuffer(80 * mebibyte + 8), 4, 20 * mebibyte);
for (let index = 0; index < shared.length; index++) shared[index] = index;
const data = new Uint8Array(shared.buffer, shared.byteOffset, shared.byteLength);
const whole = Buffer.concat([header, data]);

beforeAll(async () => {
  cloud = await startPartServer();
  vi.stubEnv("AWS_ENDPOINT_URL_S3", cloud.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  objects = objectStore("bucket");
  // The SDK's: "An error was encountered in a non-retryable streaming request." The repeat is ours.
  vi.spyOn(console, "warn").mockReturnValue(undefined);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  s3().destroy();
  await cloud.stop();
});
beforeEach(() => cloud.reset());

const put = (signal?: AbortSignal) => objects.put(key, [header, data], signal);
const stored = () => cloud.objects.get(key)?.bytes.equals(whole);
const names = () => cloud.calls.map(({ name }) => name);
const nothingLeft = async () => {
  await vi.waitFor(() => expect(cloud.busy).toBe(0));
  expect(cloud.uploads.size).toBe(0);
};

describe("a large object", () => {
  test("goes out of shared memory in parts, at most four at once, byte for byte", async () => {
    await put();
    expect(stored()).toBe(true);
    expect(names()).toEqual(["Create", ...Array.from({ length: 6 }, () => "UploadPart"), "Complete"]);
    expect(cloud.mostBusy).toBeLessThanOrEqual(4);
    await nothingLeft();
  });

  test("of one part goes in one call", async () => {
    const bytes = data.subarray(0, 16 * mebibyte - header.byteLength);
    await objects.put(key, [header, bytes]);
    expect(cloud.objects.get(key)?.bytes.equals(Buffer.concat([header, bytes]))).toBe(true);
    expect(names()).toEqual(["PutObject"]);
    cloud.fault = ({ attempt }) => (attempt === 2 ? 503 : undefined);
    await objects.put(key, [header, bytes]);
    expect(names()).toEqual(["PutObject", "PutObject", "PutObject"]);
  });

  test("never has more than S3's 10,000 parts", () => {
    for (const bytes of [17 * mebibyte, 5 * 2 ** 30, 2 ** 37 + 1, 2 ** 40, 5 * 2 ** 40 - 1]) {
      expect(Math.ceil(bytes / partSize(bytes))).toBeLessThanOrEqual(10_000);
      expect(partSize(bytes)).toBeLessThanOrEqual(5 * 2 ** 30);
    }
    expect(partSize(5 * 2 ** 30)).toBe(16 * mebibyte);
  });

  test("survives a part that is refused once, and one that nobody answers", async () => {
    cloud.fault = ({ part, attempt }) =>
      attempt > 1 ? undefined : part === 2 ? 503 : part === 3 ? "lose" : undefined;
    await put();
    expect(stored()).toBe(true);
    expect(names().filter((name) => name === "UploadPart")).toHaveLength(8);
  });

  test("fails when a part is always refused: the others end, the upload is given up", async () => {
    cloud.fault = ({ name, part }) =>
      part === 2 ? 500 : name === "UploadPart" && part !== 1 ? "hang" : undefined;
    await expect(put()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(cloud.calls.filter(({ part }) => part === 2)).toHaveLength(4);
    expect(names().at(-1)).toBe("Abort");
    await nothingLeft();
  });

  test("aborted in the middle leaves no request and no upload, and gives the signal's reason", async () => {
    const abort = new AbortController();
    const cancelled = new Error("cancelled by the caller");
    cloud.fault = ({ part }) => {
      if (part !== 3) return undefined;
      setImmediate(() => abort.abort(cancelled));
      return "hang";
    };
    await expect(put(abort.signal)).rejects.toBe(cancelled);
    expect(names()).not.toContain("Complete");
    await nothingLeft();
  });

  test.each(["Create", "Complete"] as const)("aborted during %s leaves no upload", async (name) => {
    const abort = new AbortController();
    const cancelled = new Error("cancelled by the caller");
    cloud.fault = (call) => {
      if (call.name === name) abort.abort(cancelled);
      return undefined;
    };
    await expect(put(abort.signal)).rejects.toBe(cancelled);
    await nothingLeft();
  });

  test("is there when the reply to its completion was lost", async () => {
    cloud.fault = ({ name, attempt }) => (name === "Complete" && attempt === 1 ? "lose" : undefined);
    await put();
    expect(stored()).toBe(true);
    expect(names().slice(-3)).toEqual(["Complete", "Complete", "HeadObject"]);
  });

  test("whose upload has vanished is an error, unless it is there", async () => {
    cloud.fault = ({ name }) => {
      if (name === "Complete") cloud.uploads.clear();
      return undefined;
    };
    await expect(put()).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  test("that cannot be completed is given up, even when that fails too", async () => {
    cloud.fault = ({ name }) => (name === "Complete" ? 500 : undefined);
    await expect(put()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await nothingLeft();
    cloud.fault = ({ name }) => (name === "Complete" ? 500 : name === "Abort" ? 403 : undefined);
    await expect(put()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  });
});
