import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { uploads } from "../../../aws/s3/uploads.ts";
import { headBytes, ObjectMissing, type Uploads } from "../../../jobs/ports.ts";
import { bucketName, type StubCloud, startStubCloud } from "../../support/aws/stub-cloud.ts";

let cloud: StubCloud;
let store: Uploads;

beforeAll(async () => {
  cloud = await startStubCloud();
  store = uploads(bucketName);
});
afterAll(() => cloud.stop());
afterEach(() => {
  cloud.calls.length = 0;
  cloud.instead = () => undefined;
});

describe("the link to PUT a file", () => {
  test("is signed without a call, for exactly so many bytes, and carries no checksum", async () => {
    const { url, headers } = await store.link("uploads/me/x.npy", 1234, 3600);
    expect(cloud.calls).toEqual([]);
    const { href, pathname, searchParams } = new URL(url);
    expect(pathname).toBe(`/${bucketName}/uploads/me/x.npy`);
    // Real S3 refuses a body that does not match the CRC32 of an empty one, which the SDK signs by default.
    expect(href).not.toMatch(/x-amz-checksum|x-amz-sdk-checksum/i);
    expect(searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;host");
    expect(searchParams.get("X-Amz-Expires")).toBe("3600");
    expect(searchParams.get("X-Amz-Content-Sha256")).toBe("UNSIGNED-PAYLOAD");
    expect(headers).toEqual({ "content-length": "1234" });
  });

  test("takes a PUT", async () => {
    const { url, headers } = await store.link("uploads/me/y.npy", 3, 3600);
    expect((await fetch(url, { method: "PUT", headers, body: "abc" })).status).toBe(200);
    expect(cloud.objects.get("uploads/me/y.npy")?.toString()).toBe("abc");
  });
});

describe("a look at a file", () => {
  test("is one call for its beginning, its size and its ETag", async () => {
    const file = Buffer.alloc(headBytes + 100, 7);
    cloud.objects.set("uploads/me/z.npy", file);
    const { head, bytes, etag } = await store.look("uploads/me/z.npy");
    expect([head.byteLength, bytes, etag]).toEqual([headBytes, headBytes + 100, '"0"']);
    expect(cloud.calls).toEqual(["s3.GET"]);
  });

  test("that is shorter than a look is all of it", async () => {
    cloud.objects.set("uploads/me/s.npy", Buffer.from("abc"));
    expect(await store.look("uploads/me/s.npy")).toMatchObject({ bytes: 3, head: Uint8Array.of(97, 98, 99) });
  });

  test("that is not there says so; a bucket that refuses is something else", async () => {
    await expect(store.look("uploads/me/none.npy")).rejects.toBeInstanceOf(ObjectMissing);
    cloud.instead = () => ({ status: 403, body: {} });
    await expect(store.look("uploads/me/z.npy")).rejects.not.toBeInstanceOf(ObjectMissing);
  });
});
