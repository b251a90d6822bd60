import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { objectStore } from "../../../aws/s3/object-store.ts";
import { ObjectMissing, type ObjectStore } from "../../../jobs/ports.ts";
import { bucketName, type StubCloud, startStubCloud } from "../../support/aws/stub-cloud.ts";
import { readBytes } from "../../support/jobs/objects.ts";

let cloud: StubCloud;

beforeAll(async () => {
  cloud = await startStubCloud();
});
afterAll(() => cloud.stop());
beforeEach(() => {
  cloud.calls.length = 0;
});
afterEach(() => {
  cloud.instead = () => undefined;
});

describe("objects in S3", () => {
  let objects: ObjectStore;
  beforeAll(() => {
    objects = objectStore(bucketName);
  });
  const first = { offset: 0, length: 1 };
  const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

  test("go out in parts, one call, and come back whole or by range", async () => {
    await objects.put("jobs/a/in/x.npy", [bytes(100), bytes(50), new Uint8Array(0)]);
    const read = (offset: number, length: number) =>
      readBytes(objects, "jobs/a/in/x.npy", { offset, length });
    expect(await read(0, 150)).toEqual(new Uint8Array([...bytes(100), ...bytes(50)]));
    expect(await read(100, 50)).toEqual(bytes(50));
    expect(cloud.calls).toEqual(["s3.PUT", "s3.GET", "s3.GET"]);
  });

  test("over shared memory and views into larger buffers are sent as their own bytes", async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(32), 8, 16);
    shared.set(bytes(16));
    await objects.put("jobs/a/shared.npy", [shared, bytes(100).subarray(10, 20)]);
    expect(cloud.objects.get("jobs/a/shared.npy")).toEqual(
      Buffer.from([...bytes(16), ...bytes(100).subarray(10, 20)]),
    );
  });

  test("that are missing say so", async () => {
    await expect(readBytes(objects, "jobs/none.npy", first)).rejects.toBeInstanceOf(ObjectMissing);
    await objects.put("jobs/a/there.npy", [bytes(1)]);
    expect([await objects.exists("jobs/none.npy"), await objects.exists("jobs/a/there.npy")]).toEqual([
      false,
      true,
    ]);
  });

  test("a bucket that refuses is not an object that is missing", async () => {
    cloud.instead = () => ({ status: 403, body: {} });
    await expect(objects.exists("jobs/a/there.npy")).rejects.toThrow();
    await expect(readBytes(objects, "jobs/a/there.npy", first)).rejects.not.toBeInstanceOf(ObjectMissing);
  });

  test("links are signed without a call, carry no checksum, and name the file", async () => {
    const url = new URL(await objects.link("jobs/a/out/1/result.npy", "a-result.npy"));
    expect(cloud.calls).toEqual([]);
    expect(url.href).not.toMatch(/x-amz-checksum|x-amz-sdk-checksum/i);
    expect(url.searchParams.get("X-Amz-Expires")).toBe("3600");
    expect(url.searchParams.get("X-Amz-SignedHeaders")).toBe("host");
    expect(url.searchParams.get("response-content-disposition")).toBe('attachment; filename="a-result.npy"');
    expect(url.searchParams.get("X-Amz-Signature")).toMatch(/^[0-9a-f]{64}$/);
  });
});
